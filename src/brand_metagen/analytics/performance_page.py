"""The page on time: runs by stage, slow brands, memory, remarks and other people's servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from brand_metagen.analytics.kinds import Over, many, seconds, size
from brand_metagen.analytics.run_figures import RunFigures
from brand_metagen.analytics.timing import Timing, percentile
from brand_metagen.reports.charts import Bar, number
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
    Tone,
)

RUNS_SHOWN = 12
STAGES_SHOWN = 5
"""Stages with a column of their own; the others stand together."""


@dataclass(frozen=True, slots=True)
class PerformanceTold:
    """Runs that completed in the period and in the one before it, the slowest brands (id, name,
    seconds) of the last, the seconds of remarks now and before, and of servers."""

    runs: tuple[RunFigures, ...]
    earlier: tuple[RunFigures, ...]
    slowest: tuple[tuple[str, str, float], ...]
    remarks: tuple[float, ...]
    remarks_before: tuple[float, ...]
    servers: tuple[Timing, ...]


def page_of(told: PerformanceTold, over: Over) -> Page:
    """The page; nothing in it is not in what is told."""
    return Page(
        title="Performance",
        period=over.title,
        scope="Runs that completed, remarks that were answered, servers that were asked",
        lead=_lead(told),
        made=over.made,
        figures=tuple(_figures(told, over)),
        sections=(_runs(told), _stages(told), _slow_brands(told), _remarks(told), _servers(told)),
        notes=(
            "A percentile is the value that so large a share does not exceed (nearest rank).",
            "Seconds are those of a step's work; waits of a paused run are not among them.",
        ),
    )


def _lead(told: PerformanceTold) -> str:
    if not told.runs:
        said = "No run completed in the period. "
    else:
        took = sum(run.seconds for run in told.runs)
        said = f"{many(len(told.runs), 'run')} completed, with {seconds(took)} of work. "
    if told.remarks:
        middle = seconds(median(told.remarks))
        said += f"{many(len(told.remarks), 'remark')} answered, half of them within {middle}."
    else:
        said += "No remark was answered."
    return said


def _per_brand(runs: Sequence[RunFigures]) -> float | None:
    brands = sum(run.learned for run in runs)
    return sum(run.seconds for run in runs) / brands if brands else None


def _figures(told: PerformanceTold, over: Over) -> Iterator[KeyFigure]:
    now, then = _per_brand(told.runs), _per_brand(told.earlier)
    brands = sum(run.learned for run in told.runs)
    yield KeyFigure(
        "Time per brand", _took(now) if now is not None else "–",
        f"{many(brands, 'brand')} in {many(len(told.runs), 'run')}",
        change=f"{_took(then)} {over.before}" if then is not None else "",
        source=f"brand-metagen analytics evidence seconds_per_brand {over.dates}",
    )  # fmt: skip
    memory = max((run.memory for run in told.runs), default=0)
    earlier = max((run.memory for run in told.earlier), default=0)
    yield KeyFigure(
        "Most memory of a run", size(memory),
        "the largest process" if memory else "not recorded",
        change=f"{size(earlier)} {over.before}" if earlier else "",
        source="brand-metagen runs list",
    )  # fmt: skip
    yield KeyFigure(
        "A remark, 95 % within", _within(told.remarks, 0.95), many(len(told.remarks), "remark"),
        change=f"{_within(told.remarks_before, 0.95)} {over.before}" if told.remarks_before else "",
        source="brand-metagen audit export",
    )  # fmt: skip


def _within(values: Sequence[float], share: float) -> str:
    return seconds(percentile(sorted(values), share)) if values else "–"


def _runs(told: PerformanceTold) -> Section:
    if not told.runs:
        return Section("runs", "Runs", (Note("No run completed in the period."),))
    shown = told.runs[-RUNS_SHOWN:]
    bars = tuple(Bar(run.run_id, run.seconds, seconds(run.seconds)) for run in shown)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            run.run_id, run.ended[:16].replace("T", " "), run.learned, run.rows,
            seconds(run.seconds), _took(run.seconds / run.learned) if run.learned else "–",
            size(run.memory),
        )
        for run in shown
    )  # fmt: skip
    columns = (
        Column("run"), Column("ended (UTC)", weight=1.4), Column("brands", number=True),
        Column("rows", number=True), Column("time"), Column("per brand"), Column("memory"),
    )  # fmt: skip
    source = "brand-metagen runs list"
    table = Table(columns, rows, "runs", len(told.runs), source)
    chart = (BarChart("Seconds of work, by run", bars),) if len(bars) > 1 else ()
    return Section("runs", "Runs", (*chart, table))


def _stages(told: PerformanceTold) -> Section:
    if not told.runs:
        return Section("stages", "Stages", (Note("No run, no stages."),))
    last = told.runs[-1]
    ranked = sorted(last.stages, key=lambda stage: (-last.stages[stage], stage))
    leading = ranked[:STAGES_SHOWN]
    rows = tuple(
        (run.run_id, *(seconds(run.stages.get(s, 0.0)) for s in leading), _others(run, leading))
        for run in told.runs[-RUNS_SHOWN:]
    )
    columns = (Column("run"), *map(Column, leading), Column("all others"))
    bars = tuple(Bar(stage, last.stages[stage], seconds(last.stages[stage])) for stage in ranked)
    source = f"brand-metagen runs show {last.run_id}"
    chart = BarChart(f"Seconds by stage, {last.run_id}", bars, f"Seconds of {last.run_id}.", source)
    table = Table(columns, rows, "runs", len(told.runs), "brand-metagen runs list")
    return Section("stages", "Stages", (chart, *([table] if len(rows) > 1 else [])))


def _others(run: RunFigures, leading: Sequence[str]) -> str:
    return seconds(sum(took for stage, took in run.stages.items() if stage not in leading))


def _slow_brands(told: PerformanceTold) -> Section:
    title = "Brands that took longest"
    if not told.slowest:
        return Section("brands", title, (
            Note("No run of the period recorded what single brands took."),
        ))  # fmt: skip
    rows = tuple((brandid, name, f"{took:.3f} s") for brandid, name, took in told.slowest)
    columns = (Column("id"), Column("brand", weight=3), Column("to learn"))
    source = f"brand-metagen runs show {told.runs[-1].run_id} --json"
    return Section("brands", title, (
        Table(columns, rows, "brands", len(rows), source),
        Note("The slowest of each batch are kept. A process's first brand bears the reading of the "
             "market besides."),
    ))  # fmt: skip


def _remarks(told: PerformanceTold) -> Section:
    title = "Answers to remarks"
    if not told.remarks:
        return Section("remarks", title, (Note("No remark was answered in the period."),))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{share:.0%} within".replace("%", " %"), _within(told.remarks, share),
         _within(told.remarks_before, share))
        for share in (0.5, 0.9, 0.95, 0.99)
    )  # fmt: skip
    rows += (("the longest", seconds(max(told.remarks)),
              seconds(max(told.remarks_before)) if told.remarks_before else "–"),)  # fmt: skip
    columns = (
        Column("of remarks", weight=2),
        Column(f"in the period ({number(len(told.remarks))})"),
        Column(f"before ({number(len(told.remarks_before))})"),
    )
    source = "brand-metagen audit export"
    return Section("remarks", title, (Table(columns, rows, "shares", len(rows), source),))


def _servers(told: PerformanceTold) -> Section:
    title, source = "Other people's servers", "brand-metagen mcp profile"
    if not told.servers:
        return Section("servers", title, (Note("No server was asked in the period."),))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            t.server, t.tool, t.questions, _took(t.p50), _took(t.p90), _took(t.p95), _took(t.p99),
            number(t.slow),
        )
        for t in told.servers
    )  # fmt: skip
    columns = (
        Column("server", weight=1.4), Column("tool", weight=1.6), Column("questions", number=True),
        Column("half within"), Column("90 %"), Column("95 %"), Column("99 %"), Column("slow"),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, rows, "tools", len(rows), source)]
    failed = sum(t.outcomes.get("failed", 0) for t in told.servers)
    if failed:
        blocks.append(Note(f"{many(failed, 'question')} failed; the report on errors lists them.",
                           Tone.WARN))  # fmt: skip
    return Section("servers", title, tuple(blocks))


def _took(value: float) -> str:
    return f"{1000 * value:.0f} ms" if value < 1 else seconds(value)
