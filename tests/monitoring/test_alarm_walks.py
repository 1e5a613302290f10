"""When alarms go off and are over, from values alone: periods, gaps, clocks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.config import AlarmSettings
from brand_metagen.errors import NotFound
from brand_metagen.monitoring.alarms import Alarm, Statistic, alarm, alarms
from brand_metagen.monitoring.catalogue import METRICS
from brand_metagen.monitoring.evaluate import Walk, reach, seconds, stamp, told, walk
from brand_metagen.ports import AlarmLine, AlarmState, Measure

OK, ALARM, UNKNOWN = AlarmState.OK, AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA
DEFAULTS = AlarmSettings()
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def values(one: Alarm, *found: tuple[float, float]) -> list[Measure]:
    """Values of an alarm's metric by the minute."""
    return [
        Measure(one.metric.name, v, "", stamp(at(m).timestamp()), 0, {}, 1, v, v) for m, v in found
    ]


def look(one: Alarm, line: AlarmLine, found: Sequence[Measure], now: datetime) -> AlarmLine:
    """One check, as the store writes it."""
    seen = [m for m in found if m.at <= stamp(now.timestamp())]
    return after(line, walk(one, line, seen, reach(one, line, now, 7), now))


def after(line: AlarmLine, made: Walk) -> AlarmLine:
    for move in made.moves:
        line = replace(line, state=move.after, since=move.at)
    return replace(line, walked_to=stamp(made.walked_to), value=made.value, reason=made.reason)


def states(one: Alarm, found: Sequence[Measure], *minutes: float) -> list[AlarmState]:
    line, seen = AlarmLine(one.name), []
    for minute in minutes:
        line = look(one, line, found, at(minute))
        seen.append(line.state)
    return seen


PROMISED = {
    "run-failed": ("RunsFailed", "Sum", 300, 1, 0),
    "agent-errors": ("AgentErrors", "Sum", 300, 2, 10),
    "combos-flagged": ("CombosFlaggedForReview", "Sum", 3_600, 1, 50),
    "run-slow": ("RunDuration", "Maximum", 300, 1, 900),
    "feedback-many": ("FeedbackProcessingInvocations", "Sum", 86_400, 1, 50),
    "feedback-slow": ("FeedbackProcessingDuration", "Maximum", 300, 1, 600),
    "rounds-high": ("AverageIterationsPerBrand", "Average", 86_400, 1, 5),
    "escalation-rate": ("EscalationRate", "Average", 86_400, 1, 0.1),
}
"""MON-02 to MON-06 and FB-12."""


def test_the_alarms_are_those_promised() -> None:
    found = {
        name: (a.metric.name, a.statistic.value, a.period, a.evaluations, a.threshold)
        for name, a in alarms(DEFAULTS).items()
    }
    assert found == PROMISED
    for one in alarms(DEFAULTS).values():
        assert len(one.steps) == 6
        assert one.steps[0].endswith(f"alarms acknowledge {one.name} --note TEXT`.")
    with pytest.raises(NotFound, match="run-failed"):
        alarm(DEFAULTS, "weather")


def test_every_threshold_is_a_setting_that_counts() -> None:
    names = {f.name for f in dataclasses.fields(AlarmSettings)}
    for name, one in alarms(DEFAULTS).items():
        setting = one.setting.removeprefix("alarms.")
        assert setting in names
        changed = replace(DEFAULTS, **{setting: one.threshold + 1})  # type: ignore[arg-type]
        assert alarm(changed, name).threshold == one.threshold + 1


@pytest.mark.parametrize("name", PROMISED)
def test_at_the_threshold_it_is_well_and_above_it_is_not(name: str) -> None:
    one = alarm(DEFAULTS, name)
    many = [
        Measure(
            one.metric.name, v * one.least, "", stamp(at(m).timestamp()), 0, {}, one.least, v, v
        )
        for m in range(0, one.period // 60 * one.evaluations, one.period // 60)
        for v in (one.threshold,)
    ]
    base = START - timedelta(seconds=START.timestamp() % one.period)
    later = base + timedelta(seconds=one.period * one.evaluations + 61)
    line = look(one, AlarmLine(name), many, later)
    assert line.state is OK
    over = [replace(m, value=m.value + 0.5 * m.samples, most=m.most + 0.5) for m in many]
    assert look(one, AlarmLine(name), over, later).state is ALARM


def test_it_goes_off_at_once_and_is_over_after_a_period_without() -> None:
    one = alarm(DEFAULTS, "run-failed")
    found = values(one, (7, 1))
    assert states(one, found, 6, 7.5, 9, 10.5, 12, 15.5, 16.5) == [OK, *[ALARM] * 5, OK]


def test_a_failure_between_two_looks_is_not_missed() -> None:
    one = alarm(DEFAULTS, "run-failed")
    line = look(one, AlarmLine(one.name), [], at(0))
    made = walk(one, line, values(one, (7, 1)), reach(one, line, at(200), 7), at(200))
    assert [(m.after, m.at[11:16]) for m in made.moves] == [(ALARM, "12:10"), (OK, "12:15")]


def test_two_periods_in_a_row_are_needed() -> None:
    one = alarm(DEFAULTS, "agent-errors")
    once = values(one, (1, 11))
    assert ALARM not in states(one, once, 2, 6.5, 11.5)
    twice = values(one, (1, 11), (8, 11))
    assert states(one, twice, 2, 7, 8.5, 11.5, 16.5) == [OK, OK, ALARM, ALARM, OK]


def test_an_average_is_not_told_before_its_day_is_over() -> None:
    one = alarm(DEFAULTS, "rounds-high")
    found = values(one, *((m, 7.0) for m in range(10)))
    assert states(one, found, 30, 600, 721.5) == [UNKNOWN, UNKNOWN, ALARM]
    few = found[: one.least - 1]
    assert states(one, few, 721.5) == [UNKNOWN], "fewer than least_brands say nothing"
    assert states(one, values(one, *((m, 3.0) for m in range(10))), 721.5) == [OK]


def test_only_going_off_and_being_over_is_told() -> None:
    one = alarm(DEFAULTS, "rounds-high")
    line = AlarmLine(one.name, UNKNOWN)
    found = values(one, *((m, 3.0) for m in range(10)))
    now = at(721.5)
    made = walk(one, line, found, reach(one, line, now, 7), now)
    assert [m.after for m in made.moves] == [OK]
    assert list(told(made.moves)) == []


def test_a_clock_set_back_tells_nothing_twice() -> None:
    one = alarm(DEFAULTS, "run-failed")
    found = values(one, (7, 1))
    line = look(one, AlarmLine(one.name), found, at(16.5))
    assert line.state is OK
    for minute in (13, 12, 15.5, 16.5):
        made = walk(one, line, found, reach(one, line, at(minute), 7), at(minute))
        assert made.moves == ()
        line = after(line, made)
    assert line.walked_to == stamp(at(15).timestamp())


def test_a_clock_that_was_a_year_ahead_does_not_silence_it() -> None:
    one = alarm(DEFAULTS, "run-failed")
    line = look(one, AlarmLine(one.name), [], at(525_600))
    assert look(one, line, values(one, (7, 1)), at(8)).state is ALARM
    line = replace(line, state=ALARM, since=stamp(at(525_600).timestamp()))
    assert look(one, line, [], at(8)).state is OK


@pytest.mark.parametrize("night", [datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_the_night_of_summer_time_changes_nothing(night: datetime) -> None:
    """An hour of a clock on the wall is missing or there twice; periods are of UTC."""
    one = alarm(DEFAULTS, "combos-flagged")
    london = ZoneInfo("Europe/London")
    for hour in range(4):
        moment = night.replace(tzinfo=UTC) + timedelta(hours=hour, minutes=20)
        found = [Measure(one.metric.name, 51, "", stamp(moment.timestamp()), 0, {}, 1, 51, 51)]
        moves = []
        for zone in (UTC, london, ZoneInfo("Asia/Kathmandu")):
            now = (moment + timedelta(minutes=50)).astimezone(zone)
            line = AlarmLine(one.name, OK, walked_to=stamp(night.replace(tzinfo=UTC).timestamp()))
            made = walk(one, line, found, reach(one, line, now, 7), now)
            moves.append([(m.after, m.at) for m in made.moves])
        end = moment.replace(minute=0) + timedelta(hours=1)
        assert moves == [[(ALARM, stamp(end.timestamp()))]] * 3


def test_a_look_reaches_back_so_many_days_only() -> None:
    one = alarm(DEFAULTS, "run-failed")
    line = AlarmLine(one.name, OK, walked_to=stamp(at(0).timestamp()))
    now = at(3 * 1_440)
    assert seconds(line.walked_to) == reach(one, line, now, 7).first
    assert reach(one, line, now, 2).first == int((now - timedelta(days=2)).timestamp())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 12)), max_size=12),
    st.lists(st.floats(0, 64, allow_nan=False), max_size=12),
    st.sampled_from(["run-failed", "agent-errors", "run-slow"]),
)
def test_it_does_not_matter_when_and_how_often_somebody_looks(
    found: list[tuple[int, int]], looks: list[float], name: str
) -> None:
    one = alarm(replace(DEFAULTS, run_seconds=5), name)
    seen = values(one, *((m, float(v)) for m, v in found))
    episodes = []
    for minutes in ([], looks):
        line, moves = AlarmLine(name, OK, walked_to=stamp(at(-60).timestamp())), []
        for minute in [*sorted(minutes), 70]:
            now = at(minute)
            until = [m for m in seen if m.at <= stamp(now.timestamp())]
            made = walk(one, line, until, reach(one, line, now, 7), now)
            moves += [m.after for m in made.moves]
            line = after(line, made)
        episodes.append(moves)
    assert episodes[0] == episodes[1]


def test_every_alarm_s_statistic_fits_its_metric() -> None:
    for one in alarms(DEFAULTS).values():
        assert one.metric is METRICS[one.metric.name]
        counted = one.metric.kind.value == "count"
        assert counted == (one.statistic is Statistic.SUM)
