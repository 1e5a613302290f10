"""`run` and `runs`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.case_options import telling
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
)

if TYPE_CHECKING:
    from brand_metagen.app.run_report import Laid
    from brand_metagen.app.runs import Finished
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.ports import StepRecord

app = typer.Typer(help="List, look at, pause, resume and stop runs.", no_args_is_help=True)

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="For example RUN-0001.")]


def run(
    data: Annotated[Path, typer.Option(help="Folder with brand, brand_to_check, combo, mcc.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    brands: Annotated[
        str, typer.Option(help="Learn these brands only: ids, separated by commas.")
    ] = "",
    fresh: Annotated[bool, typer.Option(help="Start anew instead of going on.")] = False,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn, prove and classify: the main job.

    A run that was cut off goes on where it stopped.
    """
    from brand_metagen.agents.steps import advised
    from brand_metagen.app import runs
    from brand_metagen.cli.output import RunProgress

    only = tuple(sorted({b.strip() for b in brands.split(",") if b.strip()}))
    with (
        opened(workspace, changes, create=True) as open_workspace,
        telling(open_workspace),
        RunProgress() as progress,
    ):
        finished = runs.start(open_workspace, data, only, progress, fresh=fresh, roles=advised)
        end = _ended(open_workspace, finished)
    _report(end, workspace, as_json)


@dataclass(frozen=True, slots=True)
class _End:
    """How a run ended, the report it left, and how many lessons wait."""

    finished: Finished
    report: Laid
    lessons: int


def _ended(open_workspace: Workspace, finished: Finished) -> _End:
    """A completed run leaves its report, and what other brands taught may be borne out now."""
    from brand_metagen.app.lessons import adoptable
    from brand_metagen.app.run_report import Laid, lay_run_report
    from brand_metagen.ports import RunState

    if finished.run.state is not RunState.COMPLETED:
        return _End(finished, Laid(()), 0)
    report = lay_run_report(open_workspace, finished.run.run_id)
    return _End(finished, report, adoptable(open_workspace))


def _report(end: _End, workspace: Path, as_json: bool) -> None:
    from brand_metagen.cli.output import clean, err, out, print_json
    from brand_metagen.cli.summary import run_table
    from brand_metagen.ports import RunState, Wish

    finished = end.finished
    if as_json:
        print_json({"resumed": finished.resumed, **_brief(end)})
    elif finished.run.state is RunState.COMPLETED:
        out.print(run_table(finished.run))
        for line in _told(end, workspace):
            err.print(clean(f"  {line}"))
        err.print(f"\n  next: brand-metagen export --workspace {workspace} --out results")
    else:
        run = finished.run
        # Nobody wished it of this run: the system is shut.
        first = f"brand-metagen unpause --workspace {workspace}, then " * (run.wish is Wish.RUN)
        said = f"{run.run_id} is {run.state.value}: {finished.outcome.why}. What is done is kept; "
        again = f"brand-metagen runs resume {run.run_id} --workspace {workspace}"
        err.print(clean(f"{said}go on with {first}{again}"))


def _told(end: _End, workspace: Path) -> Iterator[str]:
    """Where the report lies, or why there is none, and the lessons that wait."""
    if end.report.files:
        yield f"report: {', '.join(map(str, end.report.files))}"
    if end.report.failed:
        again = f"brand-metagen analytics report run --run {end.finished.run.run_id}"
        yield (
            f"the report could not be made whole: {end.report.failed}. "
            f"{again} --workspace {workspace} tries it again"
        )
    if end.lessons:
        yield (
            f"{end.lessons:,} lessons of other brands wait to be adopted: brand-metagen feedback "
            f"adopt --proven --dry-run --workspace {workspace} shows which this market bears out"
        )


def _brief(end: _End) -> dict[str, object]:
    run, outcome = end.finished.run, end.finished.outcome
    return {
        "run_id": run.run_id,
        "state": run.state.value,
        "steps_done": outcome.done,
        "steps_skipped": outcome.skipped,
        "halted": outcome.why,
        "summary": dict(run.summary),
        "report": end.report.files,
        "report_failed": end.report.failed,
        "lessons_waiting": end.lessons,
    }


@app.command("list")
def list_runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All runs of a workspace."""
    from brand_metagen.app import runs
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        found = runs.listed(open_workspace)
    if as_json:
        print_json([{k: v for k, v in _fields(r).items() if k != "settings"} for r in found])
        return
    rows = [
        (
            r.run_id,
            r.state.value,
            Path(r.source).name,
            ",".join(r.only) or "all",
            r.created_at,
            r.error or "",
        )
        for r in found
    ]
    out.print(table("", ("run", "state", "data", "brands", "created (UTC)", "error"), rows))


@app.command("show")
def show_run(
    run_id: RunArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    agents: Annotated[
        bool, typer.Option("--agents", help="What each role decided, and on what.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """One run, step by step."""
    from brand_metagen.app import runs
    from brand_metagen.cli.output import clean, out, plain, print_json, table
    from brand_metagen.cli.summary import run_table

    with opened(workspace) as open_workspace:
        run, steps = runs.shown(open_workspace, run_id)
        report = open_workspace.run_report(run_id)
    if as_json:
        print_json({**_fields(run), "report": report, "steps": [plain(step) for step in steps]})
        return
    if agents:
        out.print(table(f"{run.run_id}: {run.state.value}", *_agents(steps)))
        return
    if run.summary:
        out.print(run_table(run))
    rows = [
        (
            s.position,
            s.name,
            s.role,
            s.state.value,
            s.starts,
            s.completions,
            s.seconds,
            s.error or "",
        )
        for s in steps
    ]
    columns = ("#", "step", "role", "state", "begun", "finished", "seconds", "error")
    out.print(table(f"{run.run_id}: {run.state.value}", columns, rows))
    if report:
        out.print(clean(f"report: {', '.join(map(str, report))}"))


def _agents(steps: Sequence[StepRecord]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Role by role what was decided on which evidence, and what went wrong."""
    rows: list[tuple[object, ...]] = []
    for step in steps:
        evidence = json.dumps(step.stats.get("evidence", {}), ensure_ascii=False)
        failed = step.stats.get("agent_failed") or step.error or ""
        wrong = json.dumps(failed, ensure_ascii=False) if isinstance(failed, dict) else failed
        rows.append((step.role, step.name, step.stats.get("decision", ""), evidence, wrong))
    return ("role", "step", "decided", "on", "failed"), rows


def _fields(run: object) -> dict[str, object]:
    from brand_metagen.cli.output import plain

    fields: dict[str, object] = plain(run)
    return fields


@app.command("pause")
def pause(
    run_id: RunArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False
) -> None:
    """Ask a run to pause after the step it is in."""
    _wish(run_id, workspace, "pause", as_json)


@app.command("stop")
def stop(
    run_id: RunArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False
) -> None:
    """Ask a run to stop after the step it is in.

    `resume` still goes on with it.
    """
    _wish(run_id, workspace, "stop", as_json)


def _wish(run_id: str, workspace: Path, wanted: str, as_json: bool) -> None:
    from brand_metagen.app import runs
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.ports import Wish

    with opened(workspace) as open_workspace:
        run = runs.wish(open_workspace, run_id, Wish(wanted))
    if as_json:
        print_json({"run_id": run.run_id, "state": run.state.value, "wish": run.wish.value})
    else:
        err.print(f"{run_id} will {wanted} after the step it is in")


@app.command("resume")
def resume(
    run_id: RunArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Go on with a run under its own settings.

    It may have been paused, stopped, killed, or have failed.
    """
    from brand_metagen.agents.steps import advised
    from brand_metagen.app import runs
    from brand_metagen.cli.output import RunProgress

    with (
        opened(workspace) as open_workspace,
        telling(open_workspace),
        RunProgress() as progress,
    ):
        finished = runs.resume(open_workspace, run_id, progress, advised)
        end = _ended(open_workspace, finished)
    _report(end, workspace, as_json)
