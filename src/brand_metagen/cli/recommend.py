"""`analytics recommend`: what the record recommends."""

from __future__ import annotations

from brand_metagen.cli.figure_rows import FromOption, ToOption
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened


def recommend(
    begin: FromOption = "",
    end: ToOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What the record recommends, the gravest first.

    From bands, systematic issues, settings, lessons and brands near their limit.
    """
    from brand_metagen.app import analysing, recommending
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        wanted = analysing.period(begin, end, analysing.zone(open_workspace))
        found = recommending.recommendations(open_workspace, wanted)
    if as_json:
        print_json(found)
        return
    rows = [(r.about, r.why, r.do, r.command) for r in found]
    out.print(table("", ("about", "why", "do", "command"), rows))
    if not found:
        out.print("Nothing is recommended.")
