"""Start, resume, pause, stop and look at runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from pathlib import Path

from brand_metagen.app.known_facts import packaged_facts
from brand_metagen.app.outages import as_ours
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings, load_settings
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError
from brand_metagen.escalate import triggers
from brand_metagen.escalate.words import channels
from brand_metagen.ports import Progress, RunRecord, RunState, StepRecord, Submitted, Wish
from brand_metagen.publish.classifier import uncollected
from brand_metagen.registry.brands import known_brands
from brand_metagen.registry.sectors import category
from brand_metagen.tables.load import COLUMNS, TooManyBadRows
from brand_metagen.tables.raw import find_table
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.escalating import SYSTEM
from brand_metagen.workflow.fallback import Stage
from brand_metagen.workflow.pipeline import plan
from brand_metagen.workflow.runner import (
    Outcome,
    Runner,
    is_held,
    reconcile,
    worded,
    workspace_lock,
)

RESUMABLE = (RunState.INTERRUPTED, RunState.PAUSED, RunState.FAILED)
"""States from which the same command goes on; a stopped run waits for `runs resume`."""
NOT_OF_THE_RESULT = ("workers",)
"""Settings of the workflow that another machine, or the same run later, may have otherwise."""
OF_THE_RESULT = ("sector_valid", "sector_strong", "likeness")
"""The settings of commercial facts that decide something; the others say how servers are asked."""
Roles = Callable[[Workspace], AbstractContextManager[Mapping[str, Stage]]]
"""What roles do in a run instead of their own functions, by step; ended with the run."""


@contextmanager
def no_agents(_: Workspace) -> Iterator[Mapping[str, Stage]]:
    """Every role does its own function."""
    yield {}


@dataclass(frozen=True, slots=True)
class Finished:
    """A run as it stands after the call, and which steps were done now."""

    run: RunRecord
    outcome: Outcome
    resumed: bool


def start(
    workspace: Workspace,
    source: Path,
    only: Sequence[str],
    progress: Progress,
    *,
    fresh: bool = False,
    roles: Roles = no_agents,
) -> Finished:
    """Run the main job over a folder of tables, going on where an equal run was cut off.

    Raises ConflictError while another process runs in the workspace, InputError for bad input.
    """
    source = source.resolve()
    described = _described(workspace, source)
    with workspace_lock(workspace.folder, f"a run over {source.name}"):
        _mark_interrupted(workspace)
        left = None if fresh else _left_over(workspace, (str(source), described, tuple(only)))
        if left is not None:
            return _execute(workspace, left, progress, roles, resumed=True)
        run = workspace.store.create_run(str(source), described, only)
        return _execute(workspace, run, progress, roles, resumed=False)


def prepare(
    workspace: Workspace, source: Path, only: Sequence[str], actor: str, said: Submitted
) -> RunRecord:
    """Check a folder of tables and record a run over it; another process does it (`resume`).

    Raises what `start` raises.
    """
    source = source.resolve()
    described = _described(workspace, source)
    with workspace_lock(workspace.folder, f"a run over {source.name}"):
        _mark_interrupted(workspace)
        return workspace.store.create_run(str(source), described, only, actor, said)


def resume(
    workspace: Workspace, run_id: str, progress: Progress, roles: Roles = no_agents
) -> Finished:
    """Go on with one run under the settings it was begun with, whatever stopped it.

    Raises ConflictError when it is completed or running, or a run begun after it is completed:
    results stand in the order in which runs were begun.
    """
    with workspace_lock(workspace.folder, run_id):
        _mark_interrupted(workspace)
        run = workspace.store.run(run_id)
        check_resumable(workspace, run)
        # Half a run under other settings would be neither run.
        workspace = replace(workspace, settings=_recorded(run, workspace.settings))
        return _execute(workspace, run, progress, roles, resumed=True)


def check_resumable(workspace: Workspace, run: RunRecord) -> None:
    """Raise ConflictError when a run is done, or a later one has taken its place."""
    if run.state is RunState.COMPLETED:
        raise ConflictError(f"{run.run_id} is completed; there is nothing to resume")
    if later := _completed_after(workspace, run):
        raise ConflictError(
            f"{later} has been completed since {run.run_id} was begun, whose results would be "
            "older. Start a new run with `brand-metagen run`"
        )


def wish(workspace: Workspace, run_id: str, wanted: Wish) -> RunRecord:
    """Ask a running run to pause or stop; it heeds that after the step it is in."""
    reconcile(workspace.store, workspace.folder)
    workspace.store.wish(run_id, wanted)
    return workspace.store.run(run_id)


def waiting(workspace: Workspace) -> list[str]:
    """The paused runs that can go on, oldest first."""
    runs = workspace.store.runs()
    found = (r for r in runs if r.state is RunState.PAUSED)
    return [run.run_id for run in found if not _completed_after(workspace, run)]


def listed(workspace: Workspace) -> list[RunRecord]:
    """All runs in order, those whose process is gone marked as interrupted."""
    reconcile(workspace.store, workspace.folder)
    return workspace.store.runs()


def shown(workspace: Workspace, run_id: str) -> tuple[RunRecord, list[StepRecord]]:
    """One run with its steps."""
    reconcile(workspace.store, workspace.folder)
    return workspace.store.run(run_id), workspace.store.steps(run_id)


def held(workspace: Workspace) -> bool:
    """Whether a run is going on."""
    return is_held(workspace.folder)


def _execute(
    workspace: Workspace, run: RunRecord, progress: Progress, roles: Roles, *, resumed: bool
) -> Finished:
    store = workspace.store
    store.set_run(run.run_id, RunState.RUNNING)
    context = RunContext(
        run_id=run.run_id,
        folder=workspace.run_folder(run.run_id),
        source=Path(run.source),
        releases=workspace.releases,
        settings=workspace.settings,
        store=store,
        public_names=public_names(),
        only=run.only,
        previous=folders_before(workspace, run.run_id),
        packaged=partial(packaged_facts, workspace.settings.mcp),
        facts=workspace.facts,
    )
    workspace.releases.mkdir(exist_ok=True)
    runner = Runner(run.run_id, context.folder, store, workspace.settings.workflow, progress)
    # What a run makes holds no cycles, and looking millions of values through for some costs.
    with (
        _escalated(workspace, run.run_id),
        as_ours(),
        closing(context),
        uncollected(),
        roles(workspace) as own,
    ):
        context.roles = own
        outcome = runner.execute(plan(context))
    if outcome.state is RunState.COMPLETED:
        left = store.steps(run.run_id)[-1].stats.get("summary", {})
        store.set_run(run.run_id, outcome.state, summary=left if isinstance(left, dict) else {})
    return Finished(store.run(run.run_id), outcome, resumed)


@contextmanager
def _escalated(workspace: Workspace, run_id: str) -> Iterator[None]:
    """A run that fails opens a case, unless what it was given could not be read at all."""
    try:
        yield
    except Exception as error:
        data = isinstance(error, TooManyBadRows)
        if data or not isinstance(error, InputError | ConflictError):
            opening = triggers.of_failed_run(run_id, worded(error), data=data)
            opening = replace(opening, channels=channels(workspace.settings.notify))
            try:
                workspace.store.open_case(opening, SYSTEM)
            except BrandMetagenError as second:
                error.add_note(f"No case could be opened for it: {second}")
        raise


def public_names() -> list[str]:
    """Names of brands where people pay, known to the world."""
    return sorted({b.name for b in known_brands() if category(b.category).retail})


def _described(workspace: Workspace, source: Path) -> str:
    """What decides a run's result besides its brands: settings, tables, corrections."""
    if not source.is_dir():
        raise InputError(f"{source}: no such folder. It must hold {', '.join(sorted(COLUMNS))}")
    tables = {}
    for name in sorted(COLUMNS):
        path = find_table(source, name)
        state = path.stat()
        tables[path.name] = [state.st_size, state.st_mtime_ns]
    settings = asdict(workspace.settings)
    for name in NOT_OF_THE_RESULT:
        del settings["workflow"][name]
    # Where a run is kept and who may ask for it changes nothing of it, and the URL is a secret.
    for name in ("store", "serve", "schedule", "alarms", "log"):
        del settings[name]
    del settings["agents"]["options"]  # may hold what is nobody's business
    settings["mcp"] = {name: settings["mcp"][name] for name in OF_THE_RESULT}
    described: dict[str, object] = {"settings": settings, "tables": tables}
    if corrections := workspace.store.corrections():
        listed = json.dumps([astuple(c) for c in corrections])
        described["corrections"] = hashlib.sha256(listed.encode()).hexdigest()
    return json.dumps(described, sort_keys=True)


def _recorded(run: RunRecord, now: Settings) -> Settings:
    """The settings a run was begun with; those that decide nothing of its result as they are."""
    sections = json.loads(run.settings)["settings"]
    values = {
        f"{s}.{name}": value for s, named in sections.items() for name, value in named.items()
    }
    values |= {f"workflow.{name}": getattr(now.workflow, name) for name in NOT_OF_THE_RESULT}
    values["agents.options"] = now.agents.options
    values |= {f"mcp.{name}": v for name, v in asdict(now.mcp).items() if name not in OF_THE_RESULT}
    try:
        then = load_settings(None, {}, values)
    except InputError as error:
        raise ConflictError(
            f"{run.run_id} was begun by another version of brand-metagen, whose settings this one "
            "does not know. Start a new run with `brand-metagen run --fresh`"
        ) from error
    return replace(then, alarms=now.alarms, log=now.log)


def _job(run: RunRecord) -> tuple[str, str, tuple[str, ...]]:
    return run.source, run.settings, run.only


def _mark_interrupted(workspace: Workspace) -> None:
    """We hold the workspace, so whatever is marked as running is not."""
    for run in workspace.store.runs():
        if run.state is RunState.RUNNING:
            workspace.store.set_run(run.run_id, RunState.INTERRUPTED)


def _left_over(workspace: Workspace, wanted: tuple[str, str, tuple[str, ...]]) -> RunRecord | None:
    """The last run of this job if it was cut off and no run begun after it is completed."""
    same = [run for run in workspace.store.runs() if _job(run) == wanted]
    if not same or same[-1].state not in RESUMABLE or _completed_after(workspace, same[-1]):
        return None
    return same[-1]


def _completed_after(workspace: Workspace, run: RunRecord) -> str | None:
    """The last completed run when it was begun after this one."""
    runs = workspace.store.runs()
    later = runs[[r.run_id for r in runs].index(run.run_id) + 1 :]
    done = [r.run_id for r in later if r.state is RunState.COMPLETED]
    return done[-1] if done else None


def folders_before(workspace: Workspace, run_id: str) -> tuple[Path, ...]:
    """Completed runs before one that, being partial, keeps other brands' rules; the newest first.

    From the last run over all brands on: a partial run's folder holds the rules of its own brands
    only, and what was learned before that run over all was learned anew by it.
    """
    runs = workspace.store.runs()
    before = runs[: [r.run_id for r in runs].index(run_id)]
    chain: list[Path] = []
    for done in reversed([r for r in before if r.state is RunState.COMPLETED]):
        chain.append(workspace.run_folder(done.run_id))
        if not done.only:
            break
    return tuple(chain)
