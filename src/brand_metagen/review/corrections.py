"""What takes back what was just said: "no wait", "I was wrong", "the other way round"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words

APART = words("takes_back_apart")
"""Words that take something back only where they stand by themselves, between signs."""
BEFORE = frozenset({"break", "praise", "and", "no"})
"""Meanings of what may stand before a word that stands by itself."""


def segments(parts: Sequence[Part]) -> Iterator[tuple[list[Part], bool]]:
    """A sentence in pieces, and whether each takes back what was said before it."""
    piece: list[Part] = []
    back = False
    for i, part in enumerate(parts):
        if "takes_back" in part.means and _takes_back(parts, i):
            if piece:
                yield piece, back
            piece, back = [], True
        else:
            piece.append(part)
    if piece or back:
        yield piece, back


def _takes_back(parts: Sequence[Part], i: int) -> bool:
    """Whether a phrase speaks of what was said, not of things: "scratch that row" does not."""
    before = parts[i - 1] if i else None
    after = parts[i + 1] if i + 1 < len(parts) else None
    if parts[i].phrase.endswith((" that", " it")) and after is not None:
        return bool(after.sign or "break" in after.means)
    if parts[i].phrase not in APART:
        return True
    alone = before is None or bool(before.sign or before.means & BEFORE)
    return alone and (after is None or bool(after.sign))


def doubts_itself(parts: Sequence[Part], mark: str) -> bool:
    """Whether a question only doubts what was said before it: "or does it?", "or not?"."""
    said = [part for part in parts if not part.sign]
    begins = said[0].phrase.split(" ") if said else [""]
    named = any(part.things for part in said)
    return mark == "?" and begins[0] == "or" and len(begins) + len(said) > 2 and not named
