"""`logs`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from pathlib import Path

    from brand_metagen.logs.reading import Line

app = typer.Typer(help="What the program wrote of its work.", no_args_is_help=True)
SinceOption = Annotated[
    str, typer.Option(metavar="TIME", help="From then on: 2h, 1d, or 2026-03-29T01:00 (UTC).")
]
LimitOption = Annotated[int, typer.Option(min=1, max=100_000, help="Lines at the most.")]


@app.command("show")
def show(
    level: Annotated[str, typer.Option(help="The least: debug, info, warning, error.")] = "",
    agent: Annotated[str, typer.Option(help="Only of this agent.")] = "",
    brand: Annotated[str, typer.Option(help="Only on this brand.")] = "",
    trace: Annotated[str, typer.Option(help="Only of this trace; its beginning will do.")] = "",
    operation: Annotated[str, typer.Option(help="Only of this operation.")] = "",
    since: SinceOption = "",
    limit: LimitOption = 100,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as lines come.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """The newest lines of the log.

    With --follow and --json each line is one JSON document.
    """
    from brand_metagen.cli.output import print_json
    from brand_metagen.logs import reading

    folder = _there(workspace)
    wanted = reading.Wanted(level, agent, brand, trace, operation, _since(since))
    wanted.fits({})  # a level that is not known is told before anything is shown
    found = reading.last(folder, wanted, limit)
    if as_json and not follow:
        print_json(found)
        return
    for line in found:
        _print(line, as_json=as_json)
    if follow:
        for line in reading.follow(folder, wanted):
            _print(line, as_json=as_json)


@app.command("query")
def query(
    name: Annotated[
        str,
        typer.Argument(
            help="recent-feedback, parse-errors, many-rounds, slow-calls, errors-per-agent or "
            "validation-errors."
        ),
    ],
    since: SinceOption = "1d",
    limit: LimitOption = 100,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Ask the log one of the everyday questions."""
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.logs import reading

    asked = reading.query(name)
    found = asked.rows(reading.lines(_there(workspace), reading.Wanted(since=_since(since))))
    found = found[-limit:] if asked.in_order else found[:limit]
    if as_json:
        print_json([dict(zip(asked.columns, row, strict=True)) for row in found])
        return
    out.print(table("", asked.columns, found))


def _there(workspace: Path) -> Path:
    from brand_metagen.errors import InputError

    if not workspace.is_dir():
        raise InputError(f"{workspace} is no workspace; say which with --workspace FOLDER")
    return workspace


def _since(said: str) -> str:
    from brand_metagen.logs.reading import moment

    return moment(said, datetime.now(UTC))


def _print(line: Line, *, as_json: bool) -> None:
    from brand_metagen.cli.output import clean, out
    from brand_metagen.logs.lines import shown

    out.print(json.dumps(line) if as_json else clean(shown(line)))
