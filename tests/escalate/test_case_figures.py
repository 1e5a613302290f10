"""Figures of a period: what counts, when it counts, and that parts add up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import MONDAY, all_of, hour, told

from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.figures import Asked, Figures, figures
from brand_metagen.escalate.history import History
from brand_metagen.ports import CaseState, Cause, Level, Method
from brand_metagen.reports.periods import Span, before, period_of, run_up, zone_of

UTC = zone_of("UTC")
SETTINGS = EscalateSettings()


def asked(processed: int = 100) -> Asked:
    period = period_of(Span.WEEK, MONDAY.date(), UTC)
    return Asked(period, before(Span.WEEK, period), run_up(Span.DAY, period, 7), processed)


def found(
    cases: tuple[History, ...], now: float = 10_000, settings: EscalateSettings = SETTINGS,
    wanted: Asked | None = None,
) -> Figures:  # fmt: skip
    return figures(cases, wanted or asked(), hour(now), settings)


WEEK = all_of(
    told({-200: "opened", -190: "resolved", -100: "closed"}, number=1, brandid="1"),
    told({-50: "opened", 10: "resolved", 20: "closed"}, number=2, brandid="2", preventive="watch"),
    told({1: "opened", 2: "joined", 3: "joined"}, number=3, brandid="3"),
    told({5: "opened", 6: "assigned", 160: "paused"}, number=4, brandid="3", level=3,
         cause=Cause.LEGAL),
    told({100: "opened", 120: "resolved"}, number=5, brandid="", cause=Cause.SYSTEM_ERROR,
         method=Method.ALGORITHM_UPDATE),
    told({150: "opened", 167: "assigned"}, number=6, brandid="6", level=2),
    told({160: "opened", 161: "cancelled"}, number=7, brandid="7"),
    told({168: "opened"}, number=8, brandid="8"),
)  # fmt: skip


def test_what_happened_in_the_week() -> None:
    now, then = found(WEEK).counts, found(WEEK).before
    assert (now.opened, now.joined, now.resolved, now.reopened) == (5, 2, 2, 0)
    assert (now.closed, now.cancelled, now.breached) == (1, 1, 1)
    assert (now.active, now.backlog) == (4, 3)
    assert (then.opened, then.resolved, then.closed) == (1, 0, 1)
    assert (then.active, then.backlog, then.breached) == (1, 1, 1)


def test_active_cases_by_level_and_by_how_they_stand() -> None:
    levels = {f.level: f for f in found(WEEK).levels}
    assert {level: f.active for level, f in levels.items()} == {
        Level.OPERATIONS: 2, Level.ENGINEERING: 1, Level.PRODUCT: 1,
    }  # fmt: skip
    assert levels[Level.OPERATIONS].states == {
        CaseState.OPEN: 1, CaseState.IN_PROGRESS: 0, CaseState.RESOLVED: 1,
    }  # fmt: skip
    assert levels[Level.OPERATIONS].stands["breached"] == 1
    assert levels[Level.ENGINEERING].stands["ok"] == 1
    assert levels[Level.PRODUCT].stands["paused"] == 1
    assert [s.case.case_id[-1] for s in found(WEEK).active] == ["3", "6", "4", "5"]


@pytest.mark.parametrize(
    ("spent", "stands"), [(17.9, "ok"), (18, "soon"), (24, "soon"), (24.1, "breached")]
)
def test_age_against_the_time_a_case_has(spent: float, stands: str) -> None:
    (one,) = found(all_of(told({0: "opened"})), now=spent).active
    assert one.stands == stands


def test_reasons_and_methods_with_their_shares() -> None:
    causes = [(s.name, s.count, s.share) for s in found(WEEK).causes]
    assert causes == [
        ("round_limit", 3, 0.6), ("legal_or_compliance", 1, 0.2), ("system_error", 1, 0.2),
    ]  # fmt: skip
    methods = [(s.name, s.count) for s in found(WEEK).methods]
    assert methods == [("algorithm_update", 1), ("manual_metadata", 1)]


def test_time_to_resolve_by_the_wall_and_while_time_ran() -> None:
    cases = all_of(
        told({0: "opened", 10: "resolved"}, number=1),
        told({0: "opened", 1: "paused", 19: "resumed", 20: "resolved"}, number=2, brandid="2"),
        told({0: "opened", 60: "resolved"}, number=3, brandid="3"),
    )
    counts = found(cases).counts
    assert (counts.wall.mean, counts.wall.median) == (30 * 3600, 20 * 3600)
    assert (counts.running.mean, counts.running.median) == (24 * 3600, 10 * 3600)


def test_the_trend_has_a_place_for_each_day_that_has_begun() -> None:
    trend = found(WEEK).trend
    assert [b.opened for b in trend] == [2, 0, 0, 0, 1, 0, 2]
    assert [b.resolved for b in trend] == [1, 0, 0, 0, 0, 1, 0]
    assert [b.backlog for b in trend] == [2, 2, 2, 2, 3, 2, 3]
    assert len(found(WEEK, now=30).trend) == 2


def test_the_rate_counts_brands_with_an_active_case_once() -> None:
    rate = found(WEEK).rate
    assert (rate.escalated, rate.processed, rate.share) == (4, 100, 0.04)
    assert rate.band is not None
    assert rate.band.name == "excellent"


@pytest.mark.parametrize(
    ("processed", "band"),
    [
        (81, "excellent"),
        (80, "good"),
        (41, "good"),
        (40, "good"),
        (39, "fair"),
        (20, "fair"),
        (19, "poor"),
    ],
)
def test_bands_of_the_rate(processed: int, band: str) -> None:
    rate = found(WEEK, wanted=asked(processed=processed)).rate
    assert rate.band is not None
    assert rate.band.name == band


def test_a_rate_of_no_brands_is_none() -> None:
    rate = found(WEEK, wanted=asked(processed=0)).rate
    assert (rate.share, rate.band) == (None, None)


def test_brands_that_keep_coming() -> None:
    (brand,) = found(WEEK).brands
    assert (brand.brandid, brand.cases, brand.triggers, brand.active) == ("3", 2, 4, 2)
    assert brand.causes == ("legal_or_compliance", "round_limit")


def test_lessons_are_of_cases_closed_in_the_period() -> None:
    assert [case.preventive for case in found(WEEK).lessons] == ["watch"]


def test_what_comes_after_the_period_changes_none_of_it() -> None:
    late = all_of(
        told({1: "opened", 2: "assigned", 170: "raised", 200: "resolved", 210: "closed"}),
        told({300: "opened"}, number=2, brandid="2"),
    )
    then = all_of(told({1: "opened", 2: "assigned"}))
    one, two = found(late), found(then)
    assert one.counts == two.counts
    assert one.trend == two.trend
    assert [s.stands for s in one.active] == [s.stands for s in two.active] == ["breached"]


def test_the_time_of_a_level_is_a_setting() -> None:
    long = replace(SETTINGS, operations_hours=500)
    assert found(WEEK, settings=long).counts.breached == 0


KINDS = ("assigned", "paused", "resumed", "joined", "resolved", "reopened", "closed")
LIVES = st.lists(
    st.tuples(st.integers(-200, 300), st.lists(st.sampled_from(KINDS), max_size=6)), max_size=8
)


@given(LIVES)
def test_parts_add_up(lives: list[tuple[int, list[str]]]) -> None:
    cases = all_of(
        *(
            told({start: "opened", **{start + 5 * n: k for n, k in enumerate(kinds, start=1)}},
                 number=number, brandid=str(number % 3))
            for number, (start, kinds) in enumerate(lives, start=1)
        )
    )  # fmt: skip
    made = found(cases)
    assert sum(f.active for f in made.levels) == made.counts.active == len(made.active)
    for level in made.levels:
        assert sum(level.stands.values()) == level.active
    assert sum(s.count for s in made.causes) == made.counts.opened
    assert sum(s.count for s in made.methods) == made.counts.resolved == made.counts.wall.count
    assert abs(sum(s.share for s in made.causes) - (1 if made.causes else 0)) < 1e-9
    assert made.counts.breached == len(made.breaches)
    assert made.trend[-1].backlog == made.counts.backlog
    assert sum(b.opened for b in made.trend) == made.counts.opened
    for wall, ran in ((made.counts.wall, made.counts.running),):
        assert (ran.mean or 0) <= (wall.mean or 0) + 1e-6
