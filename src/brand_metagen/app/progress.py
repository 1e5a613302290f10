"""How far a run is, and how long it may still take: measured by the last one that was completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import RunRecord, RunState, StepRecord, StepState

PARTS = 0.02
"""Share of a run's time below which what is left is not told: the clock of one step decides it."""


@dataclass(frozen=True, slots=True)
class Going:
    """Steps done of how many (0 = unknown), the share of the time that is behind (0 to 1), and
    seconds left; both None while there is nothing to measure by."""

    done: int
    steps: int
    share: float | None
    left: float | None


def going(workspace: Workspace, run: RunRecord, now: datetime | None = None) -> Going:
    """How far a run is now, by the steps of the last completed run and its own pace so far."""
    steps = workspace.store.steps(run.run_id)
    done = sum(step.state is StepState.DONE for step in steps)
    if run.state is RunState.COMPLETED:
        return Going(done, len(steps), 1.0, 0.0)
    last = workspace.store.latest_run(RunState.COMPLETED)
    if last is None:
        return Going(done, 0, None, None)
    usual = {step.name: step.seconds for step in workspace.store.steps(last.run_id)}
    share, left = measured(steps, usual, now or datetime.now(UTC))
    return Going(done, max(len(usual), len(steps)), share, left)


def measured(
    steps: Sequence[StepRecord], usual: Mapping[str, float], now: datetime
) -> tuple[float | None, float | None]:
    """The share that is behind, and seconds left at the pace so far; None where nothing tells."""
    total = sum(usual.values())
    if not total:
        return None, None
    finished = [step for step in steps if step.state is StepState.DONE]
    behind = sum(usual.get(step.name, 0.0) for step in finished)
    pace = sum(step.seconds for step in finished) / behind if behind > PARTS * total else 1.0
    for step in steps:
        if step.state is StepState.RUNNING:
            spent = (now - datetime.fromisoformat(step.started_at)).total_seconds()
            behind += min(usual.get(step.name, 0.0), spent / pace if pace else 0.0)
    share = min(1.0, behind / total)
    return share, max(0.0, (total - behind) * pace)
