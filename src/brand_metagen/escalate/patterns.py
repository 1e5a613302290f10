"""What recurs among escalations, and what settled it (ESC-22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from brand_metagen.escalate.figures import Share, Spread, moment_of, shares, spread
from brand_metagen.escalate.history import INSTANT, History, brand_of
from brand_metagen.escalate.states import HOLDING
from brand_metagen.ports import Act
from brand_metagen.reports.periods import Period

NO_BRAND = "no single brand"
NO_SECTOR = "not known"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Cases that have something in common, opened in the period analysed.

    `methods` are those of all their resolutions so far, `running` the seconds time ran until these;
    `measures` what was written down so that it does not come again.
    """

    name: str
    cases: int
    share: float
    brands: int
    joined: int
    reopened: int
    active: int
    methods: tuple[Share, ...]
    running: Spread
    measures: tuple[str, ...]

    @property
    def recurs(self) -> bool:
        """Whether it came more than once."""
        return self.cases + self.joined > 1


@dataclass(frozen=True, slots=True)
class Analysis:
    """Patterns by cause, sector and brand, the most frequent first; of brands those that recur."""

    period: Period
    until: datetime
    cases: int
    causes: tuple[Pattern, ...]
    sectors: tuple[Pattern, ...]
    brands: tuple[Pattern, ...]
    methods: tuple[Share, ...]


def analyse(
    cases: Sequence[History], period: Period, sectors: Mapping[str, str], now: datetime
) -> Analysis:
    """Patterns of the cases opened in a period; `sectors` are of brands by id."""
    until = moment_of(period, now)
    chosen = [h for h in cases if period.start <= h.opened < until]

    def sector(h: History) -> str:
        return (sectors.get(h.case.brandid) or NO_SECTOR) if h.case.brandid else NO_BRAND

    with_brand = [h for h in chosen if h.case.brandid]
    brands = _patterns(with_brand, lambda h: h.case.brandid, now)
    names = {h.case.brandid: brand_of(h.case) for h in with_brand}
    settled = [r for h in chosen for r in h.resolutions(h.opened, now + INSTANT)]
    return Analysis(
        period,
        until,
        len(chosen),
        _patterns(chosen, lambda h: h.case.cause.value, now),
        _patterns(chosen, sector, now),
        tuple(replace(p, name=names[p.name]) for p in brands if p.recurs),
        shares(r.method.value if r.method else "not said" for r in settled),
    )


def _patterns(
    cases: Sequence[History], key: Callable[[History], str], now: datetime
) -> tuple[Pattern, ...]:
    groups: dict[str, list[History]] = {}
    for h in cases:
        groups.setdefault(key(h), []).append(h)
    found = [_pattern(name, group, len(cases), now) for name, group in groups.items()]
    return tuple(sorted(found, key=lambda p: (-p.cases, -p.joined, p.name)))


def _pattern(name: str, group: Sequence[History], whole: int, now: datetime) -> Pattern:
    end = now + INSTANT
    settled = [r for h in group for r in h.resolutions(h.opened, end)]
    measures = (h.case.preventive.strip() for h in group)

    def events(kind: Act) -> int:
        return sum(1 for h in group for _ in h.within(kind, h.opened, end))

    return Pattern(
        name,
        len(group),
        len(group) / whole,
        len({h.case.brandid for h in group if h.case.brandid}),
        events(Act.JOINED),
        events(Act.REOPENED),
        sum(h.case.state in HOLDING for h in group),
        shares(r.method.value if r.method else "not said" for r in settled),
        spread([r.running for r in settled]),
        tuple(dict.fromkeys(measure for measure in measures if measure)),
    )
