"""All metrics as they stand since the store began: what an outside collector reads now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

from brand_metagen.app.measuring import DAY, gauges, measured
from brand_metagen.app.workspace import Workspace
from brand_metagen.monitoring.catalogue import METRICS, Kind
from brand_metagen.monitoring.evaluate import stamp
from brand_metagen.ports import Measure

LAG = 120
"""Seconds after which nothing is added to the past any more: what is done is written by then."""
BY_DAY = "EscalationRate"
"""It changes until its day is over, so it is never taken for settled."""
Key = tuple[str, tuple[tuple[str, str], ...]]
"""A metric's name and its dimensions, by name."""


@dataclass(frozen=True, slots=True)
class Total:
    """What came together of one metric under some dimensions. `last` is its newest value."""

    samples: int = 0
    value: float = 0.0
    last: float = 0.0
    at: str = ""


class Totals:
    """Sums since the store began; only what is new is counted each time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turn = Lock()
        self._settled: dict[Key, Total] = {}
        self._until = ""

    def now(self, now: datetime | None = None) -> Mapping[Key, Total]:
        """The sums as of now."""
        now = now or datetime.now(UTC)
        moment = int(now.timestamp())
        with self._turn:
            names = METRICS.keys() - {BY_DAY}
            before = max(self._until, stamp(moment - LAG))
            if before > self._until:
                fresh = measured(self._workspace, names, self._until, before, now)
                self._settled = _added(self._settled, fresh)
                self._until = before
            end = stamp(moment + 1)
            rest = measured(self._workspace, names, self._until, end, now)
            rest += measured(self._workspace, [BY_DAY], stamp(moment // DAY * DAY), end, now)
            rest += [replace(g, at=end) for g in gauges(self._workspace, now)]
            return _added(self._settled, rest)


def _added(before: Mapping[Key, Total], found: Iterable[Measure]) -> dict[Key, Total]:
    made = dict(before)
    for m in found:
        key = (m.name, tuple(sorted(m.dimensions.items())))
        held = made.get(key, Total())
        newest = m.at >= held.at
        made[key] = Total(
            held.samples + m.samples,
            held.value + m.value,
            m.value / max(1, m.samples) if newest else held.last,
            max(m.at, held.at),
        )
    counts = (n for n, metric in METRICS.items() if metric.kind is Kind.COUNT)
    for name in counts:
        if not METRICS[name].dimensions:
            made.setdefault((name, ()), Total())
    return made
