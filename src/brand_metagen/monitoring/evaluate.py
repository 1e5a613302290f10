"""When an alarm changes its state, worked out from the metric's values alone.

Periods begin at multiples of their length since 1970 in UTC, so neither summer time nor the hour at
which somebody looks changes what is found: walking over the same values gives the same moves,
however often and however late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brand_metagen.monitoring.alarms import Alarm, Missing, Statistic
from brand_metagen.ports import AlarmLine, AlarmMove, AlarmState, Measure

GRACE = 60
"""Seconds after its end from which a period is over: what was done in it is written by then."""
AHEAD = 300
"""Seconds that the clock of who looked before may be ahead; beyond, it had been wrong."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What a look found: the moves, how far it went, and the value and reason as of now."""

    moves: tuple[AlarmMove, ...]
    walked_to: int
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The time that a look needs values of, in seconds since 1970: from `begin` on."""

    begin: int
    first: int
    """Start of the first period that was not looked at before."""


def reach(alarm: Alarm, line: AlarmLine, now: datetime, days: int) -> Reach:
    """What has to be looked at since the last time, at the most so many days.

    A last time in the future says that a clock was wrong then; the last period is looked at.
    """
    moment, period = int(now.timestamp()), alarm.period
    first = _start(moment - days * 86_400, period)
    if line.walked_to:
        walked = _start(int(seconds(line.walked_to)), period)
        wrong = walked > moment + AHEAD
        first = _start(moment - GRACE, period) - period if wrong else max(first, walked)
    return Reach(first - (alarm.evaluations - 1) * period, first)


def walk(
    alarm: Alarm, line: AlarmLine, values: Iterable[Measure], reached: Reach, now: datetime
) -> Walk:
    """The moves of an alarm since it was looked at last.

    Every period that is over is looked at in turn. One that is not over counts only where its value
    is too high already and can only grow; what it set off stays until that period is over.
    """
    by_period = _by_period(alarm, values)
    moment, period = int(now.timestamp()), alarm.period
    over = max(_start(moment - GRACE, period), reached.first)
    state, moves = line.state, []
    value, reason = line.value, line.reason
    since = seconds(line.since) if line.since and state is AlarmState.ALARM else 0.0
    for begin in range(reached.first, over, period):
        if begin + period <= since <= moment:
            continue
        found, value, reason = _judged(alarm, by_period, begin)
        if found is not state:
            moves.append(AlarmMove(state, found, stamp(begin + period), value, reason))
            state, since = found, 0.0
    for begin in range(over, moment + 1, period) if alarm.statistic.grows else ():
        found, seen, why = _judged(alarm, by_period, begin)
        if seen is not None:
            value, reason = seen, why
        if found is AlarmState.ALARM and state is not found:
            moves.append(AlarmMove(state, found, stamp(moment), value, reason))
            state = found
    return Walk(tuple(moves), over, value, reason)


def told(moves: Sequence[AlarmMove]) -> Iterator[AlarmMove]:
    """The moves somebody is told of: it goes off, and it is over."""
    return (m for m in moves if AlarmState.ALARM in (m.before, m.after))


def seconds(at: str) -> float:
    """A moment as the store writes it, in seconds since 1970."""
    return datetime.fromisoformat(at).timestamp()


def stamp(moment: float) -> str:
    """Seconds since 1970 as the store writes a moment.

    >>> stamp(1_792_886_400)
    '2026-10-25T00:00:00.000+00:00'
    """
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)).isoformat(
        timespec="milliseconds"
    )


def _start(moment: int, period: int) -> int:
    return moment - moment % period


@dataclass(slots=True)
class _Sum:
    samples: int = 0
    total: float = 0.0
    most: float = float("-inf")


def _by_period(alarm: Alarm, values: Iterable[Measure]) -> Mapping[int, _Sum]:
    found: defaultdict[int, _Sum] = defaultdict(_Sum)
    for measure in values:
        if measure.name == alarm.metric.name:
            held = found[_start(int(seconds(measure.at)), alarm.period)]
            held.samples += measure.samples
            held.total += measure.value
            held.most = max(held.most, measure.most)
    return found


def _judged(
    alarm: Alarm, values: Mapping[int, _Sum], begin: int
) -> tuple[AlarmState, float | None, str]:
    """State, value and reason as of the end of the period that begins then."""
    begins = [begin - i * alarm.period for i in range(alarm.evaluations)]
    seen = [_value(alarm, values.get(b)) for b in begins]
    latest = seen[0]
    breached = [value is not None and value > alarm.threshold for value in seen]
    shown = "no value" if latest is None else f"{latest:g}"
    where = f"{alarm.statistic.value} of {alarm.metric.name} from {stamp(begin)[:16]}: {shown}"
    if all(breached):
        return AlarmState.ALARM, latest, f"{where}, above {alarm.threshold:g}"
    if all(value is None for value in seen) and alarm.missing is Missing.UNKNOWN:
        return AlarmState.INSUFFICIENT_DATA, latest, f"{where}; too little to tell from"
    return AlarmState.OK, latest, f"{where}, threshold {alarm.threshold:g}"


def _value(alarm: Alarm, held: _Sum | None) -> float | None:
    if held is None or held.samples < alarm.least:
        return None
    if alarm.statistic is Statistic.SUM:
        return held.total
    if alarm.statistic is Statistic.MAXIMUM:
        return held.most
    return held.total / held.samples
