"""Time spent on a case against the time its level has (ESC-04).

Only moments in UTC are subtracted, so no zone and no summer time enters. Clocks of machines jump:
stamps that do not fit the order in which events were written are set aside, the fewest possible,
and no stretch of time is ever negative.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brand_metagen.config import EscalateSettings
from brand_metagen.ports import Act, CaseEvent, Level

STOPS = frozenset({Act.PAUSED, Act.RESOLVED, Act.CANCELLED, Act.CLOSED})
STARTS = frozenset({Act.OPENED, Act.RESUMED, Act.REOPENED})


@dataclass(frozen=True, slots=True)
class Clock:
    """How a case stands against its time. `spent` and `limit` are seconds at the present level;
    `due` is when the limit is reached if nothing stops the clock (None while it stands still)."""

    level: Level
    spent: float
    limit: float
    running: bool
    due: datetime | None
    suspect: bool
    """Stamps disagree: some machine's clock was wrong."""

    @property
    def left(self) -> float:
        """Seconds left; negative = breached by so much."""
        return self.limit - self.spent

    @property
    def breached(self) -> bool:
        return self.spent > self.limit


def limit_of(level: Level, settings: EscalateSettings) -> float:
    """Seconds a level has."""
    hours = {
        Level.OPERATIONS: settings.operations_hours,
        Level.ENGINEERING: settings.engineering_hours,
        Level.PRODUCT: settings.product_hours,
    }
    return hours[level] * 3600.0


def clock_of(
    level: Level, events: Iterable[CaseEvent], now: datetime, settings: EscalateSettings
) -> Clock:
    """The clock of a case at its present level. Raising a case starts the new level's time."""
    told = [e for e in events if e.kind in STOPS | STARTS | {Act.RAISED}]
    stamps = [datetime.fromisoformat(e.at).astimezone(UTC) for e in told]
    moments, suspect = fitted([*stamps, now.astimezone(UTC)])
    spent, running = timedelta(), False
    for place, event in enumerate(told):
        if event.kind is Act.RAISED:
            spent = timedelta()
        running = event.kind in STARTS or (running and event.kind not in STOPS)
        if running:
            spent += moments[place + 1] - moments[place]
    limit = limit_of(level, settings)
    left = timedelta(seconds=limit) - spent
    due = moments[-1] + left if running else None
    return Clock(level, spent.total_seconds(), limit, running, due, suspect)


def fitted(stamps: Sequence[datetime]) -> tuple[list[datetime], bool]:
    """The stamps in an order that could have been: as few as possible are set aside and take the
    place of the stamp before (the one after, at the beginning); whether any was.

    The last is the present moment and always stays.
    """
    kept = _longest_rise(stamps)
    found: list[datetime] = []
    for place, stamp in enumerate(stamps):
        if place in kept:
            found.append(stamp)
        else:
            found.append(found[-1] if found else stamps[min(kept)])
    return found, len(kept) < len(stamps)


def _longest_rise(stamps: Sequence[datetime]) -> frozenset[int]:
    """Places of the longest run of stamps, in order, that never falls and ends with the last."""
    last = stamps[-1]
    heads: list[datetime] = []
    tails: list[list[int]] = []
    for place, stamp in enumerate(stamps):
        if stamp > last:
            continue
        size = bisect_right(heads, stamp)
        run = [*(tails[size - 1] if size else []), place]
        if size == len(heads):
            heads.append(stamp)
            tails.append(run)
        else:
            heads[size], tails[size] = stamp, run
    return frozenset(tails[-1])
