"""`analytics learning`: whether manual work falls, and what lessons were worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brand_metagen.cli.figure_rows import FromOption, ToOption
from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened


def learning(
    begin: FromOption = "",
    end: ToOption = "",
    step: Annotated[int, typer.Option(min=1, max=366, help="Days of one step.")] = 7,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Lay a page with charts into this folder.")
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", help="html, pdf or json; all by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Does manual work per approved brand fall?

    And are lessons borne out elsewhere? Says falls, does not fall, or cannot be told yet; the last
    12 weeks by default.
    """
    from brand_metagen.app import learning as telling
    from brand_metagen.app.report_files import FORMATS
    from brand_metagen.cli.output import clean, err, out, print_json, table
    from brand_metagen.cli.sparkline import sparkline

    with opened(workspace) as open_workspace:
        wanted = telling.period(open_workspace, begin, end)
        found = telling.learning(open_workspace, wanted, step)
        if out_folder is not None:
            written = telling.write(
                open_workspace, found, wanted, tuple(form or FORMATS), out_folder
            )
            err.print(clean(", ".join(map(str, written.files))))
    if as_json:
        print_json(telling.plain(found))
        return
    out.print(clean(found.headline))
    work = [(w.trend.metric.key, sparkline(w.trend.values), w.says, w.why) for w in found.work]
    out.print(table("\nper approved brand", ("measure", "", "says", "rests on"), work))
    lessons = [
        (t.says, t.learned_on, t.proposed, len(t.taken), len(t.refused), len(t.open))
        for t in found.taught
    ]
    columns = ("lesson", "learned on", "proposed", "taken", "refused", "open")
    out.print(table("\nlessons", columns, lessons))
    effects = [
        (e.measure, _mean(e.taken_value, e.taken), _mean(e.without_value, e.without), e.says)
        for e in found.effects
    ]
    named = ("afterwards", "brands that took one", "that took none", "says")
    out.print(table("\nwhat they were worth", named, effects))


def _mean(value: float | None, brands: int) -> str:
    return "–" if value is None else f"{value:.2f} over {brands}"
