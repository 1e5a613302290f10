"""`audit seal`, `check`, `account`, `revert`: evidence of an attack, and what it touched undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.publish import audit_app as audit_app
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from brand_metagen.app.reverting import Undoing

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
SinceOption = Annotated[
    str, typer.Option(metavar="TIME", help="Only what was done from then on, UTC.")
]


@audit_app.command("seal")
def seal(
    out_file: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write the log, accounts and hashes of releases as evidence.

    It shows when a line is changed, taken out or added.

    Keep the seal that is printed apart from the file.
    """
    from brand_metagen.app import sealing
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace) as open_workspace:
        done = sealing.seal(open_workspace, actor(who), out_file)
    if as_json:
        print_json(done)
        return
    out.print(clean(f"{done.file}: {done.audit_rows:,} acts, {done.lines:,} lines"))
    out.print(f"seal {done.seal}")


@audit_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="OUT", help="A file that `audit seal` wrote.")],
    expected: Annotated[
        str, typer.Option("--seal", help="The seal that was printed when it was made.")
    ] = "",
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Look the seal up in this log.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that nobody touched sealed evidence.

    Exit code 0 = nobody did, 1 = somebody did.
    """
    from brand_metagen.app import sealing
    from brand_metagen.cli.output import clean, out, print_json

    if workspace is None:
        done = sealing.check(file, expected)
    else:
        with opened(workspace) as open_workspace:
            done = sealing.check(file, expected, open_workspace)
    if as_json:
        print_json(done)
    else:
        for line in done.breaks:
            out.print(clean(line))
        whose = {None: "; nothing says that it is the first one: give --seal or --workspace",
                 True: ", the one that was written down", False: ""}  # fmt: skip
        if not done.breaks:
            out.print(f"whole: {done.audit_rows:,} acts, seal {done.seal}{whose[done.anchored]}")
    if done.breaks:
        raise typer.Exit(1)


@audit_app.command("account")
def account(
    name: NameArgument,
    since: SinceOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Everything an account did.

    And which releases carry its decisions today.
    """
    from brand_metagen.app import incidents, tracing
    from brand_metagen.cli.output import clean, out, print_json, table

    after = incidents.stamp(incidents.moment(since)) if since else ""
    with opened(workspace) as open_workspace:
        found = tracing.trace(open_workspace, name, after)
    if as_json:
        print_json(found)
        return
    role = found.role or "no account here"
    counts = ", ".join(f"{n} {kind}" for kind, n in found.counts.items()) or "no act"
    out.print(clean(f"{name} ({role}{', disabled' if found.disabled else ''}): {counts}"))
    rows = [
        (a.sequence, a.at[:19], a.kind, a.action, a.subject, a.version or "", a.said)
        for a in found.acts
    ]
    out.print(table("", ("row", "at", "kind", "act", "of", "version", "said"), rows))
    for one in found.releases:
        held = ", ".join(f"{b} v{v}" for b, v in one.versions)
        later = f"; built on since: {', '.join(one.built_on)}" if one.built_on else ""
        now = " (in force)" if one.in_force else ""
        out.print(clean(f"{one.release_id}{now}: {one.error or held}{later}"))
    if not found.releases:
        out.print("no release carries any of it")


@audit_app.command("revert")
def revert(
    name: NameArgument,
    since: SinceOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only show.")] = False,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Undo an account's decisions as new acts.

    Nothing is deleted.

    What somebody else decided later is left alone and named.

    Exit code 1 = something could not be undone.
    """
    from brand_metagen.app import incidents, reverting
    from brand_metagen.cli.output import clean, out, print_json

    after = incidents.stamp(incidents.moment(since)) if since else ""
    with opened(workspace) as open_workspace:
        done = reverting.revert(open_workspace, actor(who), name, after, note, stored=yes)
    failed = [u for u in done.undone if u.error]
    if as_json:
        print_json(done)
    else:
        _list("undone" if yes else "would be undone", [u for u in done.undone if not u.error])
        _list("could not be undone", failed)
        _list("left alone", done.conflicts)
        _list("for you to decide", done.by_hand)
        if not yes and done.undone:
            out.print("nothing was done yet; --yes does it")
        elif done.undone:
            out.print("`brand-metagen publish` makes a release without what is undone")
        if not (done.undone or done.conflicts or done.by_hand):
            out.print(clean(f"nothing of {name} is left to undo"))
    if failed:
        raise typer.Exit(1)


def _list(title: str, found: Sequence[Undoing]) -> None:
    from brand_metagen.cli.output import clean, out

    for one in found:
        why = f": {one.error}" if one.error else ""
        out.print(clean(f"{title}: {one.subject}: {one.what}{why}"))
