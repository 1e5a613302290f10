"""How sure the reading of a clause is: what rests on weak signs is asked about, not promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from brand_metagen.review.clause import ARTICLES, SHORT
from brand_metagen.review.part import Part
from brand_metagen.review.said import STATES, VERBS, Said, Say
from brand_metagen.review.things import Sort, Thing

SUREST = 100
"""Strength of a reading that nothing speaks against, in points. What follows is taken off it; the
shares are of 719 readings of seven corpora read for the first time, of which 14 % were wrong."""
PLAIN = 35
"""For everyday words: 34 % wrong."""
TOLD = 20
"""For everyday words with a noun for rows: "hotel rows"."""
ASIDE = 50
"""For words that lean on others that were not understood: "TV service", "inside X"."""
BESIDE = 40
"""For everyday words beside ids, codes or words in capitals: they only describe."""
FURTHER = 5
"""For everyday words where such are named in another clause of the remark."""
TWICE = 20
"""For a clause that says two things or more: 32 % wrong."""
UNREAD = 5
"""For every word of the clause that was not understood, up to `MOST_UNREAD`: 21 % wrong."""
MOST_UNREAD = 4
OURS = 10
"""For "theirs": 20 % of rows wrong, and 10 % of those not theirs."""
ELSEWHERE = 10
"""For what was named in an earlier clause: 23 % of rows wrong."""
NEAR = 8
"""Parts that are looked at before a thing."""
AT_LEAST = 60
"""Points from which a reading is kept: everyday words are not promised to be theirs."""

_BETWEEN = frozenset(
    {"filler", "row_noun", "rows_like", "everything", "saying", "word_noun", "generic", "counted"}
)
_SAYS = frozenset({*VERBS, *STATES})
_ASKS = frozenset({"saying", "word_noun", "shut_out", "add", "keep", "miss", "take"})


def unread(part: Part) -> bool:
    """Whether a part is words that nothing came of."""
    return part.is_run and not (part.things or part.own or part.begins_own or part.other)


@dataclass(slots=True)
class Sureness:
    """What speaks against the readings of one clause."""

    parts: Sequence[Part]
    outright: bool
    """Whether the remark names codes, rows, or words as they are written."""
    lost: int = 0
    places: dict[Thing, int] = field(default_factory=dict)
    here: bool = False
    twice: bool = False
    simple: bool = False

    def __post_init__(self) -> None:
        self.lost = sum(len(part.said) for part in self.parts if unread(part))
        for i, part in enumerate(self.parts):
            for thing in part.things:
                self.places.setdefault(thing, i)
        self.here = named_outright(self.parts)
        says = (part.means & _SAYS and "filler" not in part.means for part in self.parts)
        self.twice = sum(map(bool, says)) > 1
        self.simple = len(self.parts) <= SHORT and not (self.lost or self.twice or self.outright)

    def strength(self, said: Said) -> int:
        """Points, at most `SUREST`."""
        left = SUREST - UNREAD * min(self.lost, MOST_UNREAD)
        if self.twice:
            left -= TWICE
        if said.say is Say.IN and not self.simple:
            left -= OURS
        at = self.places.get(said.thing)
        if at is None:
            left -= ELSEWHERE
        if said.thing.plain:
            left -= TOLD if at is not None and self._of_rows(at) else PLAIN
            if at is None or not self._firm(at):
                left -= BESIDE if self.here else FURTHER if self.outright else 0
        if said.thing.sort is Sort.WORDS and at is not None and self._leans(at):
            left -= ASIDE
        return left

    def _firm(self, at: int) -> bool:
        """ "Hotel rows", "rows with hotel", "drop the hotels": said as what rows are told by."""
        around = reversed(self.parts[max(0, at - NEAR) : at])
        before = next((p for p in around if p.phrase not in ARTICLES), None)
        ids = any(
            thing.sort is not Sort.WORDS
            for part in self.parts[at + 1 : at + NEAR]
            for thing in part.things
        )
        asked = before is not None and bool(before.means & _ASKS)
        return not ids and (asked or self._of_rows(at))

    def _of_rows(self, at: int) -> bool:
        after = self.parts[at + 1] if at + 1 < len(self.parts) else None
        return after is not None and bool(after.means & {"row_noun", "rows_like"})

    def _leans(self, at: int) -> bool:
        """Whether words that were not understood stand right beside a part."""
        after = self.parts[at + 1] if at + 1 < len(self.parts) else None
        around = reversed(self.parts[max(0, at - NEAR) : at])
        before = next((p for p in around if not p.means & _BETWEEN), None)
        return (after is not None and unread(after)) or (before is not None and unread(before))


def named_outright(parts: Sequence[Part]) -> bool:
    """Whether a sentence names codes, rows, or words in capitals or quotes."""
    return any(
        thing.sort is not Sort.WORDS or not thing.plain
        for part in parts
        if not part.own
        for thing in part.things
    )
