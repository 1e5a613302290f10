"""A period's escalations in figures, as values any face can show (ESC-19 to ESC-22, LA-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import mean, median

from brand_metagen.analytics.bands import SHARE_BAD, Band
from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.history import INSTANT, Breach, History, Resolution, brand_of
from brand_metagen.escalate.sla import limit_of
from brand_metagen.escalate.states import AT_WORK, HOLDING
from brand_metagen.ports import Act, Case, CaseState, Level
from brand_metagen.reports.periods import Period

STANDINGS = ("ok", "soon", "breached", "paused", "resolved")
"""How an active case stands against its time; `resolved` waits to be closed, its clock stopped."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One active case. `spent` and `limit` are seconds at its level."""

    case: Case
    level: Level
    state: CaseState
    spent: float
    limit: float
    stands: str


@dataclass(frozen=True, slots=True)
class LevelFigure:
    """Active cases of a level, by state and by how they stand."""

    level: Level
    limit: float
    states: dict[CaseState, int]
    stands: dict[str, int]

    @property
    def active(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Share:
    """How many there are of one kind, and their share of all (0 to 1)."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds that `count` cases took; None when there are none."""

    count: int
    mean: float | None
    median: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in a period; `active` and `backlog` (without resolved ones) at its end."""

    opened: int
    joined: int
    resolved: int
    reopened: int
    closed: int
    cancelled: int
    breached: int
    active: int
    backlog: int
    wall: Spread
    running: Spread


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day or week of the trend; `backlog` is what was open at its end."""

    period: Period
    opened: int
    resolved: int
    backlog: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Brands with an active case in the period ÷ brands processed, with the band of LA-03; None
    without brands."""

    escalated: int
    processed: int
    share: float | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class ProblemBrand:
    """A brand that keeps coming: `cases` opened and `triggers` (cases and what joined them)."""

    brandid: str
    brand: str
    cases: int
    triggers: int
    causes: tuple[str, ...]
    active: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A period's escalations. `until` is the moment the figures show: its end, or now before it."""

    period: Period
    until: datetime
    counts: Counts
    before: Counts
    levels: tuple[LevelFigure, ...]
    active: tuple[Standing, ...]
    causes: tuple[Share, ...]
    methods: tuple[Share, ...]
    breaches: tuple[Breach, ...]
    trend: tuple[Bucket, ...]
    rate: Rate
    brands: tuple[ProblemBrand, ...]
    lessons: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What figures are wanted of: the period, the one before, the places of the trend, brands."""

    period: Period
    before: Period
    trend: tuple[Period, ...]
    processed: int
    """Brands that have a result."""


def figures(
    cases: Sequence[History], asked: Asked, now: datetime, settings: EscalateSettings
) -> Figures:
    """All figures of a period that has begun, as they stood at its end or stand now."""
    period, until = asked.period, moment_of(asked.period, now)
    active = _standings(cases, until, settings)
    opened = [h for h in cases if period.start <= h.opened < until]
    settled = [r for h in cases for r in h.resolutions(period.start, until)]
    return Figures(
        period,
        until,
        _counts(cases, period.start, until, settings),
        _counts(cases, asked.before.start, asked.before.end, settings),
        tuple(_level(level, active, settings) for level in Level),
        active,
        shares(h.case.cause.value for h in opened),
        shares(r.method.value if r.method else "not said" for r in settled),
        tuple(_breaches(cases, period.start, until, settings)),
        tuple(_bucket(cases, part, now) for part in asked.trend if part.start <= now),
        _rate(cases, period.start, until, asked.processed),
        _problem_brands(cases, period.start, until),
        tuple(h.case for h in cases if any(h.within(Act.CLOSED, period.start, until))),
    )


def moment_of(period: Period, now: datetime) -> datetime:
    """The end of a period, or just after now while it lasts."""
    return min(period.end, now + INSTANT)


def shares(names: Iterable[str]) -> tuple[Share, ...]:
    """Counts by name, the most frequent first, equal ones by name.

    >>> [(share.name, share.count) for share in shares(["b", "a", "b"])]
    [('b', 2), ('a', 1)]
    """
    counts = Counter(names)
    whole = counts.total()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name, count, count / whole) for name, count in ranked)


def spread(seconds: Sequence[float]) -> Spread:
    """Mean and median.

    >>> spread([1.0, 2.0, 6.0]), spread([])
    (Spread(count=3, mean=3.0, median=2.0), Spread(count=0, mean=None, median=None))
    """
    if not seconds:
        return Spread(0, None, None)
    return Spread(len(seconds), mean(seconds), median(seconds))


def _counts(
    cases: Sequence[History], start: datetime, end: datetime, settings: EscalateSettings
) -> Counts:
    def events(kind: Act) -> int:
        return sum(1 for h in cases for _ in h.within(kind, start, end))

    settled: list[Resolution] = [r for h in cases for r in h.resolutions(start, end)]
    states = [h.state(end) for h in cases]
    return Counts(
        opened=sum(start <= h.opened < end for h in cases),
        joined=events(Act.JOINED),
        resolved=len(settled),
        reopened=events(Act.REOPENED),
        closed=events(Act.CLOSED),
        cancelled=events(Act.CANCELLED),
        breached=sum(1 for _ in _breaches(cases, start, end, settings)),
        active=sum(state in HOLDING for state in states),
        backlog=sum(state in AT_WORK for state in states),
        wall=spread([r.wall for r in settled]),
        running=spread([r.running for r in settled]),
    )


def _standings(
    cases: Sequence[History], until: datetime, settings: EscalateSettings
) -> tuple[Standing, ...]:
    """Active cases, those that need a look first."""
    found = []
    for h in cases:
        state = h.state(until)
        if state not in HOLDING:
            continue
        clock = h.clock(until, settings)
        soon = clock.spent >= settings.soon_share * clock.limit
        if state is CaseState.RESOLVED:
            stands = "resolved"
        elif clock.breached:
            stands = "breached"
        elif h.paused(until):
            stands = "paused"
        else:
            stands = "soon" if soon else "ok"
        found.append(Standing(h.case, clock.level, state, clock.spent, clock.limit, stands))
    rank = {name: n for n, name in enumerate(("breached", "soon", "ok", "paused", "resolved"))}
    return tuple(sorted(found, key=lambda s: (rank[s.stands], s.limit - s.spent, s.case.case_id)))


def _level(level: Level, active: Sequence[Standing], settings: EscalateSettings) -> LevelFigure:
    here = [s for s in active if s.level is level]
    states = Counter(s.state for s in here)
    stands = Counter(s.stands for s in here)
    return LevelFigure(
        level,
        limit_of(level, settings),
        {state: states[state] for state in CaseState if state in HOLDING},
        {name: stands[name] for name in STANDINGS},
    )


def _breaches(
    cases: Sequence[History], start: datetime, end: datetime, settings: EscalateSettings
) -> list[Breach]:
    found = [b for h in cases for b in h.breaches(end, settings) if start <= b.at < end]
    return sorted(found, key=lambda b: (b.at, b.case_id))


def _bucket(cases: Sequence[History], period: Period, now: datetime) -> Bucket:
    end = moment_of(period, now)
    return Bucket(
        period,
        sum(period.start <= h.opened < end for h in cases),
        sum(1 for h in cases for _ in h.resolutions(period.start, end)),
        sum(h.state(end) in AT_WORK for h in cases),
    )


def _rate(cases: Sequence[History], start: datetime, end: datetime, processed: int) -> Rate:
    """A brand counts when a case of it was at work at any time of the period."""
    held = {
        h.case.brandid
        for h in cases
        if h.case.brandid and h.opened < end and (h.opened >= start or h.state(start) in HOLDING)
    }
    if not processed:
        return Rate(len(held), 0, None, None)
    share = len(held) / processed
    return Rate(len(held), processed, share, SHARE_BAD.of(share))


def _problem_brands(
    cases: Sequence[History], start: datetime, end: datetime
) -> tuple[ProblemBrand, ...]:
    """Brands with more than one trigger so far, of those with a trigger in the period."""
    groups: dict[str, list[History]] = {}
    for h in cases:
        if h.case.brandid and h.opened < end:
            groups.setdefault(h.case.brandid, []).append(h)
    found = [
        _problem(group, end)
        for group in groups.values()
        if any(h.opened >= start or any(h.within(Act.JOINED, start, end)) for h in group)
    ]
    several = [brand for brand in found if brand.triggers > 1]
    return tuple(sorted(several, key=lambda b: (-b.triggers, -b.cases, b.brandid)))


def _problem(group: Sequence[History], end: datetime) -> ProblemBrand:
    last = group[-1].case
    joined = sum(1 for h in group for _ in h.within(Act.JOINED, h.opened, end))
    return ProblemBrand(
        last.brandid,
        brand_of(last),
        len(group),
        len(group) + joined,
        tuple(share.name for share in shares(h.case.cause.value for h in group)),
        sum(h.state(end) in HOLDING for h in group),
    )
