"""One case over time: where it stood at any moment, when it was late, how long it took.

Everything is read from its events, so that a report on last month says the same whenever it is
made. Only moments in UTC are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.sla import Clock, clock_of, fitted
from brand_metagen.ports import Act, Case, CaseEvent, CaseState, Level, Method

INSTANT = timedelta(microseconds=1)
"""What lies before `now + INSTANT` has happened."""
_LEADS_TO = {
    Act.OPENED: CaseState.OPEN,
    Act.ASSIGNED: CaseState.IN_PROGRESS,
    Act.REOPENED: CaseState.IN_PROGRESS,
    Act.RESOLVED: CaseState.RESOLVED,
    Act.CLOSED: CaseState.CLOSED,
    Act.CANCELLED: CaseState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Breach:
    """A case that ran out of its level's time, and when."""

    case_id: str
    brand: str
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True)
class Resolution:
    """A case settled: when, how, and after how many seconds, by the wall and while time ran."""

    case_id: str
    at: datetime
    method: Method | None
    wall: float
    running: float


@dataclass(frozen=True, slots=True)
class History:
    """A case and its events, in order, with stamps that could have been (`sla.fitted`)."""

    case: Case
    events: tuple[CaseEvent, ...]
    levels: tuple[Level, ...]
    """Its level after each event."""

    @property
    def brand(self) -> str:
        """The brand as a reader knows it."""
        return brand_of(self.case)

    @property
    def opened(self) -> datetime:
        return at(self.events[0])

    def within(self, kind: Act, start: datetime, end: datetime) -> Iterator[CaseEvent]:
        """Its events of a kind from `start` on and before `end`."""
        return (e for e in self.events if e.kind is kind and start <= at(e) < end)

    def state(self, moment: datetime) -> CaseState | None:
        """Where it stood just before a moment; None = it was not there yet."""
        past = self._before(moment)
        if len(past) == len(self.events):
            return self.case.state
        moves = [_LEADS_TO[e.kind] for e in past if e.kind in _LEADS_TO]
        return moves[-1] if moves else None

    def level(self, moment: datetime) -> Level:
        """Whose it was just before a moment (the first level's, before it was there)."""
        return self.levels[max(len(self._before(moment)) - 1, 0)]

    def clock(self, moment: datetime, settings: EscalateSettings) -> Clock:
        """How it stood against its time just before a moment."""
        return clock_of(self.level(moment), self._before(moment), moment - INSTANT, settings)

    def paused(self, moment: datetime) -> bool:
        """Whether its clock was held just before a moment."""
        held = [e.kind for e in self._before(moment) if e.kind in (Act.PAUSED, *_FREES)]
        return bool(held) and held[-1] is Act.PAUSED

    def breaches(self, until: datetime, settings: EscalateSettings) -> Iterator[Breach]:
        """When it ran out of time, once for each level at the most (again after being raised)."""
        late = False
        past = self._before(until)
        ends = [*(at(e) for e in past[1:]), until - INSTANT][: len(past)]
        for place, (event, end) in enumerate(zip(past, ends, strict=True)):
            late = late and event.kind is not Act.RAISED
            clock = clock_of(self.levels[place], past[: place + 1], end, settings)
            if clock.breached and not late:
                when = end - timedelta(seconds=clock.spent - clock.limit)
                yield Breach(self.case.case_id, self.brand, self.levels[place], when)
                late = True

    def resolutions(self, start: datetime, end: datetime) -> Iterator[Resolution]:
        """Each time it was settled from `start` on and before `end`, reopened later or not."""
        for event in self.within(Act.RESOLVED, start, end):
            yield Resolution(
                self.case.case_id,
                at(event),
                _method(event, self.case),
                (at(event) - self.opened).total_seconds(),
                self._ran(at(event)),
            )

    def _ran(self, moment: datetime) -> float:
        """Seconds its clock ran up to a moment, at whichever level."""
        kept = [e for e in self._before(moment) if e.kind is not Act.RAISED]
        return clock_of(self.case.level, kept, moment, EscalateSettings()).spent

    def _before(self, moment: datetime) -> tuple[CaseEvent, ...]:
        return tuple(e for e in self.events if at(e) < moment)


_FREES = (Act.RESUMED, Act.RAISED, Act.RESOLVED, Act.CANCELLED, Act.CLOSED, Act.REOPENED)
"""What ends a pause."""


def histories(
    cases: Iterable[Case], events: Iterable[CaseEvent], now: datetime
) -> tuple[History, ...]:
    """Cases with their events, in the order of the cases; later events than `now` do not count."""
    sorted_out: dict[str, list[CaseEvent]] = {}
    for event in events:
        sorted_out.setdefault(event.case_id, []).append(event)
    return tuple(_history(c, sorted_out[c.case_id], now) for c in cases if c.case_id in sorted_out)


def _history(case: Case, events: Sequence[CaseEvent], now: datetime) -> History:
    moments, _ = fitted([*(datetime.fromisoformat(e.at).astimezone(UTC) for e in events), now])
    kept = tuple(
        replace(event, at=moment.isoformat())
        for event, moment in zip(events, moments[:-1], strict=True)
    )
    return History(case, kept, _levels(case, kept))


def _levels(case: Case, events: Sequence[CaseEvent]) -> tuple[Level, ...]:
    """Read backwards from the level it has now, as each raise says where it came from."""
    found, level = [case.level], case.level
    for event in reversed(events[1:]):
        if event.kind is Act.RAISED:
            level = Level(int(str(event.detail.get("from", max(level - 1, 1)))))
        found.append(level)
    return tuple(reversed(found))


def _method(event: CaseEvent, case: Case) -> Method | None:
    said = event.detail.get("method")
    return Method(str(said)) if said else case.method


def brand_of(case: Case) -> str:
    """A case's brand by id and name."""
    return f"{case.brandid} {case.brandname}".strip() or "no single brand"


def at(event: CaseEvent) -> datetime:
    """When an event was written."""
    return datetime.fromisoformat(event.at)
