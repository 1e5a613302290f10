"""`metadata`."""

from __future__ import annotations

from typing import Annotated

import typer

from brand_metagen.cli import versions
from brand_metagen.cli.brands import BrandArgument
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened

app = typer.Typer(help="Look at rules, try patterns, write versions.", no_args_is_help=True)
versions.add_to(app)


@app.command("show")
def show(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    version: Annotated[int | None, typer.Option(help="A version; the latest by default.")] = None,
    as_json: JsonOption = False,
) -> None:
    """A brand's rule, piece by piece, with its evidence."""
    from brand_metagen.app import queries
    from brand_metagen.cli.explain import explain
    from brand_metagen.cli.output import out, print_json
    from brand_metagen.publish.metadata import to_record

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        record = queries.metadata(open_workspace, brandid, version)
    if as_json:
        print_json(to_record(record))
        return
    for part in explain(record):
        out.print(part)


@app.command("test")
def try_rule(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    brand: Annotated[str, typer.Option(help="Test this brand's rule.")] = "",
    pattern: Annotated[str, typer.Option(help="Test this include pattern instead.")] = "",
    exclude: Annotated[str, typer.Option(help="With this exclude pattern.")] = "",
    mccids: Annotated[str, typer.Option(help="With these codes only, separated by commas.")] = "",
    narrative: Annotated[
        list[str] | None, typer.Option(help="Try these narratives instead of the market.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What a pattern or a brand's rule takes.

    From the last run's market, or from narratives given here.
    """
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.errors import InputError

    codes = [code.strip() for code in mccids.split(",") if code.strip()] or None
    with opened(workspace) as open_workspace:
        if brand:
            rule = queries.metadata(open_workspace, queries.brand_id(open_workspace, brand)).rule
            if rule is None:
                raise InputError(f"brand {brand} has no rule to test")
            pattern, exclude = pattern or rule.include, exclude or rule.exclude or ""
            codes = codes or list(rule.mccids)
        if not pattern:
            raise InputError("say what to test: --brand BRAND or --pattern PATTERN")
        if narrative:
            tried = queries.try_narratives(pattern, exclude or None, narrative)
            if as_json:
                print_json(tried)
            else:
                out.print(table("", ("narrative", "matched", "taken"), tried_rows(tried)))
            return
        found = queries.try_pattern(open_workspace, pattern, exclude or None, codes)
    if as_json:
        print_json(found)
        return
    out.print(f"takes {found.rows:,} rows, {found.share:.2%} of the market")
    labels = [(label or "(no label)", rows) for label, rows in found.labels]
    out.print(table("", ("labelled to", "rows"), labels))
    out.print(table("", ("samples",), [(sample,) for sample in found.samples]))


def tried_rows(tried: object) -> list[tuple[str, str, bool]]:
    """Rows of a table of tried narratives."""
    from brand_metagen.app.queries import Tried

    assert isinstance(tried, list)
    return [(t.narrative, t.matched, t.taken) for t in tried if isinstance(t, Tried)]
