"""Answers as columns, and the memory of those given: a row met before is not worked out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import eq

import numpy as np

from brand_metagen.match.recall import Bits, Ints, Recall
from brand_metagen.records import Decision

Row = tuple[str, str, str]
"""Narrative, code, merchant id: all an answer depends on besides the release."""

MOST_ROWS = 131_072
"""Rows remembered before memory begins anew; some 40 MB."""

SLOTS = 20
"""Binary digits of the slots for their places (20 MB): one row in sixteen of so many is lost."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to some rows in order, as parallel columns."""

    brandid: list[str] = field(default_factory=list)
    decision: list[Decision] = field(default_factory=list)
    confidence: list[float] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.brandid)

    def columns(self) -> tuple[list[str], list[Decision], list[float], list[str]]:
        """The columns in their order."""
        return self.brandid, self.decision, self.confidence, self.reason

    def put(self, row: int, brandid: str, decision: Decision, confidence: float, why: str) -> None:
        """Replace a row's answer."""
        self.brandid[row], self.decision[row] = brandid, decision
        self.confidence[row], self.reason[row] = confidence, why

    def extend(self, more: Answers) -> None:
        """Add the answers to further rows."""
        self.brandid.extend(more.brandid)
        self.decision.extend(more.decision)
        self.confidence.extend(more.confidence)
        self.reason.extend(more.reason)

    def part(self, begin: int) -> Answers:
        """The answers from a place on."""
        return Answers(
            self.brandid[begin:],
            self.decision[begin:],
            self.confidence[begin:],
            self.reason[begin:],
        )

    def at(self, places: Sequence[int]) -> Answers:
        """The answers at some places."""
        return Answers(
            list(map(self.brandid.__getitem__, places)),
            list(map(self.decision.__getitem__, places)),
            list(map(self.confidence.__getitem__, places)),
            list(map(self.reason.__getitem__, places)),
        )


class Memory:
    """Rows with their answers: while a row is remembered, it is not asked for again.

    Rows are looked up by their hashes and then compared. Most rows of a day are new, and a
    dictionary would cost more to fill than its hits save.
    """

    def __init__(self, ask: Callable[[Sequence[Row]], Answers]) -> None:
        self._ask = ask
        self._places = Recall(SLOTS)
        self._forget()

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, rows: Sequence[Row]) -> Answers:
        """The answers to rows, in their order."""
        if len(self) > MOST_ROWS:
            self._forget()
        keys = _hashes(rows)
        places = self._found(rows, keys)
        missing = np.flatnonzero(places < 0)
        if len(missing):
            asked = list(map(rows.__getitem__, missing.tolist()))
            fresh = len(self)
            places[missing] = self._add(asked, keys[missing])
            if len(self) - fresh == len(rows):
                return self._answers.part(fresh)
        return self._answers.at(places.tolist())

    def _found(self, rows: Sequence[Row], keys: Bits) -> Ints:
        """Where each row's answer is; below zero where it is not."""
        places = self._places.find(keys, np.zeros_like(keys)).astype(np.int64)
        known = np.flatnonzero(places >= 0)
        asked = map(rows.__getitem__, known.tolist())
        held = map(self._rows.__getitem__, places[known].tolist())
        same = np.fromiter(map(eq, asked, held), bool, len(known))
        places[known[~same]] = -1
        return places

    def _add(self, rows: Sequence[Row], keys: Bits) -> Ints:
        """Ask for rows, each once, and remember the answers; the rows' places."""
        before = len(self)
        if len(np.unique(keys)) == len(rows):
            distinct = rows
            places = np.arange(before, before + len(rows))
        else:
            numbers = {row: number for number, row in enumerate(dict.fromkeys(rows), before)}
            distinct = list(numbers)
            places = np.fromiter(map(numbers.__getitem__, rows), np.int64, len(rows))
        self._answers.extend(self._ask(distinct))
        self._rows.extend(distinct)
        self._places.put(keys, np.zeros_like(keys), places.astype(np.int32))
        return places

    def _forget(self) -> None:
        self._rows: list[Row] = []
        self._answers = Answers()
        self._places.clear()


def _hashes(rows: Sequence[Row]) -> Bits:
    return np.fromiter(map(hash, rows), np.int64, len(rows)).view(np.uint64)
