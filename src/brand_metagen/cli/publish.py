"""`publish`, `verify` and `audit`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)

audit_app = typer.Typer(help="The log of everything that was decided.", no_args_is_help=True)


def publish(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    restore: Annotated[
        str, typer.Option(metavar="RELEASE", help="Put an earlier release in force again.")
    ] = "",
    history: Annotated[bool, typer.Option(help="List what was published.")] = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a release of what is approved; one pointer flips to it."""
    from brand_metagen.app import publishing
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        if history:
            past = publishing.history(open_workspace)
            columns = ("n", "release", "at", "by", "note")
            rows = [(p.sequence, p.release_id, p.published_at, p.actor, p.note) for p in past]
            print_json(past) if as_json else out.print(table("", columns, rows))
            return
        if restore:
            done = publishing.restore(open_workspace, restore, actor(who), note)
        else:
            done = publishing.publish(open_workspace, actor(who), note)
    if as_json:
        print_json(done)
        return
    new = f", {len(done.changed):,} of them new" if done.changed else ""
    out.print(f"{done.release} is in force: {done.brands:,} brands{new}")


def verify(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Check everything that has a checksum.

    The log's chain, versions and who approved them, releases, runs.

    What is damaged is named one by one, with since when and what to do.

    Exit code 0 = whole, 1 = something is damaged.
    """
    from brand_metagen.app import extent
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace) as open_workspace:
        found = extent.extent(open_workspace)
    if as_json:
        print_json(found)
    elif not found.damage:
        out.print(
            f"{found.audit_rows:,} audit rows in one chain, {found.versions:,} versions, "
            f"{found.releases:,} releases and {found.steps:,} steps of runs whole"
        )
    for one in [] if as_json else found.damage:
        out.print(clean(f"{one.kind}: {one.which}: {one.said}"))
        brands = ", ".join(one.brands)
        out.print(clean(f"  since {one.since[:19] or 'when is not known'}"
                        f"{f'; of {brands}' if brands else ''}"))  # fmt: skip
        out.print(clean(f"  next: {one.todo}"))
    if found.damage:
        raise typer.Exit(1)


@audit_app.command("export")
def export(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="A file; standard output by default.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Only rows behind this number.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """The log, a JSON object a line, oldest first.

    With the digests that chain it; `--json` makes it one document.
    """
    from brand_metagen.app import auditing
    from brand_metagen.cli.output import plain
    from brand_metagen.files import write_file

    with opened(workspace) as open_workspace:
        rows = map(plain, auditing.rows(open_workspace, after))
        lines = (json.dumps(row) + "\n" for row in ([list(rows)] if as_json else rows))
        if out_file is None:
            sys.stdout.writelines(lines)
        else:
            write_file(out_file, "".join(lines).encode())
