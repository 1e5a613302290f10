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
MOST_ASKED = 8


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
    whole = sections.key_figure(now, then, before)
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
    """Metrics that have a value in both periods and moved."""
    rows: list[tuple[Cell, ...]] = []
    for now, then in told.metrics:
        a, b = then.counted.value, now.counted.value
        if a is None or b is None or a == b:
            continue
        better = (b > a) is now.metric.rising
        word = Badge("better", Tone.GOOD) if better else Badge("worse", Tone.BAD)
        rows.append(
            (now.metric.title, sections.written(then), sections.written(now), word,
             _beyond(now, then))
        )  # fmt: skip
    if not rows:
        return Section("changed", "What changed", (
            Note(f"No figure has a value now and {over.before} and moved between them."),
        ))  # fmt: skip
    columns = (
        Column("metric", weight=2.4), Column(over.before, weight=1.3), Column("now"),
        Column("", weight=0.9), Column("could it be chance?", weight=1.6),
    )  # fmt: skip
    return Section("changed", "What changed", (
        Table(columns, tuple(rows), "metrics", len(rows), sections.METRICS),
    ))  # fmt: skip


def _beyond(now: Measured, then: Measured) -> str:
    """Whether two intervals leave each other no room: a careful test, which needs no more."""
    a, b = then.counted.interval, now.counted.interval
    if a is None or b is None:
        return "not known"
    return "hardly" if a[1] < b[0] or b[1] < a[0] else "it could"


def _asked(told: Told) -> Section:
    rows = tuple(_requests(told))
    if not rows:
        return Section(
            "asked", "What is asked", (Note("Nothing. All is as it should be.", Tone.GOOD),)
        )
    columns = (Column("what", weight=2), Column("why", weight=2), Column("command", weight=2.6))
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
                    f"{sections.METRICS} {now.metric.key}",
                )  # fmt: skip
    for issue in sections.systematic(told):
        share = f"{issue.category.replace('_', ' ')}: {issue.share:.0%} of remarks"
        yield issue.advice, share.replace("%", " %"), "brand-metagen analytics issues"
    due = [p.plan_id for p in told.plans if p.state is PlanState.OPEN and p.due <= told.today]
    if due:
        yield "review the plans that are due", ", ".join(due), "brand-metagen analytics plan list"
    if sections.by_key(told)["false_positive_rate"][0].counted.value is None:
        yield (
            "judge rows drawn by lot", "how often rows are wrong is not known",
            "brand-metagen analytics sample --kind taken",
        )  # fmt: skip
