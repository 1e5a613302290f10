"""Figures that pages make of the market, of runs and of the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from test_acts import Seats

from brand_metagen.app.contested import contested, rivals
from brand_metagen.app.progress import measured
from brand_metagen.app.quality import brands_with, issues, quarantine, reasons
from brand_metagen.app.sureness import sureness
from brand_metagen.console.queue import pace
from brand_metagen.ports import AuditRow, Role, StepRecord, StepState
from brand_metagen.web.state import Shelf

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
NEAR = 1e-5


def test_confidence_is_made_of_what_is_shown(shared: Seats) -> None:
    live = shared[Role.ADMIN].server.warm.current()
    seen = 0
    for brandid, made in live.versions.items():
        found = sureness(live, made)
        if found is None or not found.factors:
            continue
        seen += 1
        product = 1.0
        for factor in found.factors:
            product *= factor.probability
        assert found.confidence == pytest.approx(product, abs=NEAR), brandid
        assert found.confidence == pytest.approx(made.confidence, abs=NEAR), brandid
        assert found.interval is None or found.interval[0] <= found.interval[1]
        assert sum(d.wrong for d in found.doubts) <= sum(f.expected for f in found.factors) + NEAR
    assert seen > 5


def test_contested_rows_are_folded_and_their_brands_named(shared: Seats) -> None:
    live = shared[Role.ADMIN].server.warm.current()
    found = contested(live, brandid="9001")
    assert found
    assert all(len(c.claims) > 1 and "9001" in dict(c.claims) for c in found)
    keys = [(c.narrative, c.mccid) for c in found]
    assert len(keys) == len(set(keys))
    assert all(not c.settled for c in contested(live, open_only=True))
    (twin,) = [r for r in rivals(live, "9001") if r.brandid == "9002"]
    assert twin.ours + twin.theirs + twin.tied <= twin.rows
    assert twin.rows == sum(c.rows for c in found if "9002" in dict(c.claims))


def test_rows_left_out_are_listed_with_their_reason(shared: Seats) -> None:
    workspace = shared[Role.ADMIN].server.workspace
    ((reason, count, critical),) = reasons(workspace)
    assert count == len(quarantine(workspace, reason)) == 1
    assert critical
    assert quarantine(workspace, "another") == []
    kinds = issues(workspace)
    assert [k.brands for k in kinds] == sorted((k.brands for k in kinds), reverse=True)
    assert all(len(brands_with(workspace, k.kind)) == k.brands for k in kinds)


def step(name: str, state: StepState, seconds: float, began: float = 0.0) -> StepRecord:
    """A step of a run as the store has it, begun so many seconds ago."""
    at = (NOW - timedelta(seconds=began)).isoformat()
    return StepRecord("R", 1, name, "r", state, 1, 1, seconds, None, {}, at, None, None)


DONE, GOING = StepState.DONE, StepState.RUNNING


@pytest.mark.parametrize(
    ("steps", "share", "left"),
    [
        ([], 0.0, 100.0),
        ([step("a", DONE, 20.0)], 0.2, 80.0),
        ([step("a", DONE, 40.0)], 0.2, 160.0),
        ([step("a", DONE, 20.0), step("b", GOING, 0.0, 40.0)], 0.6, 40.0),
        ([step("b", GOING, 0.0, 900.0)], 0.8, 20.0),
    ],
)
def test_time_left_follows_the_pace_so_far(
    steps: list[StepRecord], share: float, left: float
) -> None:
    found = measured(steps, {"a": 20.0, "b": 80.0}, NOW)
    assert found == (pytest.approx(share), pytest.approx(left))
    assert measured(steps, {}, NOW) == (None, None)


def act(minutes: float, action: str = "approve") -> AuditRow:
    """A row of the audit log, so many minutes old."""
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return AuditRow(1, at, "rita", action, "1", {}, "", "")


def test_speed_is_told_from_three_decisions_of_the_hour() -> None:
    assert pace([act(1), act(2)], NOW).a_minute is None
    assert pace([act(0), act(1), act(2), act(90)], NOW).a_minute == pytest.approx(1.0)
    found = pace([act(0), act(10), act(20), act(5, "undo"), act(60 * 13)], NOW)
    assert (found.today, found.a_minute) == (3, pytest.approx(0.1))


class Closed:
    """Counts how often it was closed."""

    times = 0

    def close(self) -> None:
        self.times += 1


def test_a_shelf_forgets_what_was_used_longest_ago_and_closes_it() -> None:
    shelf, first = Shelf(2), Closed()
    assert shelf.get("a", lambda: first) is first
    shelf.get("b", Closed)
    shelf.get("a", Closed)
    shelf.get("c", Closed)
    assert shelf.get("a", Closed) is first
    shelf.drop("a")
    assert first.times == 1
    shelf.drop("nothing")
