"""`analytics report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brand_metagen.cli.brands import known
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
)
from brand_metagen.errors import InputError

KINDS = (
    "daily, weekly, monthly, executive, run, data-quality, performance, errors or wallets."
)  # fmt: skip


def report(
    kind: Annotated[str, typer.Argument(help=KINDS)],
    day: Annotated[
        str, typer.Option("--date", metavar="DAY", help="A day of the period; today by default.")
    ] = "",
    span: Annotated[
        str, typer.Option(help="daily, weekly or monthly: another period than the kind's own.")
    ] = "",
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Of run or data-quality; the last one.")
    ] = "",
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="The workspace's reports by default.")
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", help="html, pdf or json; all by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """A report as HTML, PDF and JSON.

    On reviewing over a period, on a run, on data, time, errors or wallets.
    """
    from brand_metagen.analytics.kinds import Kind
    from brand_metagen.app import analysing, analytics_report
    from brand_metagen.app.analytics_report import Wanted
    from brand_metagen.app.report_files import FORMATS
    from brand_metagen.cli.output import clean, err, print_json
    from brand_metagen.reports.periods import Span
    from brand_metagen.reports.plain import plain

    found = known(Kind, kind or "none", "kind of report") or Kind.DAILY
    if run and found not in (Kind.RUN, Kind.DATA_QUALITY):
        raise InputError("--run goes with run and data-quality")
    wanted = Wanted(
        found, analysing.day(day) if day else None, known(Span, span, "span"), run_id=run
    )
    with opened(workspace, changes) as open_workspace:
        made = analytics_report.make(open_workspace, wanted)
        written = analytics_report.write(open_workspace, made, tuple(form or FORMATS), out_folder)
    if as_json:
        print_json({**plain(made.figures), "files": written.files})
        return
    files = ", ".join(path.name for path in written.files)
    err.print(clean(f"{written.period}: {files} in {written.files[0].parent}"))
