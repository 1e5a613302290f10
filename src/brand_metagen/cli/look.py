"""`ties` and `status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli import status_page
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened

if TYPE_CHECKING:
    from brand_metagen.app.queries import Status

ties_app = typer.Typer(help="Look at rows that several brands claim.", no_args_is_help=True)


@ties_app.command("list")
def list_ties(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    open_only: Annotated[bool, typer.Option("--open", help="Only unsettled ones.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows at the most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Contested rows with every claim."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        found = queries.ties(open_workspace, open_only=open_only)[:limit]
    if as_json:
        print_json([{"settled": tie.settled, **_fields(tie)} for tie in found])
        return
    rows = [
        (
            t.ccid,
            t.bankid,
            t.narrative,
            t.mccid,
            t.decision.value,
            "  ".join(f"{b} {p:.2f}" for b, p in t.claims),
        )
        for t in found
    ]
    out.print(table("", ("ccid", "bankid", "narrative", "mccid", "decision", "claims"), rows))


def _fields(tie: object) -> dict[str, object]:
    from brand_metagen.cli.output import plain

    fields: dict[str, object] = plain(tie)
    return fields


@ties_app.command("show")
def show_tie(
    ccid: str,
    bankid: str,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One contested row: its claims, and the decision."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        tie = queries.tie(open_workspace, ccid, bankid)
        names = {b.brandid: b.brandname for b in open_workspace.store.brands()}
    if as_json:
        print_json({"settled": tie.settled, **_fields(tie)})
        return
    out.print(
        table("", ("narrative", "mccid", "given"), [(tie.narrative, tie.mccid, tie.given_brandid)])
    )
    out.print(
        table(
            "", ("brand", "name", "probability"), [(b, names.get(b, ""), p) for b, p in tie.claims]
        )
    )
    out.print(f"{tie.decision.value}: {tie.reason}")


def status(
    page: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write a page for everybody to read instead."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One screen: what is wrong, what waits, what is overdue.

    With what runs, and what the last run left.
    """
    if page is not None:
        status_page.write(workspace, page, as_json=as_json)
        return
    from brand_metagen.app import overview, runs
    from brand_metagen.cli.output import out, plain, print_json, table

    with opened(workspace) as open_workspace:
        runs.listed(open_workspace)
        found = overview.overview(open_workspace)
    if as_json:
        print_json({**plain(found.status), "wrong": found.wrong, "waiting": found.waiting,
                    "overdue": found.overdue})  # fmt: skip
        return
    out.print(table("", ("", ""), _standing(found.status)))
    groups = (("wrong", found.wrong), ("waiting", found.waiting), ("overdue", found.overdue))
    for title, items in groups:
        if items:
            rows = [(item.what, item.said, item.todo) for item in items]
            out.print(table(f"\n{title}", ("", "", "what to do"), rows))
        else:
            out.print(f"{title}: nothing")


def _standing(found: Status) -> list[tuple[str, str]]:
    brands = ", ".join(f"{n:,} {state}" for state, n in found.brands.items()) or "none yet"
    decisions = ", ".join(f"{n:,} {decision}" for decision, n in found.decisions.items())
    last = f"{found.last_run}: {found.last_state}" if found.last_run else "none yet"
    return [
        ("running now", "yes" if found.running else "no"),
        ("last run", last),
        ("latest release", found.release or "none yet"),
        ("brands", brands),
        ("rows", decisions or "none yet"),
        (
            "left by the last run",
            f"{found.needs_confirmation:,} brands to confirm, {found.open_ties:,} ties",
        ),
    ]
