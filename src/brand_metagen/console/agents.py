"""Pages of the roles: what each does and decided, the advice it asked for, and what that cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brand_metagen.agents.instructions import Instruction, Instructions
from brand_metagen.agents.role import Agent
from brand_metagen.agents.table import AGENTS, agent_of
from brand_metagen.app import runs as runs_app
from brand_metagen.app.diagnosing import stage_of
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, AuditRow, RunRecord, RunState, StepRecord
from brand_metagen.web.state import Server

CALLS = 2_000
"""Calls of the audit log that costs are summed over."""
SHOWN = 50
RUNS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls to a model: how they ended, tokens, seconds and dollars."""

    calls: int
    outcomes: Mapping[str, int]
    tokens: int
    seconds: float
    money: float


@dataclass(frozen=True, slots=True)
class Decided:
    """A stage of a run: of how many parts, what they decided how often, and on what."""

    name: str
    parts: int
    decisions: Mapping[str, int]
    evidence: Mapping[str, Any]


def agents(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """All roles with what they decided in the last run and what advice cost."""
    del actor, wanted
    store, model = server.workspace.store, server.workspace.settings.agents.model
    calls: dict[str, list[AuditRow]] = defaultdict(list)
    for row in store.recent(CALLS, actions=("advice",)):
        calls[str(row.detail.get("role", ""))].append(row)
    known = runs_app.listed(server.workspace)
    last = store.latest_run(RunState.COMPLETED) or (known[-1] if known else None)
    steps = store.steps(last.run_id) if last else []
    lines = [
        (agent, decided([s for s in steps if s.role == agent.role]), cost_of(calls[agent.role]))
        for agent in AGENTS.values()
    ]
    return render(
        "agents.html.j2", root=ROOT, lines=lines, run=last, model=model,
        whole=cost_of([row for rows in calls.values() for row in rows]), most=CALLS,
    )  # fmt: skip


def decided(steps: Sequence[StepRecord]) -> list[Decided]:
    """The steps of one role put together by stage; what they counted is added up."""
    found: dict[str, list[StepRecord]] = defaultdict(list)
    for step in steps:
        found[stage_of(step.name)].append(step)
    return [_decided_of(name, parts) for name, parts in found.items()]


def _decided_of(name: str, parts: Sequence[StepRecord]) -> Decided:
    said = Counter(str(part.stats.get("decision", part.state.value)) for part in parts)
    evidence: dict[str, Any] = {}
    for part in parts:
        own = part.stats.get("evidence", {})
        for key, value in (own if isinstance(own, Mapping) else {}).items():
            added = isinstance(value, int) and isinstance(evidence.get(key), int)
            evidence[key] = evidence[key] + value if added else value
    return Decided(name, len(parts), dict(said.most_common()), evidence)


def cost_of(rows: Sequence[AuditRow]) -> Cost:
    """What some calls came to."""

    def total(*names: str) -> float:
        return sum(float(str(row.detail.get(name, 0))) for row in rows for name in names)

    outcomes = Counter(str(row.detail.get("outcome", "")) for row in rows)
    return Cost(
        len(rows), dict(outcomes.most_common()), int(total("tokens_in", "tokens_out")),
        total("seconds"), total("money"),
    )  # fmt: skip


def agent(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One role: its policy and limits, its decisions run by run, and each call to the model."""
    del actor
    store, found = server.workspace.store, agent_of(wanted["slug"])
    calls = store.recent(CALLS, f"agent {found.role}", ("advice",))
    return render(
        "agent.html.j2", root=ROOT, agent=found, calls=calls[:SHOWN], cost=cost_of(calls),
        decided=[(run, decided(steps)) for run, steps in _decided(server, found)],
        told=_instruction(server, found), model=server.workspace.settings.agents.model,
        budget=server.workspace.settings.agents,
    )  # fmt: skip


def _decided(server: Server, found: Agent) -> list[tuple[RunRecord, list[StepRecord]]]:
    """The role's steps in the last runs, newest first."""
    listed = runs_app.listed(server.workspace)[::-1][:RUNS]
    steps = ((run, server.workspace.store.steps(run.run_id)) for run in listed)
    own = ((run, [s for s in all_ if s.role == found.role]) for run, all_ in steps)
    return [(run, mine) for run, mine in own if mine]


def _instruction(server: Server, found: Agent) -> tuple[Instruction, bool] | None:
    """What its model is told, and whether the workspace has its own; None where none is asked."""
    instructions = Instructions(server.workspace.folder)
    try:
        return instructions.of(found.role), instructions.place(found.role).is_file()
    except InputError:
        return None
