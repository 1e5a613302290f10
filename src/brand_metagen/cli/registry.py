"""`registry`: known brands, looked up without asking anybody; their table made anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
    settings,
)

if TYPE_CHECKING:
    from brand_metagen.app.catalogue import Catalogue

app = typer.Typer(help="Known brands, sectors and codes.", no_args_is_help=True)


def _catalogue(workspace: Path, changes: list[str] | None) -> Catalogue:
    """Over the workspace's last run, where there is one."""
    from brand_metagen.app.catalogue_reading import catalogue

    if not workspace.is_dir():
        return catalogue(None, settings(None, changes).mcp)
    with opened(workspace, changes) as found:
        return catalogue(found, found.settings.mcp)


@app.command("search")
def search(
    name: Annotated[str, typer.Argument(help="A name; slips are forgiven.")],
    sector: Annotated[str, typer.Option(help="Only brands of this sector.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Brands at the most.")] = 10,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Brands by name, likest first: the customer's, then the world's."""
    from brand_metagen.cli.output import err, out, print_json, table

    found = _catalogue(workspace, changes).search(name, sector, limit)
    if as_json:
        print_json(found)
    elif found:
        columns = ("brandid", "name", "sector", "from", "likeness", "regions", "wikidata")
        rows = [
            (
                h.brandid,
                h.brandname,
                h.sector,
                h.origin,
                h.likeness,
                " ".join(h.regions),
                h.wikidata,
            )
            for h in found
        ]
        out.print(table("", columns, rows))
    else:
        err.print("unknown: no brand is called so or nearly so")


@app.command("check")
def check(
    brandid: Annotated[str, typer.Argument(metavar="BRANDID", help="As `search` gives it.")],
    sector: Annotated[str, typer.Argument(help="The sector to hold against it.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """How well a sector fits a brand's codes."""
    from brand_metagen.cli.output import out, print_json

    found = _catalogue(workspace, changes).check(brandid, sector)
    if as_json:
        print_json(found)
        return
    share = "no alignment" if found.alignment is None else f"alignment {found.alignment:.2f}"
    better = f"; rather {', '.join(found.alternatives)}" if found.alternatives else ""
    out.print(
        f"{found.brandname}, {found.sector}: {found.fit.value}, {share} ({found.basis}){better}"
    )


@app.command("rebuild")
def rebuild(
    brands: Annotated[Path, typer.Argument(help="The .tgz of npm pack name-suggestion-index.")],
    codes: Annotated[Path, typer.Argument(help="The .whl of pip download iso18245.")],
    out: Annotated[Path, typer.Option(help="Folder to write brands.csv.gz and mccs.csv to.")],
    as_json: JsonOption = False,
) -> None:
    """Make the packaged tables anew.

    From the published packages, the same bytes each time.
    """
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.registry.build import build

    count = dict(zip(("brands", "codes"), build(brands, codes, out), strict=True))
    if as_json:
        print_json({"out": out, **count})
    else:
        err.print(f"{count['brands']:,} brands and {count['codes']:,} codes in {out}")
