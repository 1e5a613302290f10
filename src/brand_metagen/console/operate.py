"""Pages of operators: what is wrong, what runs, and the escalations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brand_metagen.app import escalations
from brand_metagen.app import runs as runs_app
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.ports import (
    Actor,
    BrandState,
    CaseFilter,
    CaseState,
    Level,
    Method,
    Role,
    RunRecord,
    RunState,
    StepState,
)
from brand_metagen.web.state import Server

LATEST_RUNS, MOST_FAILED = 20, 50
COLUMNS = (
    ("New", (CaseState.OPEN,)),
    ("At work", (CaseState.IN_PROGRESS,)),
    ("Resolved", (CaseState.RESOLVED,)),
)
METHODS = (
    (Method.MANUAL_METADATA, "A rule by hand"),
    (Method.DATA_CORRECTION, "Data corrected"),
    (Method.BRAND_SPLIT, "Brand split"),
    (Method.NO_CHANGE, "No change needed"),
)


def _progress(server: Server, run: RunRecord) -> dict[str, Any]:
    """Steps of a run with the longest as the measure of their bars."""
    steps = server.workspace.store.steps(run.run_id)
    return {
        "steps": steps,
        "longest": max((step.seconds for step in steps), default=0.0) or 1.0,
        "done": sum(step.state is StepState.DONE for step in steps),
        "going": run.state is RunState.RUNNING,
    }


def runs(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Runs, newest first; one of them with its steps."""
    known = [server.jobs.seen(run) for run in runs_app.listed(server.workspace)]
    chosen = next((r for r in known if r.run_id == wanted.get("run")), known[-1] if known else None)
    failed = server.workspace.store.brands(BrandState.FAILED)[:MOST_FAILED]
    return render(
        "runs.html.j2", root=ROOT, runs=known[::-1][:LATEST_RUNS], chosen=chosen, failed=failed,
        progress=_progress(server, chosen) if chosen else None, may=actor.role.may(Role.OPERATOR),
        starts=bool(server.workspace.settings.serve.data_root), RunState=RunState,
    )  # fmt: skip


def cases(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Open cases as a board, or those that are ended."""
    del actor
    ended = wanted.get("state") == "ended"
    columns = (
        (("Closed", (CaseState.CLOSED,)), ("Cancelled", (CaseState.CANCELLED,)))
        if ended
        else COLUMNS
    )
    level = next((lv for lv in Level if str(int(lv)) == wanted.get("level")), None)
    mine = wanted.get("owner", "")
    found = [
        (title, escalations.listed(
            server.workspace, CaseFilter(states=states, level=level, assigned_to=mine), 50
        ).items)
        for title, states in columns
    ]  # fmt: skip
    return render(
        "cases.html.j2", root=ROOT, columns=found, level=level, levels=list(Level), ended=ended,
        wanted=wanted,
    )  # fmt: skip


def case(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The file of one case: what happened, what to look at, what may be done now."""
    found = escalations.show(server.workspace, wanted["id"], 40)
    state = found.line.case.state
    record = found.versions[-1] if found.versions else None
    return render(
        "case.html.j2", root=ROOT, line=found.line, case=found.line.case, events=found.events[::-1],
        checks=found.checks, narratives=found.narratives, record=record, actor=actor,
        batches=found.batches, methods=METHODS, may=actor.role.may(Role.OPERATOR),
        notes=actor.role.may(Role.REVIEWER),
        work=state in (CaseState.OPEN, CaseState.IN_PROGRESS), Level=Level,
        resolved=state is CaseState.RESOLVED,
    )  # fmt: skip
