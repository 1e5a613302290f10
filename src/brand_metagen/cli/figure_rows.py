"""`analytics evidence`: the rows behind any figure."""

from __future__ import annotations

from typing import Annotated

import typer

from brand_metagen.cli.brands import LimitOption
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened

FromOption = Annotated[str, typer.Option("--from", metavar="DAY", help="First day; 30 days back.")]
ToOption = Annotated[str, typer.Option("--to", metavar="DAY", help="Last day; today.")]


def evidence(
    figure: Annotated[
        str,
        typer.Argument(metavar="[FIGURE]", help="A metric, or what a report counts; none: which."),
    ] = "",
    begin: FromOption = "",
    end: ToOption = "",
    brand: Annotated[str, typer.Option(help="Only this brand's rows, and their sums.")] = "",
    limit: LimitOption = 50,
    offset: Annotated[int, typer.Option(min=0, help="Rows to pass over.")] = 0,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """The rows behind a figure.

    Their sums are its numerator and denominator; ids are those of the audit log, cases, remarks,
    runs, versions and rows.
    """
    from brand_metagen.analytics.evidence import FIGURES
    from brand_metagen.app import analysing, figure_rows, queries
    from brand_metagen.cli.output import clean, err, out, print_json, table

    if not figure:
        names = [(f.key, f.title, f.formula) for f in FIGURES.values()]
        if as_json:
            print_json([{"figure": k, "title": t, "formula": f} for k, t, f in names])
        else:
            out.print(table("", ("figure", "title", "formula"), names))
        return
    with opened(workspace) as open_workspace:
        wanted = analysing.period(begin, end, analysing.zone(open_workspace))
        brandid = queries.brand_id(open_workspace, brand) if brand else ""
        found = figure_rows.trace(open_workspace, figure, wanted, brandid, offset, limit)
    plain = figure_rows.plain(found)
    if as_json:
        print_json(plain)
        return
    value = "nothing to count" if found.value is None else f"{found.value:.3f}"
    sums = f"{found.whole.top:g}"
    sums += "" if found.figure.plain_count else f" ÷ {found.whole.bottom:g}"
    out.print(clean(f"{figure}: {value} = {sums}, {found.figure.formula}"))
    columns = ("what", "id", "brand", "at", "numerator", "denominator", "says")
    cells = [
        (r.kind.value, r.id, r.brandid, r.at[:19], f"{r.top:g}", f"{r.bottom:g}", r.says)
        for r in found.rows
    ]
    out.print(table("", columns, cells))
    if found.after is not None:
        rest = found.all - found.after
        err.print(f"{rest:,} rows more: --offset {found.after} or a higher --limit")
