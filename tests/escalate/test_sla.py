"""Time on a case: levels, pauses, raises; clocks that jump, and nights of summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.sla import clock_of, fitted, limit_of
from brand_metagen.ports import Act, CaseEvent, Level

SETTINGS = EscalateSettings()
NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def history(*told: tuple[float, Act]) -> list[CaseEvent]:
    """Events so many hours after noon."""
    numbers = count(1)
    return [
        CaseEvent(next(numbers), "ESC-2026-001", (NOON + hours * HOUR).isoformat(), "anna", act, "")
        for hours, act in told
    ]


def spent(events: list[CaseEvent], hours: float, level: Level = Level.OPERATIONS) -> float:
    return clock_of(level, events, NOON + hours * HOUR, SETTINGS).spent / 3600


@pytest.mark.parametrize(
    ("level", "hours"), [(Level.OPERATIONS, 24), (Level.ENGINEERING, 48), (Level.PRODUCT, 168)]
)
def test_each_level_has_its_time(level: Level, hours: float) -> None:
    assert limit_of(level, SETTINGS) == hours * 3600
    opened = history((0, Act.OPENED))
    assert not clock_of(level, opened, NOON + hours * HOUR, SETTINGS).breached
    later = clock_of(level, opened, NOON + hours * HOUR + timedelta(seconds=1), SETTINGS)
    assert later.breached
    assert later.left == -1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(0, Act.OPENED)], 10),
        ([(0, Act.OPENED), (2, Act.ASSIGNED), (3, Act.NOTED)], 10),
        ([(0, Act.OPENED), (2, Act.PAUSED)], 2),
        ([(0, Act.OPENED), (2, Act.PAUSED), (7, Act.RESUMED)], 5),
        ([(0, Act.OPENED), (2, Act.PAUSED), (3, Act.PAUSED), (7, Act.RESUMED)], 5),
        ([(0, Act.OPENED), (4, Act.RESOLVED)], 4),
        ([(0, Act.OPENED), (4, Act.RESOLVED), (9, Act.REOPENED)], 5),
        ([(0, Act.OPENED), (4, Act.RAISED)], 6),
        ([(0, Act.OPENED), (4, Act.PAUSED), (5, Act.RAISED)], 0),
        ([(0, Act.OPENED), (4, Act.CANCELLED)], 4),
    ],
)
def test_only_time_in_which_somebody_could_work_counts(
    told: list[tuple[float, Act]], expected: float
) -> None:
    assert spent(history(*told), 10) == pytest.approx(expected)


def test_a_raised_case_that_was_paused_runs_on_when_it_is_resumed() -> None:
    told = history((0, Act.OPENED), (4, Act.PAUSED), (5, Act.RAISED), (6, Act.RESUMED))
    clock = clock_of(Level.ENGINEERING, told, NOON + 10 * HOUR, SETTINGS)
    assert clock.spent == 4 * 3600
    assert clock.due == NOON + 54 * HOUR


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 12), datetime(2026, 10, 24, 12)])
def test_a_night_of_summer_time_is_as_long_as_any(night: datetime) -> None:
    london = ZoneInfo("Europe/London")
    opened = night.replace(tzinfo=london).astimezone(UTC)
    event = CaseEvent(1, "ESC-2026-001", opened.isoformat(), "anna", Act.OPENED, "")
    clock = clock_of(Level.OPERATIONS, [event], opened + 24 * HOUR, SETTINGS)
    assert clock.left == 0
    assert not clock.breached
    assert clock.due is not None
    assert clock.due.astimezone(london).hour in (11, 13)


YEAR = 365 * 24


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(0, Act.OPENED), (YEAR, Act.PAUSED), (4, Act.RESUMED)], 6),
        ([(0, Act.OPENED), (-YEAR, Act.PAUSED), (4, Act.RESUMED)], 6),
        ([(YEAR, Act.OPENED), (2, Act.PAUSED), (4, Act.RESUMED)], 6),
        ([(0, Act.OPENED), (1, Act.PAUSED), (YEAR, Act.RESUMED)], 9 + 1),
    ],
)
def test_a_clock_that_jumps_breaches_nothing(
    told: list[tuple[float, Act]], expected: float
) -> None:
    clock = clock_of(Level.OPERATIONS, history(*told), NOON + 10 * HOUR, SETTINGS)
    assert clock.suspect
    assert not clock.breached
    assert clock.spent / 3600 == pytest.approx(expected, abs=2.1)


STAMPS = st.lists(
    st.integers(-10_000, 10_000).map(lambda n: NOON + n * HOUR), min_size=1, max_size=12
)


@given(STAMPS)
def test_fitted_stamps_never_fall_and_end_now(stamps: list[datetime]) -> None:
    found, suspect = fitted(stamps)
    assert len(found) == len(stamps)
    assert found[-1] == stamps[-1]
    assert found == sorted(found)
    if stamps == sorted(stamps):
        assert found == stamps
        assert not suspect
    else:
        assert suspect


@given(STAMPS)
def test_the_fewest_stamps_are_set_aside(stamps: list[datetime]) -> None:
    found, _ = fitted(stamps)
    kept = sum(a == b for a, b in zip(found, stamps, strict=True))
    longest = [1] * len(stamps)
    for i, later in enumerate(stamps):
        longest[i] += max((longest[j] for j in range(i) if stamps[j] <= later), default=0)
    assert kept >= longest[-1]
