"""Reports on reviewing: gathered from the record, laid down as HTML, PDF and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from brand_metagen.analytics.brands import by_brand
from brand_metagen.analytics.history import History
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.report import Kind, Told, page_of
from brand_metagen.analytics.trend import trend
from brand_metagen.app import analysing
from brand_metagen.app.history import gather
from brand_metagen.app.report_files import Written, lay_down
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.reports.model import Page
from brand_metagen.reports.periods import (
    Period,
    Span,
    before,
    period_of,
    run_up,
    title_of,
    today,
)

SPANS = {
    Kind.DAILY: Span.DAY, Kind.WEEKLY: Span.WEEK, Kind.MONTHLY: Span.MONTH,
    Kind.EXECUTIVE: Span.MONTH,
}  # fmt: skip
BEFORE = {Span.DAY: "the day before", Span.WEEK: "the week before", Span.MONTH: "the month before"}
STEPS = 12
"""Periods that a trend looks back on."""


@dataclass(frozen=True, slots=True)
class Report:
    """A page and what it tells; `name` is that of its files."""

    name: str
    page: Page
    figures: dict[str, Any]


def report(
    workspace: Workspace, kind: Kind, day: date | None = None, now: datetime | None = None
) -> Report:
    """The report of the day, week or month that holds a day (today) in `report.timezone`.

    Raises InputError for a period that has not begun.
    """
    now, zone = now or datetime.now(UTC), analysing.zone(workspace)
    span = SPANS[kind]
    period = period_of(span, day or today(now, zone), zone)
    if period.start > now:
        raise InputError(f"{period.first} has not begun yet; name an earlier day")
    told = _told(workspace, span, period)
    title = f"{title_of(span, period)} ({workspace.settings.report.timezone})"
    page = page_of(kind, told, title, BEFORE[span], now.replace(microsecond=0).isoformat())
    figures = {
        "title": page.title,
        "period": title,
        "metrics": [analysing.plain(a, b) for a, b in told.metrics],
        "trends": [analysing.plain_trend(t) for t in told.trends],
        "issues": told.issues,
        "brands": told.brands,
        "plans": [analysing.plain_plan(plan) for plan in told.plans],
    }
    return Report(f"reviewing-{kind}-{_named(span, period)}", page, figures)


def write(
    workspace: Workspace, made: Report, formats: Sequence[str], out: Path | None = None
) -> Written:
    """Lay a report into `out` (the workspace's `reports`)."""
    return lay_down(workspace, made.name, made.page, made.figures, formats, out)


def _told(workspace: Workspace, span: Span, period: Period) -> Told:
    history = gather(workspace)
    now, then = analysing.stretch(period), analysing.stretch(before(span, period))
    steps = [analysing.stretch(p) for p in run_up(span, period, STEPS)]
    days = list(period.days()) if span is not Span.DAY else list(run_up(Span.DAY, period, 14))
    acts, rows = _work(history, days)
    return Told(
        [(measure(m, history, now), measure(m, history, then)) for m in METRICS.values()],
        [trend(m, history, steps) for m in METRICS.values()],
        issues(history, now),
        by_brand(history, now),
        workspace.store.plans(),
        tuple(f"{day.first.day} {day.first:%b}" for day in days),
        acts,
        rows,
    )


def _work(history: History, days: Sequence[Period]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    acts, rows = [], []
    for day in map(analysing.stretch, days):
        done = [d for d in history.deeds if day.holds(d.at)]
        acts.append(len(done))
        rows.append(sum(d.gained + d.lost for d in done))
    return tuple(acts), tuple(rows)


def _named(span: Span, period: Period) -> str:
    day = period.first
    if span is Span.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if span is Span.MONTH else day.isoformat()
