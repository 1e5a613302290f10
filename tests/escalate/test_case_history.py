"""Where a case stood at any moment, when it was late, how long it took."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import all_of, history, hour, told

from brand_metagen.config import EscalateSettings
from brand_metagen.ports import CaseState, Level, Method

SETTINGS = EscalateSettings()
S = CaseState
LIFE = {0: "opened", 2: "assigned", 10: "resolved", 12: "reopened", 20: "resolved", 30: "closed"}


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (0, None), (0.1, S.OPEN), (2, S.OPEN), (2.1, S.IN_PROGRESS), (10.1, S.RESOLVED),
        (12.1, S.IN_PROGRESS), (20.1, S.RESOLVED), (30, S.RESOLVED), (30.1, S.CLOSED),
    ],
)  # fmt: skip
def test_the_state_just_before_a_moment(when: float, state: CaseState | None) -> None:
    assert history(LIFE).state(hour(when)) is state


@pytest.mark.parametrize(("when", "level"), [(0, 1), (5, 1), (5.1, 2), (9, 2), (9.1, 3), (99, 3)])
def test_the_level_just_before_a_moment(when: float, level: int) -> None:
    found = history({0: "opened", 5: "raised", 9: "raised"})
    assert found.level(hour(when)) is Level(level)


@pytest.mark.parametrize(
    ("acts", "breaches"),
    [
        ({0: "opened"}, [(1, 24)]),
        ({0: "opened", 24: "resolved"}, []),
        ({0: "opened", 25: "resolved"}, [(1, 24)]),
        ({0: "opened", 10: "paused", 60: "resumed"}, [(1, 74)]),
        ({0: "opened", 10: "paused"}, []),
        ({0: "opened", 23: "raised"}, [(2, 71)]),
        ({0: "opened", 30: "raised"}, [(1, 24), (2, 78)]),
        ({0: "opened", 20: "resolved", 50: "reopened"}, [(1, 54)]),
        ({0: "opened", 30: "resolved", 50: "reopened"}, [(1, 24)]),
        ({0: "opened", 1: "raised", 2: "raised"}, [(3, 170)]),
        ({0: "opened", 1: "cancelled"}, []),
    ],
)
def test_a_case_runs_out_of_time_once_per_level(
    acts: dict[float, str], breaches: list[tuple[int, float]]
) -> None:
    found = history(acts).breaches(hour(300), SETTINGS)
    assert [(int(b.level), b.at) for b in found] == [(n, hour(h)) for n, h in breaches]


def test_a_breach_is_known_from_the_moment_after_it_on() -> None:
    found = history({0: "opened"})
    assert list(found.breaches(hour(24), SETTINGS)) == []
    assert len(list(found.breaches(hour(24) + timedelta(milliseconds=1), SETTINGS))) == 1


@pytest.mark.parametrize(
    ("acts", "wall", "running"),
    [
        ({0: "opened", 10: "resolved"}, 10, 10),
        ({0: "opened", 2: "paused", 8: "resumed", 10: "resolved"}, 10, 4),
        ({0: "opened", 5: "raised", 10: "resolved"}, 10, 10),
        ({0: "opened", 8: "paused", 10: "resolved"}, 10, 8),
    ],
)
def test_time_to_resolve(acts: dict[float, str], wall: float, running: float) -> None:
    (found,) = history(acts).resolutions(hour(0), hour(100))
    assert (found.wall, found.running) == (wall * 3600, running * 3600)
    assert found.method is Method.MANUAL_METADATA


def test_a_case_settled_twice_has_two_resolutions() -> None:
    found = list(history(LIFE).resolutions(hour(0), hour(100)))
    assert [r.at for r in found] == [hour(10), hour(20)]
    assert [r.running for r in found] == [10 * 3600, 18 * 3600]
    assert len(list(history(LIFE).resolutions(hour(10), hour(20)))) == 1


def test_a_pause_ends_with_whatever_moves_the_case_on() -> None:
    for ended in ("resumed", "raised", "resolved", "cancelled"):
        found = history({0: "opened", 1: "paused", 5: ended})
        assert found.paused(hour(2))
        assert not found.paused(hour(6))


def test_a_stamp_of_a_wrong_clock_does_not_turn_time_back() -> None:
    case, events = told({0: "opened", 500: "assigned", 10: "resolved"})
    (found,) = all_of((case, events), now=20)
    (resolution,) = found.resolutions(hour(0), hour(20))
    assert resolution.wall == 10 * 3600


ACTS = st.lists(
    st.sampled_from(["assigned", "paused", "resumed", "raised", "noted", "joined"]), max_size=12
)


@given(ACTS, st.integers(0, 400), st.integers(0, 400))
def test_breaches_found_early_stay(acts: list[str], one: int, two: int) -> None:
    """What is known at one moment is known later too, at most one per level."""
    few = [kind for n, kind in enumerate(acts) if kind != "raised" or acts[:n].count("raised") < 2]
    found = history({0: "opened", **{7 * n + 1: kind for n, kind in enumerate(few)}})
    early = list(found.breaches(hour(min(one, two)), SETTINGS))
    late = list(found.breaches(hour(max(one, two)), SETTINGS))
    assert late[: len(early)] == early
    assert len({b.level for b in late}) == len(late)
    assert all(b.at <= hour(max(one, two)) for b in late)
