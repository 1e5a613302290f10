"""The first page: what is wrong, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from brand_metagen.analytics.metrics import METRICS, Measured
from brand_metagen.app import analysing, health, incidents, second_look, watching
from brand_metagen.app import runs as runs_app
from brand_metagen.app.escalations import CaseLine
from brand_metagen.app.health import Check, Condition
from brand_metagen.app.progress import going
from brand_metagen.app.watching import Standing
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import log_check, record
from brand_metagen.console.text import render
from brand_metagen.ports import (
    Actor,
    AlarmState,
    AuditRow,
    BrandState,
    Incident,
    IncidentState,
    Level,
    Role,
    RunState,
)
from brand_metagen.web.state import Server

RECENT = 12
"""Rows of the audit log on the first page."""
FIGURES = ("approval_rate", "average_rounds", "reviewer_effort", "false_positive_rate")
TOLD = ("escalations", "backlog", "incidents", "alarms")
"""Parts whose troubles are told one by one."""
QUIET = frozenset({"token_added", "token_revoked", "chat tool", "mcp_call", "advice"})
"""Acts that tell nobody anything on the first page; the log has them."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something to be looked at: in words, how grave, and where."""

    said: str
    todo: str
    path: str
    bad: bool


def home(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What is wrong, and what waits."""
    del wanted
    workspace, store = server.workspace, server.workspace.store
    lines = list(health.open_cases(workspace))
    levels = Counter(line.case.level for line in lines)
    late = Counter(line.case.level for line in lines if line.stands == "breached")
    soon = Counter(line.case.level for line in lines if line.stands == "soon")
    known = [server.jobs.seen(run) for run in runs_app.listed(workspace)]
    last = known[-1] if known else None
    checks, states = parts(server), store.count_states()
    return render(
        "home.html.j2", root=ROOT, actor=actor, states=states, BrandState=BrandState,
        levels=[(level, levels[level], late[level], soon[level]) for level in Level],
        cases=len(lines), late=sum(late.values()), checks=checks, run=last,
        progress=going(workspace, last) if last else None, audit=recent(server),
        market=server.warm.readiness.value, figures=_figures(server), RunState=RunState,
        wrong=[
            *_alarmed(watching.standings(workspace)),
            *_going(incidents.listed(workspace, open_only=True)),
            *_wrong(checks, lines, states[BrandState.FAILED]),
        ],
        admin=actor.role.may(Role.ADMIN), names=record(server, now=False).names,
        walked=log_check(server).at, looks=second_look.agreement(workspace),
        waiting=_looks_waiting(server, actor),
        mine=sum(line.case.assigned_to == actor.name for line in lines),
    )  # fmt: skip


def parts(server: Server) -> list[Check]:
    """Every part as it is now, the audit log as it was found at its last walk."""
    checks = health.health(server.workspace, without=(health.LOG,))
    walked = log_check(server).check
    return [*checks, walked] if walked else checks


def recent(server: Server) -> Sequence[AuditRow]:
    """The last acts that tell something, newest first."""
    rows = server.workspace.store.recent(4 * RECENT)
    return [row for row in rows if row.action not in QUIET][:RECENT]


def _looks_waiting(server: Server, actor: Actor) -> int:
    may = actor.role.may(Role.REVIEWER)
    return len(second_look.waiting(server.workspace, actor.name)) if may else 0


def _figures(server: Server) -> list[tuple[Measured, Measured]]:
    """Each figure of the last thirty days, and of the thirty before."""
    history = record(server, now=False)
    wanted = analysing.period("", "", analysing.zone(server.workspace), datetime.now(UTC))
    return analysing.measured(history, [METRICS[key] for key in FIGURES], wanted)


def _alarmed(standings: Sequence[Standing]) -> Iterator[Wrong]:
    for alarm in standings:
        if alarm.line.state is AlarmState.ALARM:
            known = alarm.line.acknowledged_by
            todo = f"{known} knows" if known else "say that you know, and follow its steps"
            said = f"alarm: {alarm.alarm.title}, {alarm.line.reason}"
            yield Wrong(said, todo, f"/alarm/{alarm.alarm.name}", True)


def _going(found: Sequence[Incident]) -> Iterator[Wrong]:
    for one in found:
        if one.state is IncidentState.OPEN:
            said = f"incident: {one.title} ({one.severity.value})"
            yield Wrong(said, one.affected, f"/incident/{one.incident_id}", True)


def _wrong(checks: Sequence[Check], lines: Sequence[CaseLine], failed: int) -> Iterator[Wrong]:
    """What does not work and what is late, the gravest first."""
    for check in sorted(checks, key=lambda c: c.condition is not Condition.FAIL):
        if check.condition is not Condition.OK and check.part not in TOLD:
            bad = check.condition is Condition.FAIL
            yield Wrong(f"{check.part}: {check.said}", check.todo, "/health", bad)
    for line in lines:
        if line.stands == "breached":
            name = line.case.brandname or line.case.case_id
            said = f"{line.case.case_id}, {name}, is past its time"
            yield Wrong(said, "take it, or raise it", f"/case/{line.case.case_id}", True)
    if failed:
        yield Wrong(f"{failed:,} brands failed", "see why", "/queue?state=failed", True)
