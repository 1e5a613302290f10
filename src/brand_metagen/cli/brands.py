"""`brands`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from brand_metagen.cli import brand_admin
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened
from brand_metagen.errors import InputError

app = typer.Typer(help="Look at brands and their rows, and change them.", no_args_is_help=True)

BrandArgument = brand_admin.BrandArgument
LimitOption = Annotated[int, typer.Option(min=1, max=1_000_000, help="Rows at the most.")]


@app.command("list")
def list_brands(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    state: Annotated[str, typer.Option(help="Only brands in this state.")] = "",
    confirm: Annotated[bool, typer.Option(help="Only brands that require confirmation.")] = False,
    limit: LimitOption = 10_000,
    as_json: JsonOption = False,
) -> None:
    """All brands, the least sure first."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.ports import BrandState

    wanted = known(BrandState, state, "state")
    with opened(workspace) as open_workspace:
        found = queries.brands(open_workspace, wanted)
    lines = [b for b in found if b.requires_confirmation or not confirm]
    lines = sorted(lines, key=lambda b: (b.confidence, b.brandid))[:limit]
    if as_json:
        print_json(lines)
        return
    rows = [
        (
            b.brandid,
            b.brandname,
            b.sector,
            b.state,
            b.version,
            b.confidence,
            b.requires_confirmation,
            b.rows,
        )
        for b in lines
    ]
    columns = ("id", "brand", "sector", "state", "v", "confidence", "confirm", "rows")
    out.print(table("", columns, rows))


Choice = TypeVar("Choice", bound=StrEnum)


def known(kind: type[Choice], wanted: str, what: str) -> Choice | None:
    """A member by its value, none for no text; InputError names what there is."""
    try:
        return kind(wanted) if wanted else None
    except ValueError as error:
        known = ", ".join(member.value for member in kind)
        raise InputError(f"no {what} {wanted!r}; there are {known}") from error


@app.command("show")
def show_brand(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One brand: its rule, and what its rows show."""
    from brand_metagen.app import queries
    from brand_metagen.cli.explain import explain
    from brand_metagen.cli.output import out, print_json
    from brand_metagen.publish.metadata import to_record

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        (line,) = [b for b in queries.brands(open_workspace) if b.brandid == brandid]
        record = queries.metadata(open_workspace, brandid)
        evaluation = queries.evaluation(open_workspace, brandid)
    if as_json:
        print_json({**to_record(record), "state": line.state, "evaluation": evaluation})
        return
    for part in explain(record):
        out.print(part)
    for issue in evaluation["issues"]:
        out.print(f"  {issue['severity']:<7} {issue['kind']}: {issue['description']}")


@app.command("combos")
def brand_combos(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    decision: Annotated[str, typer.Option(help="Only rows with this decision.")] = "",
    limit: LimitOption = 50,
    offset: Annotated[int, typer.Option(min=0, help="Rows to pass over.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Rows labelled to a brand or decided for it."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.records import Decision

    wanted = known(Decision, decision, "decision")
    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        found = queries.combos(open_workspace, brandid, wanted, limit, offset)
    if as_json:
        print_json(found)
        return
    columns = (
        "ccid",
        "bankid",
        "mccid",
        "narrative",
        "given_brandid",
        "brandid",
        "decision",
        "confidence",
        "reason",
    )
    out.print(table("", columns, [[row[c] for c in columns] for row in found]))


@app.command("narratives")
def brand_narratives(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Distinct narratives of a brand, the most frequent first."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        found = queries.narratives(open_workspace, brandid, limit)
    if as_json:
        print_json(found)
        return
    columns = ("rows", "narrative", "decision", "taken", "labelled")
    out.print(table("", columns, [[row[c] for c in columns] for row in found]))


brand_admin.add_to(app)
