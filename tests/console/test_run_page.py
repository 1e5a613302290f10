"""A run as its page shows it: stages, attempts, what failed, and what is wished of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brand_metagen.console.acts import Reply, done
from brand_metagen.console.agents import decided
from brand_metagen.console.door import Seat
from brand_metagen.console.runs import WAITING, Stage, stages_of
from brand_metagen.console.screens import PAGES
from brand_metagen.ports import Role, RunState, StepRecord, StepState, Wish
from brand_metagen.workflow.runner import workspace_lock

Seats = Mapping[Role, Seat]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def step(name: str, seconds: float = 1.0, **changes: object) -> StepRecord:
    """A step that is done, but for what is said."""
    begun = (NOW - timedelta(seconds=30)).isoformat()
    one = StepRecord("RUN-1", 1, name, "role", StepState.DONE, 1, 1, seconds, "x", {}, begun, None,
                     None)  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def by_name(found: list[Stage]) -> dict[str, Stage]:
    return {stage.name: stage for stage in found}


def test_parts_of_a_stage_are_one_bar_with_their_attempts() -> None:
    steps = [
        step("ingest", 2.0),
        step("learn-0001", 3.0),
        step("learn-0002", 5.0, starts=3),
        step("learn-0003", 0.0, state=StepState.FAILED, error="no room"),
    ]
    found = by_name(stages_of(steps, (), None, whole=False))
    assert list(found) == ["ingest", "learn"]
    learn = found["learn"]
    assert (learn.state, len(learn.parts), learn.done, learn.begun, learn.again) == (
        "failed", 3, 2, 5, 2
    )  # fmt: skip
    assert (learn.seconds, learn.share, found["ingest"].share) == (8.0, 1.0, 0.25)
    assert [part.name for part in learn.ailing] == ["learn-0002", "learn-0003"]
    assert (learn.ill, found["ingest"].ill) == (True, False)


def test_stages_to_come_wait_beside_what_they_took_last_time() -> None:
    before = [step("ingest", 4.0), step("learn-0001", 8.0), step("report", 2.0)]
    going = step("ingest", 0.0, state=StepState.RUNNING)
    found = by_name(stages_of([going], before, NOW, whole=False))
    assert [s.state for s in found.values()] == ["running", WAITING, WAITING]
    assert found["ingest"].seconds == 30.0, "of a step that goes on, the time since it was begun"
    assert found["report"].usual == pytest.approx(2.0 / 30.0)
    assert [s.name for s in stages_of([going], before, None, whole=True)] == ["ingest"]
    assert stages_of([going], before, None, whole=True)[0].seconds == 0.0
    assert stages_of([], (), None, whole=False) == []


def test_parts_of_a_role_are_told_together() -> None:
    first = step("learn-0001", stats={"decision": "learned", "evidence": {"brands": 3, "of": "x"}})
    second = replace(first, name="learn-0002")
    failed = step("learn-0003", state=StepState.FAILED, stats={})
    (one,) = decided([first, second, failed])
    assert (one.name, one.parts) == ("learn", 3)
    assert one.decisions == {"learned": 2, "failed": 1}
    assert one.evidence == {"brands": 6, "of": "x"}
    assert decided([]) == []


def shown(seats: Seats, role: Role = Role.OPERATOR, **wanted: str) -> str:
    """The page of runs."""
    actor = seats[role].actor()
    assert actor is not None
    return PAGES["/runs"](seats[role].server, actor, wanted)


def asked(seats: Seats, act: str, run_id: str) -> Reply:
    return done(seats[Role.OPERATOR], {"act": act, "run_id": run_id})


def test_a_run_that_goes_on_is_asked_to_pause_and_to_go_on_after_all(
    seats: Seats, tmp_path: Path
) -> None:
    store = seats[Role.ADMIN].server.workspace.store
    run = store.create_run("x", "{}", ())
    store.set_run(run.run_id, RunState.RUNNING)
    store.begin_step(run.run_id, 1, "ingest", "data transformation")
    with workspace_lock(tmp_path / "w", run.run_id):
        assert 'data-act="run_pause"' in shown(seats)
        assert 'data-again="2000"' in shown(seats)
        assert not asked(seats, "run_pause", run.run_id).bad
        assert store.run(run.run_id).wish is Wish.PAUSE
        page = shown(seats)
        assert "Asked to pause" in page
        assert 'data-act="run_pause"' not in page
        assert store.recent(1)[0].action == "run to pause"
        assert (store.recent(1)[0].actor, store.recent(1)[0].subject) == ("operator", run.run_id)
        assert not asked(seats, "run_go", run.run_id).bad
        assert store.run(run.run_id).wish is Wish.RUN
        assert 'data-act="run_' not in shown(seats, Role.REVIEWER)
    assert asked(seats, "run_pause", run.run_id).bad, "its process is gone"


def test_what_failed_is_told_by_brand_and_by_stage(seats: Seats) -> None:
    store = seats[Role.ADMIN].server.workspace.store
    run = store.create_run("x", "{}", ())
    store.set_run(run.run_id, RunState.RUNNING)
    store.begin_step(run.run_id, 1, "ingest", "data transformation")
    why = {"failed": {"1001": "no letters <b>", "1002": "no letters <b>", "1003": "too long"}}
    store.finish_step(run.run_id, 1, "x", 1.0, why)
    store.begin_step(run.run_id, 2, "learn-0001", "metadata production")
    store.fail_step(run.run_id, 2, "no room; see `brand-metagen health`")
    store.set_run(run.run_id, RunState.FAILED, "no room")
    page = shown(seats, run=run.run_id)
    assert page.index("no letters &lt;b&gt;") < page.index("too long"), "the commonest first"
    assert 'href="/console/brand/1001"' in page
    assert '<a href="/console/health"><code>brand-metagen health</code></a>' in page
    assert 'data-act="run_resume"' in page
    ill = shown(seats, run=run.run_id, show="failed")
    assert 'id="stage-learn"' in ill
    assert 'id="stage-ingest"' not in ill
    assert "No brand failed in this run" in shown(seats, run="RUN-0001")


def test_a_run_is_begun_over_a_folder_that_is_named(shared: Seats, tmp_path: Path) -> None:
    seat = shared[Role.OPERATOR]
    (tmp_path / "root" / "march").mkdir(parents=True)
    (tmp_path / "root" / "empty").mkdir()
    (tmp_path / "root" / "march" / "combo.csv").write_text("x")
    serve = replace(seat.server.workspace.settings.serve, data_root=str(tmp_path / "root"))
    settings = replace(seat.server.workspace.settings, serve=serve)
    server = replace(seat.server, workspace=replace(seat.server.workspace, settings=settings))
    actor = seat.actor()
    assert actor is not None
    page = PAGES["/runs"](server, actor, {})
    assert '<option value="march">' in page
    assert '<option value="empty">' not in page
    assert str(tmp_path) not in page, "where things lie on the server is not told"
