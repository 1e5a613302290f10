"""Pages of escalations: the board, and a case with its file, lists and ways to settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from brand_metagen.app import escalations, resolving
from brand_metagen.app.escalations import CaseLine, Investigation
from brand_metagen.app.resolving import Finding
from brand_metagen.config import Settings
from brand_metagen.console.door import ROOT
from brand_metagen.console.settling import trials
from brand_metagen.console.text import render
from brand_metagen.errors import BrandMetagenError
from brand_metagen.escalate import checklists
from brand_metagen.ports import (
    Act,
    Actor,
    Case,
    CaseEvent,
    CaseFilter,
    CaseState,
    Level,
    Method,
    Role,
)
from brand_metagen.web.state import Server

MOST = 50
NARRATIVES = 40
STAGES = ("New", "Triage", "Investigating", "Approval", "Closed")
HINTS = (
    "nobody has it yet",
    "the first list is not ticked",
    "to be settled",
    "settled: to be approved, checked and closed",
    "ended",
)
METHODS = (
    (Method.MANUAL_METADATA, "Write the rule", "by hand, proven like any other"),
    (Method.DATA_CORRECTION, "Correct the data", "names, sectors, cells, or rows given to others"),
    (Method.BRAND_SPLIT, "Split the brand", "its rows say that it is several"),
    (Method.ALGORITHM_UPDATE, "Change a setting", "tried on the whole market first"),
    (Method.NO_CHANGE, "Nothing is wrong", "say why"),
)
TUNED = ("evaluate", "learn", "confirm")
"""Sections of settings that change what is learned and confirmed."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A case on the board, with the stage it stands in and how long nobody has taken it."""

    line: CaseLine
    stage: int
    unanswered: float | None


def cases(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Cases as a board by stage, the most urgent first."""
    ended = wanted.get("state") == "ended"
    states = (CaseState.CLOSED, CaseState.CANCELLED) if ended else CaseFilter().states
    level = next((lv for lv in Level if str(int(lv)) == wanted.get("level")), None)
    owner = actor.name if wanted.get("mine") else wanted.get("owner", "")
    found = [
        line
        for state in states
        for line in escalations.listed(
            server.workspace, CaseFilter(states=(state,), level=level, assigned_to=owner), MOST
        ).items
    ]
    tickets = [_ticket(server, line) for line in found]
    tickets.sort(key=lambda t: t.line.clock.left if t.line.clock.running else float("inf"))
    shown = range(4, 5) if ended else range(4)
    columns = [(STAGES[i], HINTS[i], [t for t in tickets if t.stage == i]) for i in shown]
    return render(
        "cases.html.j2", root=ROOT, columns=columns, level=level, levels=list(Level), ended=ended,
        wanted=wanted, most=MOST, full=len(found) >= MOST,
    )  # fmt: skip


def _ticket(server: Server, line: CaseLine) -> Ticket:
    events: Sequence[CaseEvent] = ()
    if line.case.state in (CaseState.OPEN, CaseState.IN_PROGRESS):
        events = server.workspace.store.case_events(line.case.case_id)
    return Ticket(line, stage_of(line.case, events), _unanswered(line.case))


def stage_of(case: Case, events: Sequence[CaseEvent]) -> int:
    """Where a case stands on its way, as a place in STAGES."""
    if case.state in (CaseState.CLOSED, CaseState.CANCELLED):
        return 4
    if case.state is CaseState.RESOLVED:
        return 3
    if not case.assigned_to:
        return 0
    return 1 if checklists.missing("triage", events) else 2


def _unanswered(case: Case) -> float | None:
    """Seconds that nobody has taken an open case; None when somebody has."""
    if case.assigned_to or case.state is not CaseState.OPEN:
        return None
    return (datetime.now(UTC) - datetime.fromisoformat(case.opened_at)).total_seconds()


def case(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The file of one case: what happened, what to look at, what may be done now."""
    found = escalations.show(server.workspace, wanted["id"], NARRATIVES)
    line = found.line
    stage = stage_of(line.case, found.events)
    may, work = actor.role.may(Role.OPERATOR), stage < 3
    method = _method(wanted.get("settle", "")) if may and work else None
    return render(
        "case.html.j2", root=ROOT, line=line, case=line.case, events=found.events[::-1],
        checks=found.checks, narratives=found.narratives, actor=actor, batches=found.batches,
        record=found.versions[-1] if found.versions else None, methods=METHODS, may=may,
        notes=actor.role.may(Role.REVIEWER), stage=stage,
        stages=list(zip(STAGES, HINTS, strict=True)),
        method=method, Method=Method, taken=_taken(found), unanswered=_unanswered(line.case),
        findings=_findings(server, line.case) if stage == 3 else {},
        settings=tuned(server.workspace.settings) if method is Method.ALGORITHM_UPDATE else (),
        trial=trials(server).of(line.case.case_id) if may else None, work=work,
        authoriser=server.workspace.settings.escalate.correction_authoriser,
    )  # fmt: skip


def _method(text: str) -> Method | None:
    return next((method for method, _, _ in METHODS if method.value == text), None)


def _taken(found: Investigation) -> float | None:
    """Seconds from the opening until somebody had the case for the first time."""
    first = next((e for e in found.events if e.kind is Act.ASSIGNED), None)
    if first is None:
        return None
    opened = datetime.fromisoformat(found.line.case.opened_at)
    return max(0.0, (datetime.fromisoformat(first.at) - opened).total_seconds())


def _findings(server: Server, case: Case) -> Mapping[str, Finding]:
    """What stands behind points of the closing list; nothing while the market cannot tell."""
    try:
        return {f.point: f for f in resolving.verify(server.warm.glance(), case.case_id)}
    except BrandMetagenError:
        return {}


def tuned(settings: Settings) -> list[tuple[str, Any]]:
    """Settings that may be tried for a case, as they are now."""
    sections = ((name, getattr(settings, name)) for name in TUNED)
    return [(f"{s}.{f.name}", getattr(part, f.name)) for s, part in sections for f in fields(part)]
