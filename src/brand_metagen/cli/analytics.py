"""`analytics`: metrics, trends, issues, rows judged by lot, plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import known
from brand_metagen.cli.doubts import settings
from brand_metagen.cli.figure_rows import FromOption, ToOption, evidence
from brand_metagen.cli.learning import learning
from brand_metagen.cli.plans import plan_app
from brand_metagen.cli.recommend import recommend
from brand_metagen.cli.report import report
from brand_metagen.cli.schedule import schedule_app
from brand_metagen.cli.sparkline import sparkline
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError
from brand_metagen.ports import JudgedKind

if TYPE_CHECKING:
    from brand_metagen.analytics.metrics import Measured

app = typer.Typer(help="What the record of reviews says.", no_args_is_help=True)
app.add_typer(plan_app, name="plan")
app.command("evidence")(evidence)
app.command("learning")(learning)
app.command("settings")(settings)
app.command("recommend")(recommend)
app.add_typer(schedule_app, name="schedule")

app.command("report")(report)

MetricArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[METRIC]…", help="Which; all by default.")
]


@app.command("metrics")
def metrics(
    keys: MetricArgument = None,
    begin: FromOption = "",
    end: ToOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    formulas: Annotated[bool, typer.Option(help="Say what each metric counts.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Metrics over a period.

    Value, interval, what was counted, band, and what it asks for.
    """
    from brand_metagen.app import analysing
    from brand_metagen.app.history import gather
    from brand_metagen.cli.output import err, out, print_json, table

    which = analysing.chosen(keys or ())
    with opened(workspace) as open_workspace:
        wanted = analysing.period(begin, end, analysing.zone(open_workspace))
        found = analysing.measured(gather(open_workspace), which, wanted)
    if as_json:
        print_json([analysing.plain(now, before) for now, before in found])
        return
    columns = ("metric", "value", "95 %", "counted", "before", "band", "asks for")
    title = f"{wanted.first} to {wanted.last}"
    out.print(table(title, columns, list(map(_cells, found))))
    if formulas:
        out.print(table("", ("metric", "formula"), [(m.key, m.formula) for m in which]))
    err.print("the rows behind one: brand-metagen analytics evidence METRIC")


def _cells(pair: tuple[Measured, Measured]) -> tuple[object, ...]:
    now, before = pair
    counted = now.counted
    interval = ""
    if counted.interval and counted.bottom:
        interval = f"{counted.interval[0]:.3f} to {counted.interval[1]:.3f}"
    band = now.band.name if now.band else ""
    return (
        now.metric.key, value(now), interval, f"{counted.top:g} of {counted.bottom:g}",
        value(before), f"{band} (alarm)" if now.alarmed else band, now.action,
    )  # fmt: skip


def value(measured: Measured) -> str:
    """A metric's value, and that there is none."""
    found = measured.counted.value
    return "nothing to count" if found is None else f"{found:.3f}"


@app.command("trend")
def trend(
    keys: MetricArgument = None,
    begin: FromOption = "",
    end: ToOption = "",
    step: Annotated[int, typer.Option(min=1, max=366, help="Days of one step.")] = 1,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Metrics step by step, with a test for change (Mann-Kendall)."""
    from brand_metagen.app import analysing
    from brand_metagen.app.history import gather
    from brand_metagen.cli.output import out, print_json, table

    which = analysing.chosen(keys or ())
    with opened(workspace) as open_workspace:
        wanted = analysing.period(begin, end, analysing.zone(open_workspace))
        found = analysing.trends(gather(open_workspace), which, wanted, step)
    if as_json:
        print_json([analysing.plain_trend(t) for t in found])
        return
    good = {True: "better", False: "worse", None: ""}
    rows = [
        (t.metric.key, sparkline(t.values), t.direction, good[t.better], t.p, len(t.values))
        for t in found
    ]
    out.print(table("", ("metric", "", "trend", "", "p", "steps with a value"), rows))


@app.command("correlate")
def correlate(
    x: Annotated[str, typer.Argument(help="A figure of brands.")],
    y: Annotated[str, typer.Argument(help="Another one.")],
    begin: FromOption = "",
    end: ToOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """How two figures of brands go together.

    Rank correlation with its interval.
    """
    from brand_metagen.analytics.brands import FIGURES
    from brand_metagen.analytics.brands import correlate as correlated
    from brand_metagen.app import analysing
    from brand_metagen.app.history import gather
    from brand_metagen.cli.output import out, print_json

    unknown = [name for name in (x, y) if name not in FIGURES]
    if unknown:
        raise InputError(f"no figure {unknown[0]!r}; there are {', '.join(FIGURES)}")
    with opened(workspace) as open_workspace:
        wanted = analysing.stretch(analysing.period(begin, end, analysing.zone(open_workspace)))
        found = correlated(gather(open_workspace), wanted, x, y)
    if as_json:
        print_json({"x": x, "y": y, "brands": found.brands, "rho": found.rho,
                    "interval": found.interval, "says": found.says})  # fmt: skip
        return
    figure = "" if found.rho is None or found.interval is None else (
        f"rho {found.rho:.2f} ({found.interval[0]:.2f} to {found.interval[1]:.2f}), "
    )  # fmt: skip
    out.print(f"{x} and {y} over {found.brands} brands: {figure}{found.says}")


@app.command("issues")
def issues(
    begin: FromOption = "",
    end: ToOption = "",
    least: Annotated[int, typer.Option(min=1, help="Remarks from which one is listed.")] = 1,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What reviewers complain of, by category.

    With examples, and what is usually done.
    """
    from brand_metagen.analytics.issues import issues as found_issues
    from brand_metagen.app import analysing
    from brand_metagen.app.history import gather
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        wanted = analysing.stretch(analysing.period(begin, end, analysing.zone(open_workspace)))
        found = found_issues(gather(open_workspace), wanted, least)
    if as_json:
        print_json(found)
        return
    rows = [
        (i.category, i.remarks, i.share, i.brands, ", ".join(i.examples), i.sector, i.advice)
        for i in found
    ]
    columns = ("category", "remarks", "share", "brands", "examples", "mostly in", "advice")
    out.print(table("", columns, rows))


FIRST = {True: "approved", False: "not approved", None: ""}


@app.command("brands")
def brands(
    begin: FromOption = "",
    end: ToOption = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Brands at the most.")] = 20,
    below: Annotated[
        float | None, typer.Option(min=0, max=1, help="Only below this confidence now.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Brands that cost the most.

    Remarks, looks, confidence first and now, rows moved, cases.
    """
    from brand_metagen.analytics.brands import by_brand
    from brand_metagen.app import analysing
    from brand_metagen.app.history import gather
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        wanted = analysing.stretch(analysing.period(begin, end, analysing.zone(open_workspace)))
        whole = by_brand(gather(open_workspace), wanted)
    found = [b for b in whole if below is None or b.confidence < below][:limit]
    if as_json:
        print_json(found)
        return
    rows = [
        (b.brandid, b.brandname, b.remarks, b.rounds, FIRST[b.approved_at_first], b.approved,
         b.first_confidence,
         b.confidence, b.moved_rows, b.cases, ", ".join(b.categories))
        for b in found
    ]  # fmt: skip
    columns = (
        "id", "brand", "remarks", "looks", "first look", "approved", "confidence", "now", "rows",
        "cases", "said",
    )  # fmt: skip
    out.print(table("", columns, rows))


@app.command("sample")
def sample(
    kind: Annotated[
        str, typer.Option(help="taken: rows confirmed for a brand; left: rows labelled, not given.")
    ] = JudgedKind.TAKEN.value,
    rows: Annotated[int, typer.Option(min=1, max=1_000, help="Rows to draw.")] = 20,
    brand: Annotated[list[str] | None, typer.Option(help="Only this brand's.")] = None,
    seed: Annotated[int, typer.Option(help="Another number draws other rows.")] = 0,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw rows by lot for a human to judge.

    Rates of error are made of them.
    """
    from brand_metagen.app import analysing, queries
    from brand_metagen.cli.output import err, out, print_json, table

    found = known(JudgedKind, kind, "kind") or JudgedKind.TAKEN
    with opened(workspace) as open_workspace:
        brandids = [queries.brand_id(open_workspace, b) for b in brand or ()]
        sample_id, drawn = analysing.draw(open_workspace, actor(who), found, rows, brandids, seed)
        names = {b.brandid: b.brandname for b in open_workspace.store.brands()}
    if as_json:
        print_json({"sample_id": sample_id, "rows": drawn})
        return
    lines = [(f"{j.ccid}@{j.bankid}", names.get(j.brandid, j.brandid), j.narrative) for j in drawn]
    out.print(table(sample_id, ("row", "is it this brand's?", "narrative"), lines))
    err.print("next: brand-metagen analytics judge ROW --yes (or --no)")


@app.command("judge")
def judge(
    row: Annotated[str, typer.Argument(help="CCID@BANK of a drawn row.")],
    yes: Annotated[bool, typer.Option("--yes/--no", help="Whether the row is the brand's.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say whether a drawn row is the brand's."""
    from brand_metagen.app import analysing
    from brand_metagen.cli.output import clean, out, print_json

    ccid, at, bankid = row.rpartition("@")
    if not at:
        raise InputError(f"{row!r}: write a row as CCID@BANK")
    with opened(workspace) as open_workspace:
        found = analysing.judge(open_workspace, actor(who), ccid, bankid, belongs=yes)
    if as_json:
        print_json(found)
        return
    out.print(clean(f"{row}: what was done with it was {'right' if found.right else 'wrong'}"))
