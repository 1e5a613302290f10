"""What is measured and watched: figures that have no other record, alarms and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from brand_metagen.ports.review import AuditRow


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the metric table: what was counted or measured of a metric within a period.

    `at` is where the period begins, UTC in ISO 8601; `period` its seconds (0 = one moment).
    `value` is the sum of `samples` values, `least` and `most` the ends of them.
    """

    name: str
    value: float
    unit: str
    at: str
    period: int = 0
    dimensions: Mapping[str, str] = field(default_factory=dict)
    samples: int = 1
    least: float = 0.0
    most: float = 0.0


class AlarmState(StrEnum):
    """How an alarm stands, in the words that monitoring systems use."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    """Never looked at, or there is too little to tell from."""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm as it stands. Times are UTC in ISO 8601, empty = never.

    `alarmed_at` is when it went off last, be it over or not; the acknowledgement is of that time.
    `walked_to` is the end of the last period that was looked at, `checked_at` when.
    """

    name: str
    state: AlarmState = AlarmState.INSUFFICIENT_DATA
    since: str = ""
    value: float | None = None
    reason: str = ""
    alarmed_at: str = ""
    acknowledged_by: str = ""
    acknowledged_at: str = ""
    note: str = ""
    walked_to: str = ""
    checked_at: str = ""

    @property
    def unseen(self) -> bool:
        """Whether it went off and nobody has said that they know."""
        return bool(self.alarmed_at) and not self.acknowledged_at


@dataclass(frozen=True, slots=True)
class AlarmMove:
    """A change of state, and what shows it. `at` is the period's end, or when it was seen."""

    before: AlarmState
    after: AlarmState
    at: str
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class AlarmWord:
    """A message that a move leaves, for every channel of the settings."""

    subject: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AlarmCheck:
    """One look at an alarm: from the line that was seen, the moves since, and how far it went.
    `words` belong to the moves that somebody is told of."""

    seen: AlarmLine
    moves: Sequence[AlarmMove]
    walked_to: str
    value: float | None
    reason: str
    words: Sequence[AlarmWord] = ()


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """A line of an alarm's history: a move, or that somebody acknowledged it."""

    sequence: int
    name: str
    at: str
    written_at: str
    kind: str
    actor: str
    before: AlarmState
    after: AlarmState
    value: float | None
    said: str


class Monitoring(Protocol):
    """The part of the store that watches. Every method is one transaction, also while the system
    is read-only."""

    def measures(self, names: Sequence[str], begin: str, end: str) -> tuple[Measure, ...]:
        """Lines of the table of the names, from `begin` on and before `end`, in order."""
        ...

    def add_measures(self, measures: Sequence[Measure], keep_from: str = "") -> None:
        """Add to what there is under the same name, dimensions, time and period; what lies before
        `keep_from` is forgotten."""
        ...

    def set_measures(self, measures: Sequence[Measure]) -> None:
        """As `add_measures`, in place of what there is: gauges, which do not add up."""
        ...

    def acts(self, actions: Sequence[str], begin: str, end: str) -> tuple[AuditRow, ...]:
        """Rows of the audit log of some actions, from `begin` on and before `end`, in order."""
        ...

    def alarm_lines(self) -> tuple[AlarmLine, ...]:
        """The alarms that were ever looked at, by name."""
        ...

    def alarms_checked(
        self, checks: Sequence[AlarmCheck], channels: Sequence[str]
    ) -> tuple[str, ...]:
        """Write what was seen, with the history and the messages of each move, each once: a check
        from a line that somebody else has written since is left out. Returns the names written."""
        ...

    def acknowledge_alarm(self, name: str, actor: str, note: str) -> AlarmLine:
        """Say that somebody knows, with its row in the audit log.

        Raises NotFound for an alarm that was never looked at, ConflictError where it never went
        off or somebody said so already.
        """
        ...

    def alarm_events(
        self, name: str | None, limit: int, before: int | None = None
    ) -> tuple[AlarmEvent, ...]:
        """The history, newest first; `before` is a sequence to go on from."""
        ...
