"""Pace: a table of clock readings, and what is still allowed."""

from __future__ import annotations

from brand_metagen.app.pacing import MOST_CALLERS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_s_worth_at_once_then_one_by_one() -> None:
    clock = Clock()
    pace = Pace(3, clock)
    for _ in range(3):
        assert pace.wait("ann") == 0
        pace.count("ann")
    assert pace.wait("ann") == 20
    assert pace.wait("bob") == 0
    clock.now += 19.5
    assert pace.wait("ann") == 1
    clock.now += 0.5
    assert pace.wait("ann") == 0
    pace.count("ann")
    assert pace.wait("ann") == 20
    clock.now += 3_600
    for _ in range(3):
        pace.count("ann")
    assert pace.wait("ann") == 20  # an hour of rest saves up no more than a minute's worth


def test_only_so_many_callers_are_remembered() -> None:
    pace = Pace(1, Clock())
    for i in range(MOST_CALLERS + 5):
        pace.count(f"caller {i}")
    assert pace.wait("caller 0") == 0
    assert pace.wait(f"caller {MOST_CALLERS + 4}") == 60
