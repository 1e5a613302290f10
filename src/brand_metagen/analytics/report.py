"""Reports on reviewing for a day, a week, a month, and for who has one minute (REP-01…04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brand_metagen.analytics import executive, sections
from brand_metagen.analytics.kinds import Kind, Over, many
from brand_metagen.analytics.sections import Told
from brand_metagen.reports.model import KeyFigure, Page, Section

LEADING: Mapping[Kind, tuple[str, ...]] = {
    Kind.DAILY: ("approval_rate", "escalation_rate", "average_rounds", "corrected_rows",
                 "false_positive_rate"),
    Kind.WEEKLY: ("approval_rate", "escalation_rate", "average_rounds", "high_confidence",
                  "false_positive_rate"),
    Kind.MONTHLY: ("approval_rate", "escalation_rate", "average_rounds", "high_confidence",
                   "reviewer_effort"),
}  # fmt: skip
"""Metrics at the head of the page, after the brands processed."""
BRANDS: Mapping[Kind, int] = {Kind.DAILY: 10, Kind.WEEKLY: 15, Kind.MONTHLY: 15}
"""Brands listed."""
NOTES = (
    "Shares have Wilson's interval of 95 %, means the normal one. A metric with nothing to count "
    "has no value.",
    "Rates of wrong and missed rows are of rows drawn by lot and judged by people.",
)


def page_of(kind: Kind, told: Told, over: Over) -> Page:
    """The report; nothing in it is not in what is told."""
    if kind is Kind.EXECUTIVE:
        return executive.page_of(told, over)
    return Page(
        title=f"Reviewing, {kind}",
        period=over.title,
        scope=over.scope,
        lead=lead(told),
        made=over.made,
        figures=tuple(_figures(kind, told, over.before)),
        sections=tuple(_sections(kind, told, over.before)),
        notes=NOTES,
    )


def lead(told: Told) -> str:
    """The most important in two sentences."""
    found = sections.by_key(told)
    approval, cases = found["approval_rate"][0], found["escalation_rate"][0]
    looks, escalated = int(approval.counted.bottom), int(cases.counted.top)
    if not looks:
        said = "No version was looked at for the first time; "
    else:
        said = f"{many(looks, 'version')} looked at for the first time, "
        said += f"{sections.written(approval)} of them approved; "
    said += f"{many(escalated, 'brand')} escalated. "
    poor = [n.metric.title.lower() for n, _ in told.metrics if n.band and n.band.name == "poor"]
    if poor:
        return said + f"Poor: {', '.join(poor)}."
    known = any(n.band for n, _ in told.metrics)
    return said + ("No metric is in its poor band." if known else "No metric has a value.")


def _figures(kind: Kind, told: Told, before: str) -> Iterator[KeyFigure]:
    yield sections.processed(told, before)
    found = sections.by_key(told)
    for key in LEADING[kind]:
        yield sections.key_figure(*found[key], before, told.dates)


def _sections(kind: Kind, told: Told, before: str) -> Iterator[Section]:
    yield sections.work(told, before)
    yield sections.issues(told, before)
    if kind is Kind.MONTHLY:
        yield sections.recommended(told)
    yield sections.metrics(told, before)
    yield sections.brands(told, BRANDS[kind])
    if kind is Kind.DAILY:
        return
    yield sections.trends(told)
    if kind is Kind.MONTHLY:
        yield sections.resources(told, before)
        yield sections.successes(told)
    yield sections.plans(told)
