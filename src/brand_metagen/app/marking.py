"""Where in a narrative a rule's pieces matched, for people to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brand_metagen.match.matcher import searcher
from brand_metagen.records import Rule

SHUT = -2
PLAIN = -1


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a narrative: `piece` is the place of the piece that matched it in the rule,
    -1 = none did, -2 = the exclude pattern did."""

    text: str
    piece: int = PLAIN


Marker = Callable[[str], tuple[Part, ...]]


def marker(rule: Rule | None) -> Marker:
    """A function that takes a narrative apart; together the parts are the narrative."""
    if rule is None:
        return lambda text: (Part(text),)
    include = searcher(rule.include)
    shut = searcher(rule.exclude) if rule.exclude else None
    pieces = [searcher(piece.pattern) for piece in rule.pieces]

    def marked(text: str) -> tuple[Part, ...]:
        found = include(text)
        spans = []
        if found is not None:
            spans.append(_of_a_piece(pieces, text, found))
        if shut is not None and (out := shut(text)) is not None:
            spans.append((*out.span(), SHUT))
        return _parts(text, spans)

    return marked


def _of_a_piece(pieces: list[Any], text: str, whole: Any) -> tuple[int, int, int]:
    """The first piece that matches within what the rule matched, else the whole as its first."""
    start, end = whole.span()
    for place, search in enumerate(pieces):
        found = search(text)
        if found is not None and start <= found.start() and found.end() <= end:
            return found.start(), found.end(), place
    return start, end, 0


def _parts(text: str, spans: list[tuple[int, int, int]]) -> tuple[Part, ...]:
    """Stretches in order; what is shut out counts where both hold."""
    owner = [PLAIN] * len(text)
    for start, end, place in spans:
        owner[start:end] = [place] * (end - start)
    parts: list[Part] = []
    for character, place in zip(text, owner, strict=True):
        if parts and parts[-1].piece == place:
            parts[-1] = Part(parts[-1].text + character, place)
        else:
            parts.append(Part(character, place))
    return tuple(parts)
