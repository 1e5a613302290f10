"""Where in a narrative a rule's pieces matched, or the rule stopped, for people to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from brand_metagen.match.matcher import searcher
from brand_metagen.match.pieces import alone
from brand_metagen.match.readings import Search
from brand_metagen.match.stopped import Reach, in_words, reaches
from brand_metagen.records import Rule

STOP = -4
REACHED = -3
SHUT = -2
PLAIN = -1


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a narrative: `piece` is the place of the piece that matched it in the rule,
    -1 = none did, -2 = the exclude pattern did, -3 = the rule's nearest way came so far, -4 = and
    stopped here (then `text` is empty). `pieces` are all that matched it."""

    text: str
    piece: int = PLAIN
    pieces: tuple[int, ...] = ()


Marker = Callable[[str], tuple[Part, ...]]
Span = tuple[int, int]


def marker(rule: Rule | None) -> Marker:
    """A function that takes a narrative apart; together the parts are the narrative."""
    if rule is None:
        return lambda text: (Part(text),)
    pieces, include = matched_by(rule), searcher(rule.include)
    shut = searcher(rule.exclude) if rule.exclude else None

    def marked(text: str) -> tuple[Part, ...]:
        spans = [(piece, span) for piece, find in enumerate(pieces) if (span := find(text))]
        if not spans and (found := include(text)) is not None:
            spans.append((0, found.span()))
        if shut is not None and (out := shut(text)) is not None:
            spans.append((SHUT, out.span()))
        return _parts(text, spans)

    return marked


def matched_by(rule: Rule) -> list[Callable[[str], Span | None]]:
    """For each piece of a rule where it matches a narrative within the rule, by itself."""
    patterns = [piece.pattern for piece in rule.pieces] or [rule.include]
    pairs = zip(patterns, alone(rule.include, patterns), strict=True)
    return [_finder(searcher(piece), searcher(whole)) for piece, whole in pairs]


def _finder(piece: Search, whole: Search) -> Callable[[str], Span | None]:
    def find(text: str) -> Span | None:
        found = whole(text)
        if found is None:
            return None
        start, end = found.span()
        inner = piece(text)  # without what the rule reads behind it
        inside = inner is not None and start <= inner.start() and inner.end() <= end
        return inner.span() if inside else (start, end)

    return find


@dataclass(frozen=True, slots=True)
class Stop:
    """A narrative that a pattern does not match: how far it came, and what it wanted in words,
    which are empty where nothing of it is there."""

    parts: tuple[Part, ...]
    says: str


def stops(pattern: str, texts: Iterable[str]) -> dict[str, Stop]:
    """Where a pattern stopped in each of some narratives that it does not match; those are left out
    for which that takes too long."""
    known = list(dict.fromkeys(texts))
    found = zip(known, reaches(pattern, known), strict=True)
    return {text: _stop(text, reach) for text, reach in found if reach is not None}


def _stop(text: str, found: Reach) -> Stop:
    return Stop(reached(text, found), "" if found.nowhere else in_words(found, text))


def reached(text: str, found: Reach) -> tuple[Part, ...]:
    """A narrative that a rule does not match, with how far its nearest way came."""
    if found.nowhere or found.matched:
        return (Part(text),)
    before, there, after = text[: found.start], text[found.start : found.end], text[found.end :]
    parts = (Part(before), Part(there, REACHED), Part("", STOP), Part(after))
    return tuple(part for part in parts if part.text or part.piece == STOP)


def _parts(text: str, spans: Iterable[tuple[int, Span]]) -> tuple[Part, ...]:
    """Stretches in order; the first piece gives the colour, what is shut out counts above all."""
    owners: list[tuple[int, ...]] = [()] * len(text)
    for piece, (start, end) in spans:
        owners[start:end] = [(*owner, piece) for owner in owners[start:end]]
    grouped = groupby(zip(text, owners, strict=True), key=lambda pair: pair[1])
    return tuple(_part("".join(c for c, _ in some), owner) for owner, some in grouped)


def _part(text: str, owner: tuple[int, ...]) -> Part:
    pieces = tuple(piece for piece in owner if piece != SHUT)
    piece = SHUT if SHUT in owner else pieces[0] if pieces else PLAIN
    return Part(text, piece, pieces)
