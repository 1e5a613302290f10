"""Simulated troubles: each is found with its cause, and a healthy workspace has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from brand_metagen.analytics.history import History
from brand_metagen.app import decisions, diagnosing, routine_notes, routines
from brand_metagen.app.checks import Check, Condition
from brand_metagen.app.findings import Broken, Finding
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AlarmSettings
from brand_metagen.errors import InputError
from brand_metagen.ports import (
    Act,
    BrandState,
    CaseAct,
    CaseFilter,
    CaseState,
    Cause,
    Change,
    Level,
    Opening,
    QueueFilter,
    Remark,
    RemarkOutcome,
    RunState,
    Verdict,
)
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore

Opener = Callable[..., Workspace]


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    return copied()


def found(workspace: Workspace, name: str = "all") -> list[Finding]:
    return diagnosing.diagnose(workspace, name)


def troubles(workspace: Workspace) -> list[str]:
    return [finding.trouble for finding in found(workspace)]


def some_brand(workspace: Workspace) -> str:
    return next(m.brandid for m in workspace.store.latest_versions() if m.rule)


def give_feedback(workspace: Workspace, brandid: str, gain: float = 0.0) -> None:
    """A round that makes a version a little surer, or not."""
    store = workspace.store
    record = store.versions(brandid)[-1]
    remark = Remark(
        brandid, record.version, "anna", "too broad", {}, "regex_too_broad", (), (),
        RemarkOutcome.APPLIED,
    )  # fmt: skip
    made = replace(record, confidence=min(1.0, record.confidence + gain))
    store.change(
        Change(
            "anna",
            brandid,
            record.version,
            Verdict.FEEDBACK,
            BrandState.AWAITING_REVIEW,
            made=made,
            remark=remark,
        )
    )


def test_a_healthy_workspace_has_no_trouble(workspace: Workspace) -> None:
    assert found(workspace) == []
    with pytest.raises(InputError, match="high-escalation"):
        found(workspace, "weather")


def test_a_brand_that_never_improves(workspace: Workspace) -> None:
    brandid = some_brand(workspace)
    for number in range(3):
        assert not found(workspace, "no-improvement"), number
        give_feedback(workspace, brandid)
    (finding,) = found(workspace, "no-improvement")
    assert brandid in finding.command
    assert len(finding.evidence) == 3
    give_feedback(workspace, brandid, gain=0.2)
    assert not found(workspace, "no-improvement")


def test_a_counter_that_is_stuck(workspace: Workspace) -> None:
    brandid, store = some_brand(workspace), workspace.store
    give_feedback(workspace, brandid)
    assert not found(workspace, "stuck")
    assert isinstance(store, SqlStore)
    with store._writing() as connection:
        here = schema.brands.c.brandid == brandid
        connection.execute(update(schema.brands).where(here).values(round=7))
    (finding,) = found(workspace, "stuck")
    assert f"round {brandid} 1" in finding.command
    assert "the counter says 7, the log has 1 rounds" in finding.evidence
    line = store.line(brandid)
    store.change(Change("olga", brandid, line.version, Verdict.ROUND, round=1, note="stuck"))
    assert not found(workspace, "stuck")


def test_counters_astray_come_in_the_order_of_the_queue(workspace: Workspace) -> None:
    store = workspace.store
    assert isinstance(store, SqlStore)
    waiting = [line.brandid for line in store.queue(QueueFilter(), 100, None).items]
    *waiting, settled = waiting
    version = store.line(settled).version
    store.change(Change("anna", settled, version, Verdict.APPROVE, BrandState.APPROVED))
    astray = waiting[1:5]
    with store._writing() as connection:
        here = schema.brands.c.brandid.in_([*astray, settled])
        connection.execute(update(schema.brands).where(here).values(round=3))
    assert [finding.command.split()[3] for finding in found(workspace, "stuck")] == astray


def test_what_was_gathered_and_looked_at_already_is_used(workspace: Workspace) -> None:
    broken = Check("matcher", Condition.FAIL, "is broken", "mend it")
    seen = diagnosing.diagnose(workspace, "all", record=History(), checks=lambda: [broken])
    assert [(f.trouble, f.cause) for f in seen] == [("damaged matcher", "is broken")]


def test_a_damaged_log_and_a_lost_table(workspace: Workspace) -> None:
    (workspace.step("ingest") / "combo.parquet").unlink()
    assert troubles(workspace) == ["damaged data"]


def test_a_run_that_failed(workspace: Workspace) -> None:
    store = workspace.store
    store.create_run("data", "{}", ())
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.fail_step("RUN-0002", 1, "throttled by the source")
    store.set_run("RUN-0002", RunState.FAILED, "throttled by the source")
    (finding,) = found(workspace, "source")
    assert "throttled by the source" in finding.cause
    assert finding.evidence == ("ingest was begun 2 times",)
    assert finding.command.endswith("runs resume RUN-0002")


def test_a_run_that_took_three_times_as_long(workspace: Workspace) -> None:
    store = workspace.store
    usual = sum(diagnosing.profile(workspace, "RUN-0001").values())
    brands = store.runs()[0].summary["brands"]
    for number, factor in ((2, 1.0), (3, 3.0)):
        run_id = f"RUN-000{number}"
        store.create_run("data", "{}", ())
        store.begin_step(run_id, 1, "confirm", "confirmation")
        store.finish_step(run_id, 1, "f00d", factor * usual)
        store.set_run(run_id, RunState.COMPLETED, summary={"brands": brands, "rows": 9})
        findings = found(workspace, "slow")
        assert bool(findings) is (factor > 2)
    assert "most of it in confirm" in findings[0].cause


def test_many_escalations_and_poor_quality(workspace: Workspace) -> None:
    store = workspace.store
    brands = [m.brandid for m in store.latest_versions()]
    for number, brandid in enumerate(brands[: len(brands) // 4 + 1]):
        if number == len(brands) // 8 + 1:
            assert not found(workspace, "escalation-rate"), "15 % of 40 brands may be chance"
        store.open_case(Opening(brandid, "", Cause.LEGAL, Level.PRODUCT, "x"), "anna")
    (finding,) = found(workspace, "escalation-rate")
    assert "legal or compliance" in finding.cause
    ruled = [m.brandid for m in store.latest_versions() if m.rule][-12:]
    for brandid in ruled:
        give_feedback(workspace, brandid, gain=0.1)
    (finding,) = found(workspace, "quality")
    assert "regex_too_broad" in finding.cause


def test_more_feedback_in_a_day_than_usual(workspace: Workspace) -> None:
    give_feedback(workspace, some_brand(workspace), gain=0.1)
    assert not found(workspace, "feedback")
    few = replace(workspace, settings=replace(workspace.settings, alarms=AlarmSettings(
        feedback_a_day=0)))  # fmt: skip
    assert [f.trouble for f in found(few, "feedback")] == ["much feedback"]


@pytest.mark.parametrize("name", routines.ROUTINES)
def test_every_routine_can_be_walked_ticked_and_read(workspace: Workspace, name: str) -> None:
    standings = routines.walk(workspace, name)
    assert all(point.figure for point in standings)
    routines.tick(workspace, "olga", name, standings[0].name, "seen\n- [x] all\x1b[2J")
    again = routines.walk(workspace, name)
    assert (again[0].done_by, again[0].note) == ("olga", "seen\n- [x] all\x1b[2J")
    assert not any(point.done_by for point in again[1:])
    text = routine_notes.write_notes(workspace, name, again)[0].read_text(encoding="utf-8")
    assert text.startswith(f"# {name}, {datetime.now(UTC).date()}")
    assert "UTC: seen - [x] all [2J\n" in text, "a note stays one line of plain text"
    assert "olga" in text
    with pytest.raises(InputError, match=standings[0].name):
        routines.tick(workspace, "olga", name, "tea", "")


@pytest.mark.parametrize("name", ["evening", "friday", "month-end"])
def test_the_notes_of_a_day_week_and_month_tell_lessons_and_can_be_printed(
    workspace: Workspace, name: str
) -> None:
    brandid = some_brand(workspace)
    line = workspace.store.line(brandid)
    decisions.decide(workspace, "anna", brandid, Verdict.FLAG, line.version, note="odd")
    (case,) = workspace.store.cases(CaseFilter(), 9, None).items
    for kind, state, changes in (
        (Act.RESOLVED, CaseState.RESOLVED, {"method": "no_change", "resolution": "as it should"}),
        (Act.CLOSED, CaseState.CLOSED, {"lessons": "codes tell <more>", "preventive": "a list"}),
    ):
        workspace.store.act_on_case(CaseAct("olga", case.case_id, kind, "", state, changes))
    standings = routines.walk(workspace, name)
    text, page, paper = routine_notes.write_notes(workspace, name, standings, ("html", "pdf"))
    assert f"- {case.case_id}: codes tell <more> (a list)" in text.read_text(encoding="utf-8")
    assert "codes tell &lt;more&gt;" in page.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF")
    with pytest.raises(InputError, match="there are html, pdf"):
        routine_notes.write_notes(workspace, name, standings, ("docx",))


def test_a_remark_that_was_not_processed(workspace: Workspace) -> None:
    brandid, store = some_brand(workspace), workspace.store
    remark = Remark(brandid, 1, "anna", "x", {}, "general", (), (), RemarkOutcome.FAILED)
    store.note_failure(remark, "no room on the disk")
    (finding,) = found(workspace, "not-processed")
    assert "no room on the disk" in finding.cause
    assert finding.command.endswith("feedback explain FB-000001")
    give_feedback(workspace, brandid, gain=0.1)
    assert not found(workspace, "not-processed"), "a later one went through"


def test_feedback_that_goes_in_a_circle(workspace: Workspace) -> None:
    brandid = some_brand(workspace)
    for number in range(3):
        assert not found(workspace, "endless-loop"), number
        give_feedback(workspace, brandid, gain=0.1)
    (finding,) = found(workspace, "endless-loop")
    assert brandid in finding.cause
    assert finding.evidence[-1] == "version 4 is version 1 again"
    assert not found(workspace, "no-improvement"), "the right cause, not another"


def test_a_throttled_source(workspace: Workspace) -> None:
    """Throttled until it gave up, and throttled until another try helped."""
    store = workspace.store
    store.create_run("data", "{}", ())
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.fail_step("RUN-0002", 1, "the source throttles: 429")
    store.set_run("RUN-0002", RunState.FAILED, "the source throttles: 429")
    (finding,) = found(workspace, "source")
    assert (finding.trouble, "429" in finding.cause) == ("throttled source", True)
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.finish_step("RUN-0002", 1, "f00d", 9.0, {"attempts": 3})
    store.set_run("RUN-0002", RunState.COMPLETED, summary={"brands": 40, "rows": 9})
    (finding,) = found(workspace, "source")
    assert finding.trouble == "throttled source"
    assert finding.evidence[-1] == "ingest was tried 3 times, 9.0 s in all"


def test_servers_that_fail_by_the_log_and_by_walking_there(workspace: Workspace) -> None:
    store = workspace.store

    def call(outcome: str, kind: str = "") -> None:
        store.note("system", "mcp_call", "register", {"outcome": outcome, "kind": kind})

    call("failed", "slow")
    call("cached")
    call("asked")
    assert not found(workspace, "mcp-failures"), "one failure of two says nothing"
    call("last_good", "server_not_available")
    call("failed", "server_not_available")
    (finding,) = found(workspace, "mcp-failures")
    assert "register mostly fails with server not available" in finding.cause
    assert finding.evidence[0] == "3 of its last 4 questions failed, 2 so"
    assert not diagnosing.diagnose(workspace, "mcp-failures", lambda: ()), "it answers now"
    broken = Broken("register", "connect", "no such command", "install it")
    (finding,) = diagnosing.diagnose(workspace, "mcp-failures", lambda: (broken,))
    assert "fails at the step connect: install it" in finding.cause
    assert finding.evidence[:2] == ("no such command", "3 of its last 4 questions failed")


def test_a_slow_store_names_its_slowest_question(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not found(workspace, "slow-processing")
    asked = {"all brands": 0.2, "all constraints": 0.7}
    monkeypatch.setattr(diagnosing, "queries", lambda _: asked)
    (finding,) = found(workspace, "slow-processing")
    assert finding.cause == "the store takes 0.70 s for all constraints"
    assert finding.evidence[:2] == ("all constraints: 0.700 s", "all brands: 0.200 s")
    assert "MB" in finding.evidence[-1]
