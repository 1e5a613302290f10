"""Parts of the reports on reviewing: metrics, work, remarks, brands, trends, successes, plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.brands import BrandFigures
from brand_metagen.analytics.issues import Issue
from brand_metagen.analytics.kinds import arrow, changed, many
from brand_metagen.analytics.metrics import Measured
from brand_metagen.analytics.trend import Trend
from brand_metagen.analytics.work import Done, Resources
from brand_metagen.ports import Plan
from brand_metagen.reports.charts import Bar, Series, number, percent
from brand_metagen.reports.model import (
    Badge,
    Block,
    Cell,
    Column,
    KeyFigure,
    Note,
    Section,
    ShareChart,
    Table,
    TimeChart,
    Tone,
)

ANALYTICS = "brand-metagen analytics"
TONES: Mapping[str, Tone] = {
    "excellent": Tone.GOOD, "good": Tone.GOOD, "fair": Tone.WARN, "poor": Tone.BAD,
}  # fmt: skip
SYSTEMATIC = 0.2
"""Share of all remarks from which an issue is called systematic (REP-03)."""
FILLS = ("accent", "warn", "tie", "good", "bad", "none")
"""Fill classes of the parts of a whole, in order."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report tells: metrics now and before, their trends, issues (and remarks by
    category before), brands and plans, what was done and what it took, now and before, cases past
    their time; `dates` are the options that name the period to other commands, `days` the names of
    the steps that `acts` and `rows` count, oldest first."""

    metrics: Sequence[tuple[Measured, Measured]]
    trends: Sequence[Trend]
    issues: Sequence[Issue]
    issues_before: Mapping[str, int]
    brands: Sequence[BrandFigures]
    plans: Sequence[Plan]
    done: Done
    done_before: Done
    took: Resources
    took_before: Resources
    late_cases: int
    today: str
    dates: str
    days: tuple[str, ...]
    acts: tuple[int, ...]
    rows: tuple[int, ...]


def written(measured: Measured) -> str:
    """A metric's value as it is read: shares in percent, everything else as a number."""
    value = measured.counted.value
    return "–" if value is None else figure(measured, value)


def figure(measured: Measured, value: float) -> str:
    """A value in a metric's unit."""
    if measured.metric.unit == "share":
        return percent(value)
    return f"{value:.2f} s" if measured.metric.unit == "seconds" else f"{value:.2f}"


def interval(measured: Measured) -> str:
    """The interval of 95 %, empty where there is none."""
    found = measured.counted.interval
    if not found or not measured.counted.bottom:
        return ""
    low, high = found
    if measured.metric.unit == "share":
        return f"{100 * low:.1f} to {100 * high:.1f} %"
    return f"{low:.2f} to {high:.2f}"


def short(value: float) -> str:
    """A count as it is, anything else to three digits."""
    return number(value) if value == int(value) else f"{value:.3g}"


def tone(measured: Measured) -> Tone:
    """What a metric's band says by colour."""
    return TONES[measured.band.name] if measured.band else Tone.PLAIN


def change(now: Measured, then: Measured, before: str) -> str:
    """An arrow, and what it was before; nothing where one of both has no value."""
    a, b = then.counted.value, now.counted.value
    return "" if a is None or b is None else f"{arrow(b, a)} {written(then)} {before}".strip()


def by_key(told: Told) -> Mapping[str, tuple[Measured, Measured]]:
    """The metrics by their keys."""
    return {now.metric.key: (now, then) for now, then in told.metrics}


def key_figure(now: Measured, then: Measured, before: str, dates: str) -> KeyFigure:
    """A metric as one of the figures at the head of a page."""
    counted, aim = now.counted, now.metric.target
    of = "of" if now.metric.unit == "share" else "÷"
    note = f"{short(counted.top)} {of} {short(counted.bottom)}"
    note = note if counted.bottom else "nothing to count"
    wide = interval(now)
    return KeyFigure(
        now.metric.title,
        written(now),
        f"{note}; 95 %: {wide}" if wide else note,
        tone(now),
        "" if aim is None else f"target {figure(now, aim)}",
        f"{now.band.name}: {now.band.action}" if now.band else "",
        change(now, then, before),
        f"{ANALYTICS} evidence {now.metric.key} {dates}",
    )


def processed(told: Told, before: str) -> KeyFigure:
    """Brands that runs went over, at the head of a page."""
    now, then = told.done, told.done_before
    note = f"{many(now.runs, 'run')}, {many(now.rows, 'row')}"
    if now.failed_runs:
        note += f"; {number(now.failed_runs)} failed"
    return KeyFigure(
        "Brands processed", number(now.brands), note,
        Tone.WARN if now.failed_runs else Tone.PLAIN,
        change=changed(now.brands, then.brands, before),
        source=f"{ANALYTICS} evidence seconds_per_brand {told.dates}",
    )  # fmt: skip


def metrics(told: Told, before: str) -> Section:
    """Every metric with its interval, band and change."""
    rows, without = [], []
    for now, then in told.metrics:
        counted = now.counted
        if counted.value is None and then.counted.value is None:
            without.append(now.metric.title.lower())
            continue
        band: Cell = Badge(now.band.name, tone(now)) if now.band else ""
        made_of = f"{short(counted.top)} ÷ {short(counted.bottom)}" if counted.bottom else ""
        rows.append(
            (
                now.metric.title, written(now), interval(now), made_of, change(now, then, ""),
                band, now.action,
            )
        )  # fmt: skip
    columns = (
        Column("metric", weight=2), Column("value"), Column("95 %", weight=1.5),
        Column("counted", weight=1.2), Column(before, weight=1.1), Column("band"),
        Column("asks for", weight=1.6),
    )  # fmt: skip
    table = Table(columns, tuple(rows), "metrics", len(rows), f"{ANALYTICS} metrics {told.dates}")
    left = [Note(f"Nothing to count, now and {before}: {', '.join(without)}.")] if without else []
    return Section("metrics", "Metrics", (table, *left))


def work(told: Told, before: str) -> Section:
    """What was done, against the period before, and day by day."""
    now, then = told.done, told.done_before
    names = (
        ("runs that ended", "runs"), ("of them failed", "failed_runs"),
        ("brands that runs went over", "brands"), ("versions that runs made", "versions"),
        ("decisions of reviewers", "decisions"), ("of them approvals", "approvals"),
        ("remarks", "remarks"), ("cases opened", "opened"), ("cases resolved", "resolved"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (words, a, b, arrow(a, b))
        for words, a, b in ((w, getattr(now, name), getattr(then, name)) for w, name in names)
    )  # fmt: skip
    columns = (
        Column("what", weight=3), Column("in the period", number=True),
        Column(before, number=True), Column("change", weight=0.7),
    )  # fmt: skip
    table = Table(columns, rows, "lines", len(rows), f"{ANALYTICS} evidence acts {told.dates}")
    if not any(told.acts):
        return Section("work", "Work", (table, Note("No reviewer did anything in these days.")))
    chart = TimeChart(
        "Acts of reviewers, and rows they corrected",
        told.days,
        (Series("acts", told.acts, "accent"),),
        Series("rows corrected", told.rows, "warn") if any(told.rows) else None,
        source=f"{ANALYTICS} evidence moved_rows {told.dates}",
    )
    return Section("work", "Work", (table, chart))


def issues(told: Told, before: str) -> Section:
    """Remarks by category, with their shares and what they were before."""
    title, source = "What reviewers say", f"{ANALYTICS} evidence remarks {told.dates}"
    if not told.issues:
        was = sum(told.issues_before.values())
        return Section("issues", title, (
            Note(f"There were no remarks; {number(was)} {before}."),
        ))  # fmt: skip
    parts = tuple(
        Bar(_words(i.category), i.remarks, f"{i.remarks} ({percent(i.share)})", style)
        for i, style in zip(told.issues, _styles(len(told.issues)), strict=True)
    )
    rows = tuple(
        (
            _words(i.category), i.remarks, told.issues_before.get(i.category, 0),
            arrow(i.remarks, told.issues_before.get(i.category, 0)),
            percent(i.share), ", ".join(i.examples), i.sector or "–",
        )
        for i in told.issues
    )  # fmt: skip
    columns = (
        Column("category", weight=1.5), Column("remarks", number=True),
        Column(before, number=True), Column("", weight=0.4), Column("share", weight=0.8),
        Column("most on brands", weight=2.2), Column("mostly in", weight=1.2),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        ShareChart("Remarks by category", parts),
        Table(columns, rows, "categories", len(rows), source),
    )
    return Section("issues", title, blocks)


def _styles(count: int) -> list[str]:
    return [FILLS[min(n, len(FILLS) - 1)] for n in range(count)]


def _words(name: str) -> str:
    return name.replace("_", " ")


def systematic(told: Told) -> list[Issue]:
    """Issues with a large share of the remarks, on more than one brand."""
    return [i for i in told.issues if i.share >= SYSTEMATIC and i.brands > 1]


def recommended(told: Told) -> Section:
    """Systematic issues with their share, and what is usually done about them."""
    title, found = "Systematic issues", systematic(told)
    aside = f"At least {percent(SYSTEMATIC)} of the remarks, on more than one brand."
    if not found:
        return Section("systematic", title, (Note(f"There are none. Counted: {aside.lower()}"),))
    rows = tuple(
        (_words(i.category), Badge(percent(i.share), Tone.WARN), i.remarks, i.brands,
         i.advice or "read the remarks")
        for i in found
    )  # fmt: skip
    columns = (
        Column("category", weight=1.3), Column("share", weight=0.8), Column("remarks", number=True),
        Column("brands", number=True), Column("recommendation", weight=3.5),
    )  # fmt: skip
    source = f"{ANALYTICS} issues {told.dates}"
    return Section("systematic", title, (
        Table(columns, rows, "issues", len(rows), source), Note(aside),
    ))  # fmt: skip


def resources(told: Told, before: str) -> Section:
    """Time of machines and people, and what advice cost."""
    now, then = told.took, told.took_before
    rows: tuple[tuple[Cell, ...], ...] = (
        ("runs, minutes of work", f"{now.seconds / 60:.1f}", f"{then.seconds / 60:.1f}",
         arrow(now.seconds, then.seconds)),
        ("people, minutes seen at work", f"{now.minutes:.0f}", f"{then.minutes:.0f}",
         arrow(round(now.minutes), round(then.minutes))),
        ("people", str(now.people), str(then.people), arrow(now.people, then.people)),
        ("advice, calls of a model", number(now.calls), number(then.calls),
         arrow(now.calls, then.calls)),
        ("advice, US dollars", _dollars(now.money), _dollars(then.money), ""),
    )  # fmt: skip
    columns = (
        Column("what", weight=2.4), Column("in the period"), Column(before), Column("", weight=0.4),
    )  # fmt: skip
    source = f"{ANALYTICS} evidence review_minutes {told.dates}"
    return Section("resources", "Resources", (
        Table(columns, rows, "lines", len(rows), source),
        Note("Minutes of people are those between two acts of the same person, longer pauses left "
             "out: they worked at least so long. The record keeps no other hours."),
    ))  # fmt: skip


def _dollars(money: float | None) -> str:
    return "no model was asked" if money is None else f"{money:.2f}"


def brands(told: Told, most: int) -> Section:
    """Brands that cost most."""
    source = f"{ANALYTICS} brands {told.dates}"
    if not told.brands:
        return Section("brands", "Brands", (Note("No brand was worked on."),))
    columns = (
        Column("id"), Column("brand", weight=2), Column("remarks", number=True),
        Column("looks", number=True), Column("confidence", weight=1.2),
        Column("rows moved", number=True), Column("cases", number=True),
    )  # fmt: skip
    rows = tuple(
        (
            b.brandid, b.brandname, b.remarks, b.rounds, _went(b.first_confidence, b.confidence),
            b.moved_rows, b.cases,
        )
        for b in told.brands[:most]
    )  # fmt: skip
    return Section("brands", "Brands that cost most", (
        Table(columns, rows, "brands", len(told.brands), source),
    ))  # fmt: skip


def _went(first: float, last: float) -> str:
    return f"{first:.2f} → {last:.2f}"


def trends(told: Told) -> Section:
    """The metrics over several periods, those of which something can be told."""
    words: dict[bool | None, Cell] = {
        True: Badge("better", Tone.GOOD), False: Badge("worse", Tone.BAD), None: "",
    }  # fmt: skip
    found = [t for t in told.trends if len(t.values) > 1]
    left = len(told.trends) - len(found)
    aside = "A trend is named when chance would make it in fewer than 5 of 100 cases."
    if left:
        aside += f" {many(left, 'metric')} had a value in one period at the most."
    if not found:
        return Section("trends", "Trends", (Note(aside),))
    rows = tuple(
        (
            t.metric.title, t.direction, words[t.better], f"{t.p:.3f}", len(t.values),
            " ".join(f"{v:.2f}" for v in t.values[-6:]),
        )
        for t in found
    )  # fmt: skip
    columns = (
        Column("metric", weight=2), Column("trend"), Column("", weight=0.9),
        Column("p", weight=0.7),
        Column("periods", number=True), Column("last values", weight=2.6),
    )  # fmt: skip
    return Section("trends", "Trends", (
        Table(columns, rows, "metrics", len(rows), f"{ANALYTICS} trend"), Note(aside),
    ))  # fmt: skip


def successes(told: Told) -> Section:
    """Brands that became surer through feedback, and were approved."""
    gained = sorted(
        (b for b in told.brands if b.approved and b.confidence > b.first_confidence),
        key=lambda b: (b.first_confidence - b.confidence, b.brandid),
    )
    if not gained:
        return Section("successes", "Successes", (Note("No brand became surer and was approved."),))
    columns = (Column("id"), Column("brand", weight=2), Column("confidence"), Column("looks", True))
    rows = tuple(
        (b.brandid, b.brandname, _went(b.first_confidence, b.confidence), b.rounds)
        for b in gained[:10]
    )
    return Section("successes", "Successes", (
        Table(columns, rows, "brands", len(gained), f"{ANALYTICS} brands {told.dates}"),
    ))  # fmt: skip


def plans(told: Told) -> Section:
    """Plans of action, as they stand when the report is made."""
    source = f"{ANALYTICS} plan list"
    if not told.plans:
        return Section("plans", "Plans", (Note("There are no plans of action."),))
    columns = (Column("plan"), Column("state"), Column("due"), Column("issue", weight=4))
    rows = tuple((p.plan_id, p.state.value, p.due, str(p.body["issue"])) for p in told.plans)
    return Section("plans", "Plans", (Table(columns, rows, "plans", len(rows), source),))
