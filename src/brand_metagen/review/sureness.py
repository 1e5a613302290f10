"""How sure the reading of a clause is: what rests on weak signs is asked about, not promised."""

from __future__ import annotations

from collections.abc import Sequence

from brand_metagen.review.part import Part
from brand_metagen.review.said import STATES, VERBS, Said, Say
from brand_metagen.review.things import Sort

SUREST = 1.0
"""Strength of a reading that nothing speaks against."""
PLAIN = 0.35
"""Taken off for everyday words: of those read at first in two new corpora, 12 of 28 were misread."""
ASIDE = 0.5
"""Taken off for words that lean on others that were not understood: "TV service", "inside X"."""
BESIDE = 0.4
"""Taken off for everyday words beside ids, codes or words in capitals: they only describe."""
UNREAD = 0.05
"""Taken off for every word of the clause that was not understood, up to `MOST_UNREAD`."""
MOST_UNREAD = 4
OURS = 0.05
"""Taken off for "theirs": 23 of 135 such readings were wrong at first, 33 of 210 of the others."""
ELSEWHERE = 0.1
"""Taken off for what was named in an earlier clause."""
AT_LEAST = 0.5
"""Strength from which a reading is kept, chosen on the fourth and fifth corpus."""

_BETWEEN = frozenset(
    {"filler", "row_noun", "rows_like", "everything", "saying", "word_noun", "generic", "counted"}
)
_SAYS = frozenset({*VERBS, *STATES, "is", "does", "wish", "not", "no", "yes", "except", "want"})


def unread(part: Part) -> bool:
    """Whether a part is words that nothing came of."""
    return part.is_run and not (part.things or part.own or part.begins_own or part.other)


def strength(said: Said, parts: Sequence[Part], *, ids: bool) -> float:
    """From 0 to 1; `ids` is whether the sentence names codes, rows, or words as they are written."""
    lost = sum(len(part.said) for part in parts if unread(part))
    left = SUREST - UNREAD * min(lost, MOST_UNREAD)
    if said.say is Say.IN:
        left -= OURS
    at = next((i for i, part in enumerate(parts) if said.thing in part.things), None)
    if at is None:
        left -= ELSEWHERE
    if said.thing.sort is Sort.WORDS:
        if said.thing.plain:
            left -= PLAIN + (BESIDE if ids else 0.0)
        if at is not None and _leans(parts, at):
            left -= ASIDE
    return left


def named_outright(parts: Sequence[Part]) -> bool:
    """Whether a sentence names codes, rows, or words in capitals or quotes."""
    return any(
        thing.sort is not Sort.WORDS or not thing.plain
        for part in parts
        if not part.own
        for thing in part.things
    )


def _leans(parts: Sequence[Part], at: int) -> bool:
    """Whether words that were not understood stand right beside a part."""
    after = parts[at + 1] if at + 1 < len(parts) else None
    before = next((p for p in reversed(parts[:at]) if not p.means & _BETWEEN), None)
    return (after is not None and unread(after)) or (before is not None and unread(before))
