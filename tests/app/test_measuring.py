"""Metrics counted from the record: each has a source, and agrees with what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from brand_metagen.analytics.history import Stretch
from brand_metagen.analytics.metrics import METRICS as ANALYTICS
from brand_metagen.analytics.metrics import measure
from brand_metagen.app import feedback, measuring, watching
from brand_metagen.app.history import gather
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AlarmSettings, NotifySettings
from brand_metagen.errors import ConflictError, NotFound, ServiceError
from brand_metagen.monitoring.catalogue import METRICS
from brand_metagen.ports import (
    AlarmState,
    BrandRow,
    BrandState,
    Cause,
    Change,
    Level,
    Measure,
    Mode,
    Opening,
    RunState,
    Verdict,
)
from brand_metagen.records import Status

Opener = Callable[..., Workspace]
SOON = datetime.now(UTC) + timedelta(hours=1)
LATER = "2999-01-01T00:00:00.000+00:00", "2999-01-02T00:00:00.000+00:00"


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    return copied()


def found(workspace: Workspace, *names: str) -> list[Measure]:
    return measuring.measured(workspace, names, "", "9", SOON)


def total(workspace: Workspace, name: str, **dimensions: str) -> float:
    return sum(m.value for m in found(workspace, name) if dict(m.dimensions) == dimensions)


def approve(workspace: Workspace, brandid: str) -> None:
    version = workspace.store.versions(brandid)[-1].version
    workspace.store.change(
        Change("anna", brandid, version, Verdict.APPROVE, BrandState.APPROVED,
               status=Status.APPROVED)
    )  # fmt: skip


def test_every_metric_has_its_source() -> None:
    derived = set().union(*measuring.SOURCES.values())
    assert derived.isdisjoint(measuring.WRITTEN)
    assert derived | set(measuring.WRITTEN) == set(METRICS)
    for name, metric in METRICS.items():
        assert (metric.source == "measures") == (name in measuring.WRITTEN)


def test_a_run_is_counted_from_its_summary(workspace: Workspace) -> None:
    (run,) = workspace.store.runs()
    rows = run.summary["decisions"]
    assert isinstance(rows, dict)
    assert total(workspace, "BrandsProcessed") == run.summary["brands"]
    assert total(workspace, "CombosConfirmed") == rows["confirmed"]
    assert total(workspace, "CombosFlaggedForReview") == rows["review"] + rows["tie"]
    assert total(workspace, "CombosMatched") == sum(rows.values()) - rows["unmatched"]
    detected = total(workspace, "TiesResolved") + total(workspace, "TiesFlaggedForReview")
    assert total(workspace, "TiesDetected") == detected
    assert total(workspace, "ValidationErrors", Source="tables") == run.summary["bad_rows"]
    assert (total(workspace, "RunsCompleted"), total(workspace, "RunsFailed")) == (1, 0)
    (took,) = found(workspace, "RunDuration")
    assert run.finished_at is not None
    apart = datetime.fromisoformat(took.at) - datetime.fromisoformat(run.finished_at)
    assert abs(apart) < timedelta(seconds=5)
    steps = workspace.store.steps(run.run_id)
    assert total(workspace, "ConfirmationInvocations") == sum(
        s.starts for s in steps if s.role == "confirmation"
    )
    assert total(workspace, "AgentErrors") == total(workspace, "RetryAttempts") == 0
    (ended,) = workspace.store.acts(["run_completed"], "", "9")
    assert {m.at for m in found(workspace, "RunsCompleted", "CombosMatched")} == {ended.at}
    assert measuring.measured(workspace, METRICS, LATER[0], LATER[1], SOON) == []


def test_what_fails_is_counted_by_agent(workspace: Workspace) -> None:
    store = workspace.store
    store.create_run("data", "{}", ())
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.finish_step("RUN-0002", 1, "f00d", 1.0, {"attempts": 3, "failed": {"7": "x", "8": "y"}})
    store.begin_step("RUN-0002", 2, "evaluate", "evaluator")
    store.fail_step("RUN-0002", 2, "no room")
    store.set_run("RUN-0002", RunState.FAILED, "no room")
    for outcome in ("advice", "late", "malformed", "budget"):
        store.note("agent evaluator", "advice", "", {"role": "evaluator", "outcome": outcome})
    store.note("system", "mcp_call", "registry", {"tool": "get", "seconds": 1.5, "attempts": 3})
    assert total(workspace, "AgentErrors", Agent="data transformation") == 2
    assert total(workspace, "AgentErrors", Agent="evaluator") == 3
    assert total(workspace, "ValidationErrors", Source="advice") == 1
    assert total(workspace, "RetryAttempts", Of="steps") == 3
    assert total(workspace, "RetryAttempts", Of="mcp") == 2
    assert total(workspace, "MCPResponseTime", Server="registry", Tool="get") == 1.5
    assert total(workspace, "RunsFailed") == 1


def test_a_run_that_goes_on_is_measured_every_five_minutes(workspace: Workspace) -> None:
    run = workspace.store.create_run("data", "{}", ())
    began = datetime.fromisoformat(run.created_at)
    now = began + timedelta(minutes=20)
    end = (now + timedelta(seconds=1)).isoformat(timespec="milliseconds")
    seen = measuring.measured(workspace, ["RunDuration"], run.created_at, end, now)
    assert len(seen) == 5
    assert seen[-1].value == pytest.approx(1_200, abs=1)
    assert [m.value for m in seen] == sorted(m.value for m in seen)


def test_remarks_rounds_and_cases_agree_with_the_record(workspace: Workspace) -> None:
    store, live = workspace.store, Live(workspace)
    brands = [m.brandid for m in store.latest_versions() if m.rule]
    code = next(m for m in store.latest_versions() if m.rule).rule.mccids[0]  # type: ignore[union-attr]
    first = store.versions(brands[0])[-1].version
    feedback.submit(live, "anna", brands[0], first, Submission("", mccids_out=(code,)))
    approve(workspace, brands[0])
    approve(workspace, brands[1])
    store.open_case(Opening(brands[2], "", Cause.LEGAL, Level.PRODUCT, "x"), "anna")
    remarks = store.remarks(None, "", 50, None).items
    assert total(workspace, "FeedbackProcessingInvocations") == len(remarks) == 1
    (took,) = found(workspace, "FeedbackProcessingDuration")
    assert 0 <= took.value < 60
    looks = found(workspace, "AverageIterationsPerBrand")
    history, ever = gather(workspace), Stretch("", "9")
    counted = measure(ANALYTICS["average_rounds"], history, ever).counted
    assert (sum(m.value for m in looks), len(looks)) == (counted.top, counted.bottom)
    assert total(workspace, "BrandsEscalated") == 1
    assert total(workspace, "EscalationsByReason", Reason=Cause.LEGAL.value) == 1
    (day,) = found(workspace, "EscalationRate")
    rate = measure(ANALYTICS["escalation_rate"], history, ever).counted
    assert (day.value, day.samples) == (rate.top, rate.bottom)


def test_how_brands_stand_is_sampled_once_in_five_minutes(workspace: Workspace) -> None:
    moment = datetime(2026, 10, 25, 0, 31, tzinfo=UTC)
    measuring.sample(workspace, moment)
    line = workspace.store.brands()[0]
    failed = BrandRow(line.brandid, "", "", BrandState.FAILED, line.version, line.run_id, "x")
    workspace.store.mark_brands(line.run_id, [failed])
    measuring.sample(workspace, moment + timedelta(minutes=3))
    (gauge,) = found(workspace, "BrandsFailed")
    assert (gauge.value, gauge.at) == (1, "2026-10-25T00:30:00.000+00:00")


def fail(workspace: Workspace) -> str:
    run = workspace.store.create_run("data", "{}", ())
    workspace.store.set_run(run.run_id, RunState.FAILED, "no room")
    return run.run_id


def state(standings: list[watching.Standing], name: str) -> AlarmState:
    return next(s.line.state for s in standings if s.alarm.name == name)


def test_a_failed_run_calls_somebody_once(workspace: Workspace) -> None:
    assert state(watching.check(workspace), "run-failed") is AlarmState.OK
    fail(workspace)
    before = len(workspace.store.notices())
    assert state(watching.check(workspace), "run-failed") is AlarmState.ALARM
    assert state(watching.check(workspace), "run-failed") is AlarmState.ALARM
    told = workspace.store.notices()[before:]
    assert [n.channel for n in told] == ["log", "file"]
    assert "went off" in told[0].subject
    assert len(told[0].body["alarm"]["steps"]) == 6  # type: ignore[index,call-overload]
    made = watching.acknowledge(workspace, "olga", "run-failed", "the disk is full")
    assert watching.plain(made)["acknowledged_by"] == "olga"
    later = datetime.now(UTC) + timedelta(minutes=12)
    assert state(watching.check(workspace, later), "run-failed") is AlarmState.OK
    over = workspace.store.notices()[before + 2 :]
    assert {n.subject for n in over} == {"Alarm run-failed is OK again: A run failed"}
    events = watching.history(workspace, "run-failed", 50)
    assert [e.kind for e in events] == ["moved", "acknowledged", "moved", "moved"]
    with pytest.raises(ConflictError, match="olga"):
        watching.acknowledge(workspace, "anna", "run-failed", "")
    with pytest.raises(NotFound, match="run-slow"):
        watching.acknowledge(workspace, "anna", "weather", "")


def test_thresholds_and_channels_are_settings_and_read_only_does_not_blind(
    workspace: Workspace,
) -> None:
    settings = replace(
        workspace.settings,
        alarms=AlarmSettings(combos_flagged=0),
        notify=NotifySettings(channels=""),
    )
    strict = replace(workspace, settings=settings)
    assert state(watching.check(workspace), "combos-flagged") is AlarmState.OK
    workspace.store.set_mode(Mode.READ_ONLY, "olga", "a look")
    assert state(watching.check(strict), "combos-flagged") is AlarmState.ALARM
    assert not strict.store.notices()


def test_the_alarms_and_the_metrics_of_reviews_warn_at_the_same_figures() -> None:
    settings = AlarmSettings()
    assert ANALYTICS["average_rounds"].alert == settings.rounds
    assert ANALYTICS["escalation_rate"].alert == settings.escalated_share


def test_a_server_looks_again_and_again_whatever_fails(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    calls, looked = [], Event()

    def beside() -> None:
        calls.append(len(calls))
        if calls == [0]:
            raise ServiceError("the store is down")
        if len(calls) > 2:
            looked.set()

    alarms = AlarmSettings(poll_seconds=0.01)
    often = replace(workspace, settings=replace(workspace.settings, alarms=alarms))
    with watching.watching(often, beside):
        assert looked.wait(60)
    assert len(often.store.alarm_lines()) == 8
    assert "the store is down" in caplog.text
