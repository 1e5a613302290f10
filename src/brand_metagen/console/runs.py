"""The page of runs: how far each is, its stages, what failed in it and what it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from brand_metagen.analytics.run_figures import RunFigures
from brand_metagen.app import runs as runs_app
from brand_metagen.app.diagnosing import stage_of
from brand_metagen.app.progress import going
from brand_metagen.app.run_gathering import one_run
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import record
from brand_metagen.console.text import render
from brand_metagen.ports import (
    Actor,
    BrandState,
    Role,
    RunRecord,
    RunState,
    StepRecord,
    StepState,
    Wish,
)
from brand_metagen.records import Decision
from brand_metagen.web.state import Server

LATEST_RUNS, MOST_FAILED, MOST_FOLDERS = 20, 50, 50
WAITING = "waiting"
"""The state of a stage that is not begun; the others are those of steps."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a run: its parts (one, or as many as there are batches), how many are done, how
    often parts were begun, seconds, and its share of the longest stage's time, now and last time.
    """

    name: str
    role: str
    state: str
    parts: tuple[StepRecord, ...]
    done: int
    begun: int
    seconds: float
    share: float
    usual: float

    @property
    def again(self) -> int:
        """How often a part was begun once more."""
        return self.begun - len(self.parts)

    @property
    def ailing(self) -> tuple[StepRecord, ...]:
        """Parts that failed or were begun once more."""
        return tuple(part for part in self.parts if part.error or part.starts > 1)

    @property
    def ill(self) -> bool:
        """Whether something failed here, or was begun once more."""
        return bool(self.ailing)


def runs(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Runs, newest first; one of them with its stages and what failed in it."""
    known = [server.jobs.seen(run) for run in runs_app.listed(server.workspace)]
    chosen = next((r for r in known if r.run_id == wanted.get("run")), known[-1] if known else None)
    only, every = wanted.get("show") == "failed", wanted.get("list") == "all"
    stages = _stages(server, chosen) if chosen else []
    left = one_run(server.workspace, chosen) if chosen else None
    root = server.workspace.settings.serve.data_root
    return render(
        "runs.html.j2", root=ROOT, actor=actor, chosen=chosen, only=only, RunState=RunState,
        runs=known[::-1] if every else known[::-1][:LATEST_RUNS], all=len(known), Wish=Wish,
        stages=[s for s in stages if s.ill] if only else stages,
        ill=sum(s.ill for s in stages), left=left,
        failed=_failed(server, left) if left else (),
        progress=going(server.workspace, chosen) if chosen else None,
        decided=_decided(chosen) if chosen else (), may=actor.role.may(Role.OPERATOR),
        starts=bool(root), folders=list(_folders(root)), idem=uuid4().hex,
        names=record(server, now=False).names if left and left.failed_brands else {},
        most=MOST_FAILED,
    )  # fmt: skip


def _stages(server: Server, run: RunRecord) -> list[Stage]:
    """The stages in order; those of the last completed run that this one has not come to yet."""
    store = server.workspace.store
    steps, now = store.steps(run.run_id), datetime.now(UTC)
    last = store.latest_run(RunState.COMPLETED)
    before: Sequence[StepRecord] = ()
    if last is not None and last.run_id != run.run_id:
        before = store.steps(last.run_id)
    running = run.state is RunState.RUNNING
    return stages_of(steps, before, now if running else None, whole=run.state is RunState.COMPLETED)


def stages_of(
    steps: Sequence[StepRecord], before: Sequence[StepRecord], now: datetime | None, *, whole: bool
) -> list[Stage]:
    """Steps put together by stage; `now` is given while the run goes on, `before` are the steps of
    the run to measure by, whose other stages follow as waiting unless the run is `whole`."""
    found, usual = _by_stage(steps), _by_stage(before)
    seconds = {name: sum(_spent(s, now) for s in parts) for name, parts in found.items()}
    then = {name: sum(s.seconds for s in parts) for name, parts in usual.items()}
    longest = max([*seconds.values(), *then.values()], default=0.0) or 1.0
    names = [*found, *(() if whole else (name for name in usual if name not in found))]
    return [
        Stage(
            name, _role(found.get(name) or usual[name]), _state(found.get(name, ())),
            tuple(found.get(name, ())),
            sum(s.state is StepState.DONE for s in found.get(name, ())),
            sum(s.starts for s in found.get(name, ())), seconds.get(name, 0.0),
            seconds.get(name, 0.0) / longest, then.get(name, 0.0) / longest,
        )
        for name in names
    ]  # fmt: skip


def _by_stage(steps: Iterable[StepRecord]) -> dict[str, list[StepRecord]]:
    found: dict[str, list[StepRecord]] = defaultdict(list)
    for step in steps:
        found[stage_of(step.name)].append(step)
    return dict(found)


def _role(parts: Sequence[StepRecord]) -> str:
    return ", ".join(dict.fromkeys(part.role for part in parts))


def _state(parts: Sequence[StepRecord]) -> str:
    states = {part.state for part in parts}
    for state in (StepState.FAILED, StepState.RUNNING, StepState.DONE):
        if state in states:
            return state.value
    return WAITING


def _spent(step: StepRecord, now: datetime | None) -> float:
    """Seconds of a step; of one that goes on, those since it was begun."""
    if step.state is not StepState.RUNNING or now is None:
        return step.seconds
    return max(0.0, (now - datetime.fromisoformat(step.started_at)).total_seconds())


def _failed(server: Server, run: RunFigures) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Why brands failed in a run, the commonest reason first, each with its brands and whether
    they still are failed."""
    still = {b.brandid: b for b in server.workspace.store.brands(BrandState.FAILED)}
    found = dict(run.failed_brands)
    found |= {b: row.error or "" for b, row in still.items() if row.run_id == run.run_id}
    reasons: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for brandid, why in sorted(found.items()):
        reasons[why or "no reason was kept"].append((brandid, brandid in still))
    return sorted(reasons.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _decided(run: RunRecord) -> list[tuple[str, int]]:
    """What became of the rows of a run, as far as it says."""
    found = run.summary.get("decisions", {})
    counts = found if isinstance(found, Mapping) else {}
    return [(d.value, int(counts[d.value])) for d in Decision if counts.get(d.value)]


def _folders(root: str) -> Iterator[str]:
    """Folders of the data root that hold tables, and the root itself as `.`; some at most."""
    if not root or not Path(root).is_dir():
        return
    inside = [Path(root), *sorted(path for path in Path(root).iterdir() if path.is_dir())]
    for path in inside[:MOST_FOLDERS]:
        if any(path.glob("combo.*")):
            yield path.relative_to(root).as_posix()
