"""`health`, `pause`, `unpause`, `backup`, `restore`: the system as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.probing import server_probe
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
    settings,
)
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.ports import Mode

if TYPE_CHECKING:
    from brand_metagen.ports import Store

WhyOption = Annotated[str, typer.Option("--reason", help="Why.")]


def health(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Look at every part; say what to do.

    Exit code 0 = well or to be looked at, 1 = something does not work.
    """
    from brand_metagen.app import health as looking
    from brand_metagen.cli.output import out, print_json, table

    try:
        with opened(workspace) as open_workspace:
            checks = looking.health(open_workspace)
    except ServiceError as error:  # the store does not even open
        checks = [looking.Check("store", looking.Condition.FAIL, str(error), looking.STORE_GONE)]
    condition = looking.worst(checks)
    if as_json:
        print_json({"condition": condition, "checks": checks})
    else:
        rows = [(c.condition.value, c.part, c.said, c.todo) for c in checks]
        out.print(table("", ("", "part", "what was found", "what to do"), rows))
    if condition is looking.Condition.FAIL:
        raise typer.Exit(1)


def pause(
    reason: WhyOption = "",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Nothing at all changes, not even reviews.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """No run goes on, nothing is published until `unpause`.

    A run that is going on is paused after the step it is in, and keeps what it has.
    """
    if not reason.strip():
        raise InputError("say why: --reason TEXT")
    _set(workspace, Mode.READ_ONLY if read_only else Mode.PAUSED, who, reason, as_json)


def unpause(
    reason: WhyOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let everything go on.

    Runs that were paused are named with the command that resumes them.
    """
    _set(workspace, Mode.NORMAL, who, reason, as_json)


def _set(workspace: Path, mode: Mode, who: str, reason: str, as_json: bool) -> None:
    from brand_metagen.app import runs
    from brand_metagen.app.guards import said
    from brand_metagen.cli.output import clean, err, out, print_json

    with opened(workspace) as open_workspace:
        said(open_workspace, reason)
        line = open_workspace.store.set_mode(mode, actor(who), reason)
        waiting = [] if mode is not Mode.NORMAL else runs.waiting(open_workspace)
        halts = mode is not Mode.NORMAL and runs.held(open_workspace)
    if as_json:
        print_json(line)
        return
    out.print(clean(f"the system is {line.mode.value.replace('_', '-')} now"))
    if halts:
        err.print("the run that is going on is paused after the step it is in")
    for run_id in waiting:
        err.print(f"{run_id} waits: brand-metagen runs resume {run_id} --workspace {workspace}")


def backup(
    out_file: Annotated[Path, typer.Option("--out", help="The tar file to write.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Write the whole workspace into one file.

    Work may go on meanwhile.
    """
    from brand_metagen.app import backups
    from brand_metagen.cli.output import out, print_json

    with opened(workspace) as open_workspace:
        done = backups.backup(open_workspace, out_file)
    if as_json:
        print_json(done)
        return
    size = f"{done.size / 1e6:,.1f} MB"
    out.print(f"{done.path}: {done.files:,} files, {done.audit_rows:,} acts, {size}")


def restore(
    archive: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    damaged: Annotated[
        Path | None,
        typer.Option(help="The damaged workspace: what is lost is listed from its log."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back, and say what is lost.

    Into an empty folder and an empty store.

    Accounts disabled, tokens revoked, approvals taken back since then are so again.

    What only a person can take back again is listed with its command.
    """
    from contextlib import ExitStack

    from brand_metagen.app import backups
    from brand_metagen.cli.output import clean, out, print_json

    with ExitStack() as open_things:
        other = open_things.enter_context(opened(damaged)).store if damaged else None

        def open_store(folder: Path) -> Store:
            return open_things.enter_context(opened(folder, create=True)).store

        settings(workspace, None)
        done = backups.restore(archive, workspace, open_store, other)
    if as_json:
        print_json(done)
        return
    out.print(clean(f"{done.folder}: as of {done.taken_at}, {done.files:,} files, "
                    f"{done.audit_rows:,} acts"))  # fmt: skip
    total = sum(done.lost.values())
    if damaged is None:
        out.print("what was done after that is lost; --damaged WORKSPACE lists it")
    else:
        kinds = ", ".join(f"{n} {action}" for action, n in done.lost.items())
        out.print(clean(f"lost since then: {total} acts{': ' if total else ''}{kinds}"))
    for line in done.lost_acts:
        out.print(clean(f"  {line}"))
    for line in done.revoked_again:
        out.print(clean(f"taken away again: {line}"))
    for line in done.to_do:
        out.print(clean(f"to be done by you: {line}"))
    for line in done.incidents:
        out.print(clean(f"the record of {line} goes on here"))


def diagnose(
    name: Annotated[str, typer.Argument(help="A scenario; all = every one.")] = "all",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Search for a trouble and its cause.

    With what shows it, and the next command.

    Exit code 0 = nothing found, 1 = something was.
    """
    from brand_metagen.app import diagnosing
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace) as open_workspace:
        found = diagnosing.diagnose(open_workspace, name, server_probe(open_workspace))
    if as_json:
        print_json(found)
    elif not found:
        out.print(f"nothing found ({', '.join(diagnosing.SCENARIOS) if name == 'all' else name})")
    for finding in [] if as_json else found:
        out.print(clean(f"{finding.trouble}: {finding.cause}"))
        for line in finding.evidence:
            out.print(clean(f"  {line}"))
        out.print(clean(f"  next: {finding.command}"))
    if found:
        raise typer.Exit(1)


def routine(
    name: Annotated[
        str,
        typer.Argument(
            help="morning, afternoon, evening, monday, friday, month-start, month-mid or month-end."
        ),
    ],
    done: Annotated[
        list[str] | None, typer.Option("--done", metavar="POINT", help="A point that is done.")
    ] = None,
    note: Annotated[str, typer.Option(help="What there is to say of it.")] = "",
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help="The notes as html or pdf besides, to be printed."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Walk a routine's list with today's figures.

    Ticks are kept, and the notes written.
    """
    from brand_metagen.app import routine_notes, routines
    from brand_metagen.cli.output import err, out, print_json, table

    with opened(workspace) as open_workspace:
        for point in done or ():
            routines.tick(open_workspace, actor(who), name, point, note)
        found = routines.walk(open_workspace, name)
        paths = routine_notes.write_notes(open_workspace, name, found, form or ())
    if as_json:
        print_json({"routine": name, "points": found, "notes": paths[0], "files": paths})
        return
    rows = [
        ("x" if p.done_by else "", p.name, p.what, p.figure, p.done_by, p.command) for p in found
    ]
    out.print(table(name, ("", "point", "what", "now", "done by", "command"), rows))
    err.print(f"notes: {', '.join(map(str, paths))}")
