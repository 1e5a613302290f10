"""Every metric's values over a stretch of time, counted from the record itself.

What the store records anyway is counted from there, so that no figure can disagree with it; only
what has no other record is read from the table `measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brand_metagen.analytics.formulas import approvals, escalations
from brand_metagen.analytics.history import History, Stretch
from brand_metagen.app.history import ACTS, deed_of
from brand_metagen.app.workspace import Workspace
from brand_metagen.monitoring.catalogue import INVOCATIONS, METRICS
from brand_metagen.monitoring.evaluate import seconds, stamp
from brand_metagen.ports import AuditRow, BrandState, Case, CaseFilter, Measure, StepState

PAGE = 500
DAY, TICK = 86_400, 300
"""Seconds of a day, and between two looks at a run that goes on or at how brands stand."""
BEGUN = ("run_started", "run_resumed")
ENDED = ("run_completed", "run_failed", "run_interrupted", "run_paused", "run_stopped")
REMARKS = ("feedback", "flag", "feedback_failed")
FAILED_ADVICE = frozenset({"late", "unavailable", "malformed"})
"""Outcomes of asking a model that are its errors; a used-up budget is none."""
GAUGES: Mapping[str, tuple[BrandState, ...]] = {
    "BrandsInProgress": (BrandState.PROCESSING, BrandState.REGENERATING),
    "BrandsPending": (BrandState.UNPROCESSED,),
    "BrandsFailed": (BrandState.FAILED,),
}
WRITTEN = ("RequestLatency", *GAUGES)
"""Metrics without a record of their own."""


@dataclass(frozen=True)
class Asked:
    """Whose store, from when on, before when, and what time it is; ISO 8601 in UTC."""

    workspace: Workspace
    begin: str
    end: str
    now: datetime

    def holds(self, at: str | None) -> bool:
        """Whether a moment is asked for."""
        return at is not None and self.begin <= at < self.end

    def acts(self, *actions: str) -> tuple[AuditRow, ...]:
        """Acts of those kinds within the time asked for."""
        return self.workspace.store.acts(actions, self.begin, self.end)


def measured(
    workspace: Workspace, names: Collection[str], begin: str, end: str, now: datetime
) -> list[Measure]:
    """All values of some metrics from `begin` on and before `end`, in order of time and name.

    `begin` empty = since ever; both are UTC in ISO 8601 as the store writes it.
    """
    asked = Asked(workspace, begin, end, now)
    chosen = {source for source, made in SOURCES.items() if not made.isdisjoint(names)}
    found = [m for source in SOURCES if source in chosen for m in source(asked) if m.name in names]
    written = [name for name in WRITTEN if name in names]
    if written:
        found += workspace.store.measures(written, begin, end)
    return sorted(found, key=lambda m: (m.at, m.name, sorted(m.dimensions.items())))


def sample(workspace: Workspace, now: datetime) -> None:
    """Write down how brands stand now: once per five minutes, the last look counts."""
    workspace.store.set_measures(gauges(workspace, now))


def gauges(workspace: Workspace, now: datetime) -> list[Measure]:
    """How brands stand now, each as of the beginning of its five minutes."""
    states = workspace.store.count_states()
    at = stamp(int(now.timestamp()) // TICK * TICK)
    counts = {name: sum(states[s] for s in wanted) for name, wanted in GAUGES.items()}
    return [
        Measure(name, float(n), "Count", at, TICK, {}, 1, float(n), float(n))
        for name, n in counts.items()
    ]


def one(name: str, value: float, at: str, **dimensions: str) -> Measure:
    """One value of a metric at a moment."""
    return Measure(name, value, METRICS[name].unit, at, 0, dimensions, 1, value, value)


def _runs(asked: Asked) -> Iterator[Measure]:
    """How runs ended, and how long each went on; a run gone on with begins anew."""
    begun: dict[str, str] = {}
    for row in asked.workspace.store.acts((*BEGUN, *ENDED), "", asked.end):
        if row.action in BEGUN:
            begun[row.subject] = row.at
            continue
        if (since := begun.pop(row.subject, None)) is not None:
            yield from _lasting(asked, since, row.at, ended=True)
        if asked.holds(row.at):
            name = {"run_completed": "RunsCompleted", "run_failed": "RunsFailed"}.get(row.action)
            if name:
                yield one(name, 1.0, row.at)
    for since in begun.values():
        yield from _lasting(asked, since, stamp(asked.now.timestamp()), ended=False)


def _lasting(asked: Asked, since: str, until: str, *, ended: bool) -> Iterator[Measure]:
    began, last = seconds(since), seconds(until)
    first = max(int(began), int(seconds(asked.begin)) if asked.begin else 0)
    for tick in range(first // TICK * TICK + TICK, int(last), TICK):
        if asked.holds(at := stamp(tick)):
            yield one("RunDuration", tick - began, at)
    if asked.holds(until) or not ended:
        yield one("RunDuration", max(0.0, last - began), until)


def _summaries(asked: Asked) -> Iterator[Measure]:
    """What completed runs left."""
    for row in asked.acts("run_completed"):
        run = asked.workspace.store.run(row.subject)
        summary: Mapping[str, Any] = run.summary
        rows: Mapping[str, int] = summary.get("decisions", {})
        settled, ties = int(summary.get("ties_settled", 0)), rows.get("tie", 0)
        counts = {
            "BrandsProcessed": int(summary.get("brands", 0)) - int(summary.get("failed", 0)),
            "CombosMatched": sum(n for name, n in rows.items() if name != "unmatched"),
            "CombosConfirmed": rows.get("confirmed", 0),
            "CombosExcluded": rows.get("excluded", 0),
            "CombosFlaggedForReview": rows.get("review", 0) + ties,
            "TiesDetected": settled + ties,
            "TiesResolved": settled,
            "TiesFlaggedForReview": ties,
        }
        for name, count in counts.items():
            yield one(name, float(count), row.at)
        yield one("ValidationErrors", float(summary.get("bad_rows", 0)), row.at, Source="tables")


def _steps(asked: Asked) -> Iterator[Measure]:
    """Calls of agents by runs, what failed of them, and what was tried again."""
    acts = asked.workspace.store.acts((*BEGUN, *ENDED), "", asked.end)
    last = {row.subject: row for row in acts}
    for run_id, row in last.items():
        if row.at < asked.begin and row.action in ENDED:
            continue
        for step in asked.workspace.store.steps(run_id):
            stats: Mapping[str, Any] = step.stats
            if asked.holds(step.started_at):
                if name := INVOCATIONS.get(step.role):
                    yield one(name, float(step.starts), step.started_at)
                again = step.starts - 1 + int(stats.get("attempts", 1)) - 1
                if again:
                    yield one("RetryAttempts", float(again), step.started_at, Of="steps")
            errors = len(stats.get("failed", {})) + (step.state is StepState.FAILED)
            if errors and step.finished_at and asked.holds(step.finished_at):
                yield one("AgentErrors", float(errors), step.finished_at, Agent=step.role)


def _remarks(asked: Asked) -> Iterator[Measure]:
    """Remarks that were processed, and how long that took."""
    for row in asked.acts(*REMARKS):
        if not row.detail.get("feedback_id"):
            continue
        yield one("FeedbackProcessingInvocations", 1.0, row.at)
        took = row.detail.get("seconds")
        if isinstance(took, int | float):
            yield one("FeedbackProcessingDuration", float(took), row.at)
        if row.action == "feedback_failed":
            yield one("AgentErrors", 1.0, row.at, Agent="feedback processing")


def _approvals(asked: Asked) -> Iterator[Measure]:
    """Looks until a version was approved; of several approvals of one version the last counts."""
    deeds = tuple(deed_of(row) for row in asked.acts("approve"))
    for deed in approvals(History(deeds=deeds), Stretch(asked.begin, asked.end)):
        yield one("AverageIterationsPerBrand", float(1 + deed.round), deed.at)


def _cases(asked: Asked) -> Iterator[Measure]:
    store = asked.workspace.store
    for row in asked.acts("case_opened"):
        case = store.case(row.subject)
        yield one("EscalationsByReason", 1.0, row.at, Reason=case.cause.value)
        if case.brandid:
            yield one("BrandsEscalated", 1.0, row.at)
    for row in asked.acts("case_resolved"):
        took = seconds(row.at) - seconds(store.case(row.subject).opened_at)
        yield one("EscalationResolutionTime", max(0.0, took), row.at)


def _rate(asked: Asked) -> Iterator[Measure]:
    """Each day's share of escalated brands, by the formula that `analytics metrics` has."""
    begin = seconds(asked.begin) if asked.begin else 0.0
    history = _worked(asked, stamp(begin // DAY * DAY))
    moments = [d.at for d in history.deeds] + [c.opened_at for c in history.cases]
    moments += [v.made_at for v in history.versions if v.made_at >= asked.begin]
    for day in sorted({int(seconds(at)) // DAY * DAY for at in moments}):
        span = Stretch(stamp(day), stamp(day + DAY))
        counted = escalations(history, span)
        if counted.bottom and asked.holds(span.begin):
            share, rows = counted.top / counted.bottom, int(counted.bottom)
            yield Measure(
                "EscalationRate", counted.top, "Share", span.begin, DAY, {}, rows, share, share
            )


def _worked(asked: Asked, begin: str) -> History:
    """What was done to brands since then: decisions, versions, cases."""
    store = asked.workspace.store
    cases: list[Case] = []
    cursor: str | None = None
    while True:
        wanted = CaseFilter(states=(), opened_from=begin, opened_before=asked.end)
        page = store.cases(wanted, PAGE, cursor)
        cases += page.items
        cursor = page.next
        if cursor is None:
            break
    deeds = tuple(deed_of(row) for row in store.acts(tuple(ACTS), begin, asked.end))
    versions = tuple(v for v in store.version_lines() if begin <= v.made_at < asked.end)
    return History(deeds=deeds, versions=versions, cases=cases)


def _calls(asked: Asked) -> Iterator[Measure]:
    """Questions to servers and to models."""
    for row in asked.acts("mcp_call"):
        detail: Mapping[str, Any] = row.detail
        tool = str(detail.get("tool", ""))
        took = float(detail.get("seconds", 0.0))
        yield one("MCPResponseTime", took, row.at, Server=row.subject, Tool=tool)
        if (again := int(detail.get("attempts", 0)) - 1) > 0:
            yield one("RetryAttempts", float(again), row.at, Of="mcp")
    for row in asked.acts("advice"):
        outcome, role = str(row.detail.get("outcome")), str(row.detail.get("role", ""))
        if outcome in FAILED_ADVICE:
            yield one("AgentErrors", 1.0, row.at, Agent=role)
        if outcome == "malformed":
            yield one("ValidationErrors", 1.0, row.at, Source="advice")


Source = Callable[[Asked], Iterator[Measure]]
SOURCES: Mapping[Source, frozenset[str]] = {
    _runs: frozenset({"RunsCompleted", "RunsFailed", "RunDuration"}),
    _summaries: frozenset(
        {"BrandsProcessed", "CombosMatched", "CombosConfirmed", "CombosExcluded",
         "CombosFlaggedForReview", "TiesDetected", "TiesResolved", "TiesFlaggedForReview",
         "ValidationErrors"}
    ),
    _steps: frozenset({*INVOCATIONS.values(), "AgentErrors", "RetryAttempts"}),
    _remarks: frozenset(
        {"FeedbackProcessingInvocations", "FeedbackProcessingDuration", "AgentErrors"}
    ),
    _approvals: frozenset({"AverageIterationsPerBrand"}),
    _cases: frozenset({"BrandsEscalated", "EscalationsByReason", "EscalationResolutionTime"}),
    _rate: frozenset({"EscalationRate"}),
    _calls: frozenset({"MCPResponseTime", "RetryAttempts", "AgentErrors", "ValidationErrors"}),
}  # fmt: skip
"""What each part of the record tells of."""


def since(now: datetime, days: int) -> str:
    """The moment so many days before, as the store writes it."""
    return stamp((now.astimezone(UTC) - timedelta(days=days)).timestamp())
