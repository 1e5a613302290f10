"""The page of runs: how far each is, its steps and what it left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brand_metagen.app import runs as runs_app
from brand_metagen.app.progress import going
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, BrandState, Role, RunRecord, RunState, StepState
from brand_metagen.records import Decision
from brand_metagen.web.state import Server

LATEST_RUNS, MOST_FAILED = 20, 50


def runs(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Runs, newest first; one of them with its steps."""
    known = [server.jobs.seen(run) for run in runs_app.listed(server.workspace)]
    chosen = next((r for r in known if r.run_id == wanted.get("run")), known[-1] if known else None)
    failed = server.workspace.store.brands(BrandState.FAILED)[:MOST_FAILED]
    only = wanted.get("show") == "failed"
    return render(
        "runs.html.j2", root=ROOT, runs=known[::-1][:LATEST_RUNS], chosen=chosen, failed=failed,
        steps=_steps(server, chosen, only=only) if chosen else (), only=only,
        progress=going(server.workspace, chosen) if chosen else None,
        decided=_decided(chosen) if chosen else (), may=actor.role.may(Role.OPERATOR),
        starts=bool(server.workspace.settings.serve.data_root), RunState=RunState,
    )  # fmt: skip


def _steps(server: Server, run: RunRecord, *, only: bool) -> list[tuple[Any, float]]:
    """Steps with their share of the longest; only those that failed or were begun again."""
    steps = server.workspace.store.steps(run.run_id)
    longest = max((step.seconds for step in steps), default=0.0) or 1.0
    return [
        (step, step.seconds / longest)
        for step in steps
        if not only or step.state is StepState.FAILED or step.starts > 1
    ]


def _decided(run: RunRecord) -> list[tuple[str, int]]:
    """What became of the rows of a run, as far as it says."""
    found = run.summary.get("decisions", {})
    counts = found if isinstance(found, Mapping) else {}
    return [(d.value, int(counts[d.value])) for d in Decision if counts.get(d.value)]
