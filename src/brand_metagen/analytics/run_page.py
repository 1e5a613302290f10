"""The page on one run: what came of brands and rows, what to look at, and what it took (REP-05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brand_metagen.analytics.kinds import Over, changed, many, rate, seconds, size
from brand_metagen.analytics.run_figures import RunFigures
from brand_metagen.publish.report import DECISIONS
from brand_metagen.reports.charts import Bar, number, percent
from brand_metagen.reports.model import (
    BarChart,
    Block,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    ShareChart,
    Table,
    Tone,
)

BEFORE = "in the run before"
STATES = {"completed": Tone.GOOD, "failed": Tone.BAD}
TABLE_WORDS = {
    "brand": "brands", "brand_to_check": "brands to check", "combo": "transactions",
    "mcc": "category codes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run, the completed one before it, and where all brands stand now, by state."""

    run: RunFigures
    before: RunFigures | None
    states: Mapping[str, int]


def page_of(told: RunTold, over: Over) -> Page:
    """The page; nothing in it is not in what is told."""
    run = told.run
    return Page(
        title=f"Run {run.run_id}",
        period=over.title,
        scope=f"{many(run.learned, 'brand')} learned" + (" of a part" if run.only else ""),
        lead=_lead(run),
        made=over.made,
        figures=tuple(_figures(told)),
        sections=(
            *([_rows(told), _brands(told)] if run.rows else []),
            _trouble(run), _time(told), _tables(run),
        ),
        notes=("Shares have Wilson's interval of 95 %.",),
    )  # fmt: skip


def _lead(run: RunFigures) -> str:
    if not run.completed:
        why = f": {run.error}" if run.error else ""
        return f"The run is {run.state}{why}. What stands below is what it had done by then."
    shown = percent(run.decisions.get("confirmed", 0) / run.rows) if run.rows else "none"
    said = f"{many(run.rules, 'rule')} proven for {many(run.brands, 'brand')}; {shown} of "
    said += f"{many(run.rows, 'row')} confirmed. "
    if run.data and run.data.bad:
        said += f"{many(run.data.bad, 'row')} of the tables left out. "
    wrong = len(run.warnings) + len(run.failed_brands)
    return said + ("There are warnings." if wrong else "There are no warnings.")


def _figures(told: RunTold) -> Iterator[KeyFigure]:
    run, then = told.run, told.before
    show = f"brand-metagen runs show {run.run_id}"
    confirmed = run.decisions.get("confirmed", 0)
    yield KeyFigure(
        "State", run.state, run.error or f"release {run.release or '–'}",
        STATES.get(run.state, Tone.WARN), source=show,
    )  # fmt: skip
    if run.rows:
        yield KeyFigure(
            "Rules proven", number(run.rules),
            f"of {many(run.brands, 'brand')}, {number(run.abstained)} abstained, "
            f"{number(len(run.failed_brands))} failed",
            Tone.BAD if run.failed_brands else Tone.PLAIN,
            change=changed(run.rules, then.rules if then else None, BEFORE), source=show,
        )  # fmt: skip
        yield KeyFigure(
            "Rows confirmed", percent(confirmed / run.rows),
            f"{number(confirmed)} of {number(run.rows)}",
            change=changed(confirmed, then.decisions.get("confirmed", 0) if then else None, BEFORE),
            source="brand-metagen status",
        )  # fmt: skip
        yield KeyFigure(
            "For a reviewer first", number(run.to_confirm), f"of {many(run.brands, 'brand')}",
            change=changed(run.to_confirm, then.to_confirm if then else None, BEFORE),
            source="brand-metagen review queue",
        )  # fmt: skip
        yield KeyFigure(
            "Ties left open", number(run.decisions.get("tie", 0)),
            f"{number(run.ties_settled)} settled",
            change=changed(
                run.decisions.get("tie", 0), then.decisions.get("tie", 0) if then else None, BEFORE
            ),
            source="brand-metagen ties list",
        )  # fmt: skip
    yield KeyFigure(
        "Time of work", seconds(run.seconds), f"memory {size(run.memory)}",
        change=f"{seconds(then.seconds)} {BEFORE}" if then else "", source=show,
    )  # fmt: skip


def _rows(told: RunTold) -> Section:
    run, then = told.run, told.before
    parts = tuple(
        Bar(name, run.decisions.get(name, 0), f"{number(run.decisions.get(name, 0))}", style)
        for name, style, _ in DECISIONS
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name, run.decisions.get(name, 0), rate(run.decisions.get(name, 0), run.rows),
            number(then.decisions.get(name, 0)) if then else "–", words,
        )
        for name, _, words in DECISIONS
    )  # fmt: skip
    columns = (
        Column("decision", weight=1.2), Column("rows", number=True),
        Column("share (95 %)", weight=2), Column("run before", weight=0.9),
        Column("which means", weight=3),
    )  # fmt: skip
    source = "brand-metagen brands combos BRAND --decision confirmed"
    return Section("rows", "Rows", (
        ShareChart("Rows by decision", parts),
        Table(columns, rows, "decisions", len(rows), source),
    ))  # fmt: skip


def _brands(told: RunTold) -> Section:
    found = [(state, n) for state, n in told.states.items() if n]
    bars = tuple(Bar(state.replace("_", " "), n, number(n)) for state, n in found)
    labels = told.run.labels
    given = labels.get("given", 0)
    said = (
        f"Of {many(given, 'labelled row')}, {number(labels.get('agreed', 0))} are confirmed for "
        f"their label and {number(labels.get('contradicted', 0))} for another brand; "
        f"{many(labels.get('added', 0), 'row')} without a label got one."
    )  # fmt: skip
    source = "brand-metagen brands list"
    return Section("brands", "Where brands stand now", (
        BarChart("Brands by state", bars, source=source), Note(said),
    ))  # fmt: skip


def _trouble(run: RunFigures) -> Section:
    lines = [*run.warnings, *run.repeated]
    blocks: list[Block] = []
    if run.error:
        blocks.append(Note(f"It ended with: {run.error}", Tone.BAD))
    if lines:
        rows = tuple((line,) for line in lines)
        blocks.append(Table((Column("warning"),), rows, "warnings", len(rows),
                            f"brand-metagen runs show {run.run_id}"))  # fmt: skip
    if run.failed_brands:
        failed = tuple(run.failed_brands.items())
        columns = (Column("brand"), Column("what happened", weight=4))
        blocks.append(Table(columns, failed, "brands", len(failed),
                            "brand-metagen brands list --state failed"))  # fmt: skip
    if run.cases:
        blocks.append(Note(f"It opened or joined {', '.join(run.cases)}."))
    return Section("warnings", "Warnings", tuple(blocks or [Note("There are none.", Tone.GOOD)]))


def _time(told: RunTold) -> Section:
    run, then = told.run, told.before
    ranked = sorted(run.stages.items(), key=lambda x: (-x[1], x[0]))
    bars = tuple(Bar(stage, took, _against(stage, took, then)) for stage, took in ranked)
    if not bars:
        return Section("time", "Time", (Note("No step was begun."),))
    source = f"brand-metagen runs show {run.run_id}"
    caption = "In brackets: the run before." if then else ""
    return Section("time", "Time", (BarChart("Seconds by stage", bars, caption, source),))


def _against(stage: str, took: float, then: RunFigures | None) -> str:
    before = then.stages.get(stage) if then else None
    return seconds(took) + (f" ({seconds(before)})" if before is not None else "")


def _tables(run: RunFigures) -> Section:
    source = f"brand-metagen analytics report data-quality --run {run.run_id}"
    if run.data is None:
        return Section("tables", "Tables", (Note("The run's tables were not read to their end."),))
    rows = tuple(
        (
            TABLE_WORDS.get(t.table, t.table), t.rows, t.good, t.bad, t.collapsed,
            ", ".join(f"{why} {number(n)}" for why, n in t.reasons[:3]) or "–",
        )
        for t in run.data.tables
    )  # fmt: skip
    columns = (
        Column("table", weight=1.5), Column("read", number=True), Column("kept", number=True),
        Column("quarantined", number=True), Column("repeats folded", number=True),
        Column("quarantined for", weight=2.5),
    )  # fmt: skip
    return Section("tables", "Tables", (Table(columns, rows, "tables", len(rows), source),))
