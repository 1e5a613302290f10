"""Answers as columns, and the memory of those given: a row met before is not worked out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress, count, repeat

from brand_metagen.records import Decision

Row = tuple[str, str, str]
"""Narrative, code, merchant id: all an answer depends on besides the release."""

MOST_ROWS = 131_072
"""Rows remembered before memory begins anew; some 50 MB."""

_NOWHERE = -1


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

    def at(self, places: Sequence[int]) -> Answers:
        """The answers at some places."""
        return Answers(
            list(map(self.brandid.__getitem__, places)),
            list(map(self.decision.__getitem__, places)),
            list(map(self.confidence.__getitem__, places)),
            list(map(self.reason.__getitem__, places)),
        )


class Memory:
    """Rows with their answers; each row's is asked for once while it is remembered."""

    def __init__(self, ask: Callable[[Sequence[Row]], Answers]) -> None:
        self._ask = ask
        self._places: dict[Row, int] = {}
        self._answers = Answers()

    def __len__(self) -> int:
        return len(self._places)

    def of(self, rows: Sequence[Row]) -> Answers:
        """The answers to rows, in their order."""
        if len(self) > MOST_ROWS:
            self._places, self._answers = {}, Answers()
        places = list(map(self._places.get, rows, repeat(_NOWHERE)))
        if _NOWHERE not in places:
            return self._answers.at(places)
        fresh = self._add(list(compress(rows, map(_NOWHERE.__eq__, places))))
        if len(fresh) == len(rows):
            return fresh
        return self._answers.at(list(map(self._places.__getitem__, rows)))

    def _add(self, rows: Sequence[Row]) -> Answers:
        """Ask for distinct rows among these, and remember the answers."""
        # A dictionary is added to another without hashing its rows once more.
        fresh = dict(zip(rows, count(len(self))))
        if len(fresh) < len(rows):
            fresh = dict(zip(fresh, count(len(self))))
        answers = self._ask(list(fresh))
        self._places.update(fresh)
        self._answers.extend(answers)
        return answers
