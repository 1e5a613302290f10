"""One page for who has one minute: five figures, what changed, what is asked (REP-04)."""

from __future__ import annotations

from collections.abc import Iterator

from brand_metagen.analytics import sections
from brand_metagen.analytics.kinds import Over, many
from brand_metagen.analytics.metrics import Measured
from brand_metagen.analytics.sections import Told
from brand_metagen.ports import PlanState
from brand_metagen.reports.model import (
    Badge,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
    Tone,
)

FIGURES = (
    "approval_rate", "average_rounds", "escalation_rate", "high_confidence", "false_positive_rate",
)  # fmt: skip
MOST_CHANGED, MOST_ASKED = 8, 8
"""Rows of the two tables, so that all fits on one sheet."""


def page_of(told: Told, over: Over) -> Page:
    """The page; it fits on one sheet."""
    found = sections.by_key(told)
    return Page(
        title="Executive summary",
        period=over.title,
        scope=over.scope,
        lead=_lead(told),
        made=over.made,
        figures=tuple(_figure(*found[key], over.before) for key in FIGURES),
        sections=(_changed(told, over), _asked(told)),
    )


def _figure(now: Measured, then: Measured, before: str) -> KeyFigure:
    whole = sections.key_figure(now, then, before, "")
    return KeyFigure(whole.label, whole.value, whole.note, whole.tone, whole.target,
                     change=whole.change)  # fmt: skip


def _lead(told: Told) -> str:
    now = told.done
    return (
        f"{many(now.brands, 'brand')} processed in {many(now.runs, 'run')}, "
        f"{many(now.decisions, 'decision')} of reviewers, {many(now.approvals, 'approval')}; "
        f"{many(now.opened, 'case')} opened and {many(now.resolved, 'case')} resolved."
    )


def _changed(told: Told, over: Over) -> Section:
    """Metrics that have a value in both periods and moved, what is more than chance first."""
    moved = [_move(now, then) for now, then in told.metrics if _moved(now, then)]
    if not moved:
        return Section("changed", "What changed", (
            Note(f"No figure has a value now and {over.before} and moved between them."),
        ))  # fmt: skip
    rows = sorted(moved, key=lambda row: not isinstance(row[-1], Badge))
    columns = (
        Column("metric", weight=2.4), Column(over.before, weight=1.3), Column("now"),
        Column("which is", weight=1.6),
    )  # fmt: skip
    source = f"{sections.ANALYTICS} metrics {told.dates}"
    return Section("changed", "What changed", (
        Table(columns, tuple(rows[:MOST_CHANGED]), "metrics", len(rows), source),
    ))  # fmt: skip


def _moved(now: Measured, then: Measured) -> bool:
    a, b = then.counted.value, now.counted.value
    return a is not None and b is not None and sections.written(now) != sections.written(then)


def _move(now: Measured, then: Measured) -> tuple[Cell, ...]:
    """Better or worse only where two intervals leave each other no room: a careful test."""
    a, b = then.counted, now.counted
    word: Cell = "no more than chance may do"
    if a.interval is None or b.interval is None:
        word = "not known to be more than chance"
    elif a.interval[1] < b.interval[0] or b.interval[1] < a.interval[0]:
        better = ((b.value or 0.0) > (a.value or 0.0)) is now.metric.rising
        word = Badge("better", Tone.GOOD) if better else Badge("worse", Tone.BAD)
    return now.metric.title, sections.written(then), sections.written(now), word


def _asked(told: Told) -> Section:
    rows = tuple(_requests(told))
    if not rows:
        return Section(
            "asked", "What is asked", (Note("Nothing. All is as it should be.", Tone.GOOD),)
        )
    columns = (Column("what", weight=1.9), Column("why", weight=1.9), Column("command", weight=3))
    return Section("asked", "What is asked", (
        Table(columns, rows[:MOST_ASKED], "requests", len(rows)),
    ))  # fmt: skip


def _requests(told: Told) -> Iterator[tuple[Cell, ...]]:
    """What figures, cases and plans ask for, most pressing first."""
    if told.late_cases:
        yield (
            "settle the cases that are past their time", many(told.late_cases, "case"),
            "brand-metagen escalations list",
        )  # fmt: skip
    if told.done.failed_runs:
        yield (
            "find out why runs failed", many(told.done.failed_runs, "run"),
            "brand-metagen analytics report errors",
        )  # fmt: skip
    for wanted in ("poor", "fair"):
        for now, _ in told.metrics:
            if now.band and now.band.name == wanted:
                yield (
                    now.band.action,
                    f"{now.metric.title.lower()}: {sections.written(now)} ({wanted})",
                    f"{sections.ANALYTICS} evidence {now.metric.key}",
                )  # fmt: skip
    for issue in sections.systematic(told):
        share = f"{issue.category.replace('_', ' ')}: {issue.share:.0%} of remarks"
        yield (
            "act on what is systematic", share.replace("%", " %"),
            "brand-metagen analytics issues",
        )  # fmt: skip
    due = [p.plan_id for p in told.plans if p.state is PlanState.OPEN and p.due <= told.today]
    if due:
        yield "review the plans that are due", ", ".join(due), "brand-metagen analytics plan list"
    if sections.by_key(told)["false_positive_rate"][0].counted.value is None:
        yield (
            "judge rows drawn by lot", "how often rows are wrong is not known",
            "brand-metagen analytics sample --kind taken",
        )  # fmt: skip
