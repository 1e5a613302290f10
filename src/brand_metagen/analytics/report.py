"""A page on a period of reviewing: figures with their bands, trends, issues, brands (REP-01…04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.analytics.brands import BrandFigures
from brand_metagen.analytics.issues import Issue
from brand_metagen.analytics.metrics import Measured
from brand_metagen.analytics.trend import Trend
from brand_metagen.ports import Plan
from brand_metagen.reports.charts import Bar, Series, number, percent
from brand_metagen.reports.model import (
    Badge,
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

METRICS = "brand-metagen analytics metrics"
TONES: Mapping[str, Tone] = {
    "excellent": Tone.GOOD, "good": Tone.GOOD, "fair": Tone.WARN, "poor": Tone.BAD,
}  # fmt: skip
LEADING = (
    "approval_rate", "average_rounds", "escalation_rate", "high_confidence", "false_positive_rate",
    "reviewer_effort",
)  # fmt: skip
"""Figures at the head of the page."""
SYSTEMATIC = 0.2
"""Share of all remarks from which an issue is called systematic (REP-03)."""


class Kind(StrEnum):
    """Whom a report is for, which is how much it says."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    EXECUTIVE = "executive"


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report tells: metrics now and before, their trends, issues, brands and plans;
    `days` are the names of the steps that `acts` and `rows` count, oldest first."""

    metrics: Sequence[tuple[Measured, Measured]]
    trends: Sequence[Trend]
    issues: Sequence[Issue]
    brands: Sequence[BrandFigures]
    plans: Sequence[Plan]
    days: tuple[str, ...]
    acts: tuple[int, ...]
    rows: tuple[int, ...]


def page_of(kind: Kind, told: Told, period: str, before: str, made: str) -> Page:
    """The report; nothing in it is not in what is told."""
    parts = [_metrics(told, before)]
    if kind is not Kind.EXECUTIVE:
        parts += [_work(told), _issues(told), _brands(told)]
    if kind is not Kind.DAILY:
        parts += [_trends(told), _successes(told), _plans(told)]
    return Page(
        title=f"Reviewing, {kind}",
        period=period,
        scope="All brands",
        lead=_lead(told),
        made=made,
        figures=tuple(_key_figures(told, before)),
        sections=tuple(parts),
        notes=(
            "Shares have Wilson's interval of 95 %. A metric with nothing to count has no value.",
            "Rates of wrong and missed rows are of rows drawn by lot and judged by people.",
        ),
    )


def written(measured: Measured) -> str:
    """A metric's value as it is read: shares in percent, everything else as a number."""
    value = measured.counted.value
    if value is None:
        return "–"
    return percent(value) if measured.metric.unit == "share" else f"{value:.2f}"


def _short(value: float) -> str:
    """A count as it is, anything else to three digits."""
    return number(value) if value == int(value) else f"{value:.3g}"


def _many(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def _lead(told: Told) -> str:
    by_key = {now.metric.key: now for now, _ in told.metrics}
    approval, cases = by_key["approval_rate"], by_key["escalation_rate"]
    looks, escalated = int(approval.counted.bottom), int(cases.counted.top)
    said = f"{_many(looks, 'version')} looked at for the first time, "
    said += f"{written(approval)} of them approved; {_many(escalated, 'brand')} escalated. "
    poor = [
        now.metric.title.lower() for now, _ in told.metrics if now.band and now.band.name == "poor"
    ]
    return said + (f"Poor: {', '.join(poor)}." if poor else "No metric is in its poor band.")


def _key_figures(told: Told, before: str) -> Iterator[KeyFigure]:
    for now, then in told.metrics:
        if now.metric.key not in LEADING:
            continue
        counted = now.counted
        target = "" if now.metric.target is None else f"target {_aim(now)}"
        yield KeyFigure(
            now.metric.title,
            written(now),
            f"{_short(counted.top)} of {_short(counted.bottom)}",
            _tone(now),
            target,
            f"{now.band.name}: {now.band.action}" if now.band else "",
            _change(now, then, before),
            f"{METRICS} {now.metric.key}",
        )


def _aim(now: Measured) -> str:
    target = now.metric.target or 0.0
    return percent(target) if now.metric.unit == "share" else f"{target:g}"


def _tone(now: Measured) -> Tone:
    return TONES[now.band.name] if now.band else Tone.PLAIN


def _change(now: Measured, then: Measured, before: str) -> str:
    """An arrow, and what it was before; nothing where one of both has no value."""
    a, b = then.counted.value, now.counted.value
    if a is None or b is None:
        return ""
    arrow = "=" if a == b else "▲" if b > a else "▼"
    return f"{arrow} {written(then)} {before}"


def _metrics(told: Told, before: str) -> Section:
    rows = []
    for now, then in told.metrics:
        counted = now.counted
        interval = ""
        if counted.interval and counted.bottom:
            interval = f"{counted.interval[0]:.3f} to {counted.interval[1]:.3f}"
        band: Cell = Badge(now.band.name, _tone(now)) if now.band else ""
        rows.append(
            (
                now.metric.title, written(now), interval,
                f"{_short(counted.top)} ÷ {_short(counted.bottom)}",
                _change(now, then, before), band, now.action,
            )
        )  # fmt: skip
    columns = (
        Column("metric", weight=2), Column("value", weight=0.8), Column("95 %", weight=1.3),
        Column("counted"), Column("before", weight=1.4), Column("band"),
        Column("asks for", weight=1.6),
    )  # fmt: skip
    table = Table(columns, tuple(rows), "metrics", len(rows), METRICS)
    return Section("metrics", "Metrics", (table,))


def _work(told: Told) -> Section:
    chart = TimeChart(
        "Acts of reviewers, and rows they corrected",
        told.days,
        (Series("acts", told.acts, "accent"),),
        Series("rows corrected", told.rows, "warn") if any(told.rows) else None,
        source="brand-metagen analytics trend reviewer_effort corrected_rows",
    )
    return Section("work", "Work", (chart,) if any(told.acts) else (Note("Nobody reviewed."),))


def _issues(told: Told) -> Section:
    if not told.issues:
        return Section("issues", "What reviewers say", (Note("There were no remarks."),))
    bars = tuple(
        Bar(i.category.replace("_", " "), i.remarks, f"{i.remarks} ({percent(i.share)})", "accent")
        for i in told.issues
    )
    rows = tuple(
        (
            i.category.replace("_", " "), percent(i.share), ", ".join(i.examples), i.sector,
            Badge("systematic", Tone.WARN) if i.share >= SYSTEMATIC and i.brands > 1 else "",
            i.advice,
        )
        for i in told.issues
    )  # fmt: skip
    columns = (
        Column("category", weight=1.4), Column("share", weight=0.7), Column("brands", weight=1.4),
        Column("mostly in"), Column("", weight=0.9), Column("what is usually done", weight=3),
    )  # fmt: skip
    source = "brand-metagen analytics issues"
    blocks: tuple[Block, ...] = (
        BarChart("Remarks by category", bars, source=source),
        Table(columns, rows, "categories", len(rows), source),
    )
    return Section("issues", "What reviewers say", blocks)


def _brands(told: Told, most: int = 20) -> Section:
    source = "brand-metagen analytics brands"
    if not told.brands:
        return Section("brands", "Brands", (Note("No brand was worked on."),))
    columns = (
        Column("id"), Column("brand", weight=2), Column("remarks", number=True),
        Column("looks", number=True), Column("confidence", weight=1.2),
        Column("rows moved", number=True), Column("cases", number=True),
    )  # fmt: skip
    rows = tuple(
        (
            b.brandid, b.brandname, b.remarks, b.rounds,
            f"{b.first_confidence:.2f} → {b.confidence:.2f}", b.moved_rows, b.cases,
        )
        for b in told.brands[:most]
    )  # fmt: skip
    return Section("brands", "Brands that cost most", (
        Table(columns, rows, "brands", len(told.brands), source),
    ))  # fmt: skip


def _trends(told: Told) -> Section:
    words: dict[bool | None, Cell] = {
        True: Badge("better", Tone.GOOD), False: Badge("worse", Tone.BAD), None: "",
    }  # fmt: skip
    rows = tuple(
        (
            t.metric.title, t.direction, words[t.better], f"{t.p:.3f}", len(t.values),
            " ".join(f"{v:.2f}" for v in t.values[-6:]),
        )
        for t in told.trends
    )  # fmt: skip
    columns = (
        Column("metric", weight=2), Column("trend"), Column(""), Column("p"),
        Column("steps", number=True), Column("last values", weight=2.4),
    )  # fmt: skip
    return Section("trends", "Trends", (
        Table(columns, rows, "metrics", len(rows), "brand-metagen analytics trend"),
        Note("A trend is named when chance would make it in fewer than 5 of 100 cases."),
    ))  # fmt: skip


def _successes(told: Told) -> Section:
    """Brands that became surer through feedback, and were approved."""
    gained = sorted(
        (b for b in told.brands if b.approved and b.confidence > b.first_confidence),
        key=lambda b: b.first_confidence - b.confidence,
    )
    if not gained:
        return Section("successes", "Successes", (Note("No brand became surer and was approved."),))
    columns = (Column("id"), Column("brand", weight=2), Column("confidence"), Column("looks", True))
    rows = tuple(
        (b.brandid, b.brandname, f"{b.first_confidence:.2f} → {b.confidence:.2f}", b.rounds)
        for b in gained[:10]
    )
    return Section("successes", "Successes", (Table(columns, rows, "brands", len(gained)),))


def _plans(told: Told) -> Section:
    source = "brand-metagen analytics plan list"
    if not told.plans:
        return Section("plans", "Plans", (Note("There are no plans of action."),))
    columns = (Column("plan"), Column("state"), Column("due"), Column("issue", weight=4))
    rows = tuple((p.plan_id, p.state.value, p.due, str(p.body["issue"])) for p in told.plans)
    return Section("plans", "Plans", (Table(columns, rows, "plans", len(rows), source),))
