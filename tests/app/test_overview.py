"""Health of what the system leans on, and everything on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brand_metagen.app import watching
from brand_metagen.app.health import PARTS, Condition, health
from brand_metagen.app.overview import Item, overview
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AgentSettings, EscalateSettings, McpSettings
from brand_metagen.ports import (
    Answer,
    Cause,
    Level,
    NoticeState,
    Opening,
    RunState,
)

Opener = Callable[..., Workspace]


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    return copied()


def part(workspace: Workspace, name: str) -> tuple[Condition, str]:
    (found,) = [c for c in health(workspace) if c.part == name]
    assert found.condition is Condition.OK or found.todo
    return found.condition, found.said


def test_every_part_of_the_issue_is_looked_at(workspace: Workspace) -> None:
    assert {"store", "data", "matcher", "release", "mcp servers", "cache", "model", "disk",
            "clock", "backlog", "runs"} <= set(PARTS)  # fmt: skip
    checks = health(workspace)
    assert [c.part for c in checks] == list(PARTS)
    assert {c.condition for c in checks} == {Condition.OK}
    assert [c.part for c in health(workspace, ["audit log"])] == list(PARTS)[:2] + list(PARTS)[3:]


def test_servers_are_judged_by_their_last_answers(workspace: Workspace) -> None:
    def ask(outcome: str) -> None:
        detail = {"tool": "get", "outcome": outcome, "kind": "slow" if outcome == "failed" else ""}
        workspace.store.note("system", "mcp_call", "registry", detail)

    for _ in range(3):
        ask("failed")
    assert part(workspace, "mcp servers")[1].startswith("none is configured")
    asked = replace(workspace, facts=lambda market: None)  # type: ignore[arg-type,return-value]
    assert part(asked, "mcp servers") == (Condition.WARN, "do not answer: registry: slow")
    ask("asked")
    assert part(asked, "mcp servers") == (Condition.OK, "registry answered")
    for _ in range(2):
        ask("last_good")
    assert part(asked, "mcp servers")[0] is Condition.OK, "two in a row may happen"


def test_the_model_and_the_cache(workspace: Workspace) -> None:
    settings = workspace.settings
    asked = replace(workspace, settings=replace(settings, agents=AgentSettings(model="m-1")))
    assert part(asked, "model") == (Condition.OK, "m-1 was not asked within a day")
    for outcome in ("advice", "late", "unavailable"):
        workspace.store.note("agent evaluator", "advice", "", {"outcome": outcome})
    assert part(asked, "model")[0] is Condition.OK
    workspace.store.note("agent evaluator", "advice", "", {"outcome": "late"})
    assert part(asked, "model")[0] is Condition.WARN
    assert part(workspace, "model")[1].startswith("none is set")
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="milliseconds")
    for key in ("a", "b"):
        answer = Answer("registry", key, "get", {}, {"x": 1}, "", past, past, past, 0, 1)
        workspace.store.keep_answer(answer, 10)
    assert part(workspace, "cache") == (Condition.OK, "2 answers kept, 2 of them no longer fresh")
    small = replace(workspace, settings=replace(settings, mcp=McpSettings(cache_entries=1)))
    assert part(small, "cache")[0] is Condition.WARN


def test_alarms_that_are_on_unseen_or_not_looked_at(workspace: Workspace) -> None:
    assert part(workspace, "alarms") == (Condition.OK, "nobody looks at them yet")
    run = workspace.store.create_run("data", "{}", ())
    workspace.store.set_run(run.run_id, RunState.FAILED, "no room")
    watching.check(workspace)
    assert part(workspace, "alarms") == (Condition.WARN, "in ALARM: run-failed")
    watching.check(workspace, datetime.now(UTC) + timedelta(minutes=12))
    assert "nobody has seen it: run-failed" in part(workspace, "alarms")[1]
    watching.acknowledge(workspace, "olga", "run-failed", "")
    assert part(workspace, "alarms")[0] is Condition.OK


def test_a_log_that_cannot_be_written(workspace: Workspace, tmp_path: Path) -> None:
    folder = workspace.folder / "logs"
    folder.mkdir(exist_ok=True)
    (folder / "2026-01-01.jsonl").write_text("x" * 200_000)
    assert part(workspace, "log") == (Condition.OK, "0.2 MB, kept for 30 days")


def named(items: tuple[Item, ...]) -> dict[str, str]:
    return {item.what: item.said for item in items}


def test_a_screen_of_a_healthy_workspace(workspace: Workspace) -> None:
    found = overview(workspace)
    assert found.wrong == found.overdue == ()
    assert set(named(found.waiting)) <= {"brands for a reviewer", "ties for a human"}
    assert found.status.last_state == "completed"


def test_a_screen_of_trouble(workspace: Workspace) -> None:
    store = workspace.store
    run = store.create_run("data", "{}", ())
    store.set_run(run.run_id, RunState.FAILED, "no room")
    watching.check(workspace)
    opening = Opening("", "", Cause.SYSTEM_ERROR, Level.OPERATIONS, "x", channels=("log",))
    case, _ = store.open_case(opening, "olga")
    store.add_plan({"issue": "x"}, "2026-01-01", "anna")
    (workspace.step("ingest") / "mcc.parquet").unlink()
    late = replace(workspace.settings, escalate=EscalateSettings(operations_hours=0))
    found = overview(replace(workspace, settings=late))
    wrong = named(found.wrong)
    assert next(iter(wrong)) == "alarm run-failed"
    assert {"data (fail)", "runs (fail)"} <= set(wrong)
    waiting = named(found.waiting)
    assert waiting["open cases"] == "1"
    assert int(waiting["messages to be sent"]) == len(store.notices(NoticeState.WAITING))
    overdue = named(found.overdue)
    assert {"alarm run-failed", case.case_id} <= set(overdue)
    assert [said for said in overdue.values() if said == "due on 2026-01-01"]
    for item in (*found.wrong, *found.waiting, *found.overdue):
        assert item.todo
    watching.acknowledge(workspace, "olga", "run-failed", "the disk is full")
    found = overview(workspace)
    assert named(found.wrong)["alarm run-failed"].endswith("; olga knows")
    assert "alarm run-failed" not in named(found.overdue)
