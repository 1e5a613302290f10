"""The page on the data that came: what was left out or mended, labels, codes, thin brands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from brand_metagen.analytics.kinds import Over, changed, many, rate
from brand_metagen.analytics.run_figures import DataFigures, RunFigures
from brand_metagen.analytics.run_page import TABLE_WORDS
from brand_metagen.reports.charts import Bar, Series, number, percent
from brand_metagen.reports.model import (
    BarChart,
    Block,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
    TimeChart,
    Tone,
)

BEFORE = "in the run before"
RUNS_SHOWN = 12
THIN_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about brands' rows: a kind of issue, how bad, brands, rows, examples."""

    kind: str
    severity: str
    brands: int
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """Corrections made by one act."""

    batch_id: str
    made_at: str
    actor: str
    cells: int
    reason: str
    undone: bool


@dataclass(frozen=True, slots=True)
class QualityTold:
    """The run whose tables are told of, the one before it, all runs of the period, what was found
    about its brands, brands with few rows (name, rows) and corrections made in the period."""

    run: RunFigures | None
    before: RunFigures | None
    runs: tuple[RunFigures, ...]
    findings: tuple[Finding, ...]
    thin: tuple[tuple[str, str, int], ...]
    corrections: tuple[BatchFigures, ...]
    in_period: bool


def page_of(told: QualityTold, over: Over) -> Page:
    """The page; nothing in it is not in what is told."""
    run, data = told.run, told.run.data if told.run else None
    if run is None or data is None:
        return Page(
            "Data quality", over.title, over.scope,
            "No run had read its tables to their end by then: there is nothing to tell of.",
            over.made, sections=(_corrections(told),),
        )  # fmt: skip
    then = told.before.data if told.before else None
    return Page(
        title="Data quality",
        period=over.title,
        scope=_scope(told, run),
        lead=_lead(data, run),
        made=over.made,
        figures=tuple(_figures(data, then, run)),
        sections=(
            _left_out(data, run), _labels(told, run, data), _thin(told, data), _codes(data),
            _corrections(told), _over_runs(told),
        ),
        notes=("Shares have Wilson's interval of 95 %.",),
    )  # fmt: skip


def _scope(told: QualityTold, run: RunFigures) -> str:
    said = f"The tables of {run.run_id}, which ended {run.ended[:16].replace('T', ' ')} UTC"
    return said if told.in_period else f"{said}. No run ended in the period itself"


def _lead(data: DataFigures, run: RunFigures) -> str:
    wrong = run.labels.get("contradicted", 0)
    return (
        f"{many(data.bad, 'row')} of {number(data.rows)} left out, {number(data.collapsed)} exact "
        f"repeats folded. {number(data.unlabelled)} of "
        f"{number(data.labelled + data.unlabelled)} transactions carry no label; "
        f"{many(wrong, 'label')} {'is' if wrong == 1 else 'are'} contradicted by what the row says."
    )


def _figures(data: DataFigures, then: DataFigures | None, run: RunFigures) -> Iterator[KeyFigure]:
    source = f"brand-metagen runs show {run.run_id}"
    rows = data.labelled + data.unlabelled
    wrong = run.labels.get("contradicted", 0)
    yield KeyFigure(
        "Rows left out", number(data.bad), f"of {number(data.rows)} read",
        Tone.WARN if data.bad else Tone.GOOD,
        change=changed(data.bad, then.bad if then else None, BEFORE), source=source,
    )  # fmt: skip
    yield KeyFigure(
        "Repaired", number(data.collapsed + data.corrected),
        f"{number(data.collapsed)} repeats folded, {number(data.corrected)} cells corrected",
        change=changed(data.collapsed, then.collapsed if then else None, BEFORE) if then else "",
        source="brand-metagen brands corrections",
    )  # fmt: skip
    yield KeyFigure(
        "Without a label", percent(data.unlabelled / rows) if rows else "–",
        f"{number(data.unlabelled)} of {number(rows)}",
        change=changed(data.unlabelled, then.unlabelled if then else None, BEFORE), source=source,
    )  # fmt: skip
    yield KeyFigure(
        "Suspicious labels", number(wrong),
        f"of {number(data.labelled)} labels: {rate(wrong, data.labelled)}",
        Tone.WARN if wrong else Tone.GOOD, source=source,
    )  # fmt: skip
    used = data.codes - data.codes_unused
    yield KeyFigure(
        "Category codes in use", percent(used / data.codes) if data.codes else "–",
        f"{number(used)} of {number(data.codes)}", source=source,
    )  # fmt: skip
    thin = data.brands_without_rows + data.brands_with_few_rows
    yield KeyFigure(
        "Brands with too few rows", number(thin),
        f"{number(data.brands_without_rows)} of them with none",
        Tone.WARN if thin else Tone.GOOD,
        change=changed(
            thin, then.brands_without_rows + then.brands_with_few_rows if then else None, BEFORE
        ),
        source="brand-metagen brands list",
    )  # fmt: skip


def _left_out(data: DataFigures, run: RunFigures) -> Section:
    reasons = [
        (TABLE_WORDS.get(t.table, t.table), why, n) for t in data.tables for why, n in t.reasons
    ]
    tables = tuple(
        (TABLE_WORDS.get(t.table, t.table), t.rows, t.good, t.bad, rate(t.bad, t.rows), t.collapsed)
        for t in data.tables
    )
    columns = (
        Column("table", weight=1.4), Column("read", number=True), Column("kept", number=True),
        Column("left out", number=True), Column("share left out (95 %)", weight=2),
        Column("repeats folded", number=True),
    )  # fmt: skip
    source = f"brand-metagen runs show {run.run_id}"
    blocks: list[Block] = [Table(columns, tables, "tables", len(tables), source)]
    if reasons:
        ranked = sorted(reasons, key=lambda r: (-r[2], r[0], r[1]))
        heads = (Column("table"), Column("why", weight=3), Column("rows", number=True))
        blocks.append(Table(heads, tuple(ranked), "reasons", len(ranked), source))
    else:
        blocks.append(Note("No row was left out.", Tone.GOOD))
    if data.stale:
        stale = tuple((line,) for line in data.stale)
        one = (Column("correction that no longer fits its table"),)
        blocks.append(
            Table(one, stale, "corrections", len(stale), "brand-metagen brands corrections")
        )
    return Section("left-out", "Rows left out and mended", tuple(blocks))


def _labels(told: QualityTold, run: RunFigures, data: DataFigures) -> Section:
    labels, given = run.labels, data.labelled
    agreed, wrong = labels.get("agreed", 0), labels.get("contradicted", 0)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("labels borne out by the row", agreed, rate(agreed, given)),
        ("labels contradicted: the row is confirmed for another brand", wrong, rate(wrong, given)),
        ("labels undecided", given - agreed - wrong, rate(given - agreed - wrong, given)),
        ("rows without a label that have one now", labels.get("added", 0),
         rate(labels.get("added", 0), data.unlabelled)),
    )  # fmt: skip
    columns = (
        Column("what", weight=3),
        Column("rows", number=True),
        Column("share (95 %)", weight=2),
    )
    blocks: list[Block] = [Table(columns, rows, "lines", len(rows), "brand-metagen export")]
    if told.findings:
        found: tuple[tuple[Cell, ...], ...] = tuple(
            (f.kind.replace("_", " "), f.severity, f.brands, f.rows, ", ".join(f.examples))
            for f in told.findings
        )
        heads = (
            Column("found out about brands", weight=1.6), Column("severity", weight=0.8),
            Column("brands", number=True), Column("rows", number=True),
            Column("such as", weight=2.5),
        )  # fmt: skip
        blocks.append(Table(heads, found, "kinds", len(found), "brand-metagen brands show BRAND"))
    return Section("labels", "Labels", tuple(blocks))


def _thin(told: QualityTold, data: DataFigures) -> Section:
    if not told.thin:
        return Section("thin", "Brands with too few rows", (Note("There are none.", Tone.GOOD),))
    columns = (Column("id"), Column("brand", weight=3), Column("labelled rows", number=True))
    total = data.brands_without_rows + data.brands_with_few_rows
    source = "brand-metagen brands list"
    return Section("thin", "Brands with too few rows", (
        Table(columns, told.thin[:THIN_SHOWN], "brands", max(total, len(told.thin)), source),
        Note("A rule of such a brand rests on its name alone, so a reviewer sees it first."),
    ))  # fmt: skip


def _codes(data: DataFigures) -> Section:
    used = data.codes - data.codes_unused
    bars = (
        Bar(
            "in use", used, f"{number(used)} ({percent(used / data.codes) if data.codes else '–'})"
        ),
        Bar("no transaction has them", data.codes_unused, number(data.codes_unused), "none"),
    )
    blocks: list[Block] = [BarChart("Category codes", bars, source="brand-metagen export")]
    if data.brands_without_sector:
        blocks.append(Note(f"{many(data.brands_without_sector, 'brand')} without a sector."))
    return Section("codes", "Category codes", tuple(blocks))


def _corrections(told: QualityTold) -> Section:
    if not told.corrections:
        return Section("corrections", "Corrections", (Note("None were made in the period."),))
    rows = tuple(
        (c.batch_id, c.made_at[:16].replace("T", " "), c.actor, c.cells,
         c.reason + (" (undone)" if c.undone else ""))
        for c in told.corrections
    )  # fmt: skip
    columns = (
        Column("batch"), Column("made (UTC)", weight=1.4), Column("by"),
        Column("cells", number=True), Column("why", weight=3),
    )  # fmt: skip
    source = "brand-metagen brands corrections"
    return Section("corrections", "Corrections", (
        Table(columns, rows, "batches", len(rows), source),
    ))  # fmt: skip


def _over_runs(told: QualityTold) -> Section:
    runs = [run for run in told.runs if run.data][-RUNS_SHOWN:]
    if len(runs) < 2:
        return Section("runs", "From run to run", (
            Note("There are not two runs yet to hold against each other."),
        ))  # fmt: skip
    chart = TimeChart(
        "Rows left out and labels contradicted, by run",
        tuple(run.run_id.removeprefix("RUN-") for run in runs),
        (
            Series("rows left out", tuple(run.data.bad if run.data else 0 for run in runs), "bad"),
            Series(
                "labels contradicted",
                tuple(run.labels.get("contradicted", 0) for run in runs), "warn",
            ),
        ),
        source="brand-metagen runs list",
    )  # fmt: skip
    return Section("runs", "From run to run", (chart,))
