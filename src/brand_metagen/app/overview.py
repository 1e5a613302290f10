"""One screen: what is wrong, what waits, what is overdue, each with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from brand_metagen.app import queries, runs, watching
from brand_metagen.app.analysing import zone
from brand_metagen.app.checks import Condition
from brand_metagen.app.health import health, open_cases
from brand_metagen.app.queries import Status
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import AlarmState, BrandState, NoticeState, PlanState
from brand_metagen.reports.periods import today

SLOW_PARTS = ("audit log", "alarms")
"""Parts of `health` that a glance leaves out: the first reads all of the log, the second is said by
the alarms themselves."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know of: what, how it stands, and the command that shows or settles it."""

    what: str
    said: str
    todo: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The workspace at a glance."""

    status: Status
    wrong: tuple[Item, ...]
    waiting: tuple[Item, ...]
    overdue: tuple[Item, ...]


def overview(workspace: Workspace) -> Overview:
    """Everything on one screen; a part that cannot be looked at is among what is wrong."""
    status = queries.status(workspace, running=runs.held(workspace))
    return Overview(
        status,
        tuple(_wrong(workspace)),
        tuple(_waiting(workspace, status)),
        tuple(_overdue(workspace)),
    )


def _wrong(workspace: Workspace) -> Iterator[Item]:
    for standing in watching.standings(workspace):
        if standing.line.state is AlarmState.ALARM:
            known = standing.line.acknowledged_by
            said = f"{standing.line.reason}{f'; {known} knows' if known else ''}"
            todo = f"brand-metagen alarms show {standing.alarm.name}"
            yield Item(f"alarm {standing.alarm.name}", said, todo)
    checks = health(workspace, SLOW_PARTS)
    order = [Condition.FAIL, Condition.WARN]
    for condition in order:
        for check in checks:
            if check.condition is condition and check.part not in _LATER:
                yield Item(f"{check.part} ({condition.value})", check.said, check.todo)


_LATER = ("backlog", "escalations", "notifications")
"""Parts whose troubles are told under what waits and what is overdue."""


def _waiting(workspace: Workspace, status: Status) -> Iterator[Item]:
    states = workspace.store.count_states()
    cases = sum(1 for _ in open_cases(workspace))
    notices = len(workspace.store.notices(NoticeState.WAITING))
    counts = (
        ("brands for a reviewer", states[BrandState.AWAITING_REVIEW], "review queue"),
        ("ties for a human", status.open_ties, "ties list --open"),
        ("brands to be published", states[BrandState.APPROVED], "publish"),
        ("brands that failed", states[BrandState.FAILED], "brands list --state failed"),
        ("open cases", cases, "escalations list"),
        ("messages to be sent", notices, "escalations notices --send"),
    )
    for what, count, command in counts:
        if count:
            yield Item(what, f"{count:,}", f"brand-metagen {command}")


def _overdue(workspace: Workspace) -> Iterator[Item]:
    for line in open_cases(workspace):
        if line.stands == "breached":
            case, late = line.case, -line.clock.left / 3_600
            said = f"{late:.0f} h past its time, {case.assigned_to or 'nobody'} has it"
            yield Item(case.case_id, said, f"brand-metagen escalations show {case.case_id}")
    day = today(datetime.now(UTC), zone(workspace)).isoformat()
    for plan in workspace.store.plans():
        if plan.state is PlanState.OPEN and plan.due <= day:
            todo = f"brand-metagen analytics plan review {plan.plan_id}"
            yield Item(plan.plan_id, f"due on {plan.due}", todo)
    for standing in watching.standings(workspace):
        if standing.line.unseen:
            said = f"went off at {standing.line.alarmed_at[:16]} UTC, nobody has said they know"
            todo = f"brand-metagen alarms acknowledge {standing.alarm.name} --note TEXT"
            yield Item(f"alarm {standing.alarm.name}", said, todo)
    given_up = workspace.store.notices(NoticeState.FAILED)
    if given_up:
        todo = "brand-metagen escalations notices --retry"
        yield Item("messages given up", f"{len(given_up)}, last: {given_up[-1].error}", todo)
