"""Reports of every kind: gathered from the record, laid down as HTML, PDF and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from brand_metagen.analytics import (
    errors_page,
    performance_page,
    quality_page,
    run_page,
    wallets_page,
)
from brand_metagen.analytics.kinds import BEFORE, SPANS, Kind, Over
from brand_metagen.analytics.report import page_of
from brand_metagen.analytics.sections import Told
from brand_metagen.app import analysing, operating_told, reviewing_told
from brand_metagen.app.report_files import Written, lay_down
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.reports.model import Page
from brand_metagen.reports.periods import (
    Period,
    Span,
    before,
    key_of,
    period_of,
    title_of,
    today,
    written,
)

REVIEWING = (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EXECUTIVE)
"""Kinds that are about reviewing; the others are about runs and data."""


@dataclass(frozen=True, slots=True)
class Report:
    """A page and what it tells; `name` is that of its files."""

    name: str
    page: Page
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked for: its kind and a day of its period (today), of another span than
    the usual one, over a stretch of days of any length, or of one run."""

    kind: Kind
    day: date | None = None
    span: Span | None = None
    stretch: Period | None = None
    run_id: str = ""


def report(
    workspace: Workspace, kind: Kind, day: date | None = None, now: datetime | None = None
) -> Report:
    """The report of the day, week or month that holds a day (today) in `report.timezone`."""
    return make(workspace, Wanted(kind, day), now)


def make(workspace: Workspace, wanted: Wanted, now: datetime | None = None) -> Report:
    """Any report; raises InputError for a period that has not begun, NotFound for an unknown run.

    Figures are those of the record between the period's ends, so that a report on the past is the
    same whenever it is made; plans, states of brands and cases are as they stand now.
    """
    now = now or datetime.now(UTC)
    if wanted.kind is Kind.RUN:
        return _on_run(workspace, wanted.run_id or operating_told.last_run(workspace), now)
    span, period = _period(workspace, wanted, now)
    earlier = analysing.as_long_before(period) if wanted.stretch else before(span, period)
    over = _over(workspace, span, period, earlier, now)
    named = f"{_prefix(wanted)}-{_named(span, period, bool(wanted.stretch))}"
    if wanted.kind in REVIEWING:
        told = reviewing_told.told(workspace, span, period, earlier)
        page = page_of(wanted.kind, told, over)
        return Report(named, page, _head(wanted.kind, page, over) | _figures(told))
    page, found = _operating(workspace, wanted, over)
    return Report(named, page, _head(wanted.kind, page, over) | {"figures": found})


def _period(workspace: Workspace, wanted: Wanted, now: datetime) -> tuple[Span, Period]:
    zone = analysing.zone(workspace)
    span = wanted.span or SPANS[wanted.kind]
    period = wanted.stretch or period_of(span, wanted.day or today(now, zone), zone)
    if period.start > now:
        raise InputError(f"{period.first} has not begun yet; name an earlier day")
    return span, period


def _over(workspace: Workspace, span: Span, period: Period, earlier: Period, now: datetime) -> Over:
    zone, usual = workspace.settings.report.timezone, period_of(span, period.first, period.zone)
    whole = (usual.first, usual.after) == (period.first, period.after)
    title = (
        title_of(span, period) if whole else f"{written(period.first)} to {written(period.last)}"
    )
    return Over(
        title=f"{title} ({zone})",
        before=BEFORE[span] if whole else "as many days before",
        made=now.replace(microsecond=0).isoformat(),
        span=analysing.stretch(period),
        earlier=analysing.stretch(earlier),
        scope="All brands" if period.end <= now else "All brands; the period is not over",
        dates=f"--from {period.first} --to {period.last}",
    )


def _operating(workspace: Workspace, wanted: Wanted, over: Over) -> tuple[Page, object]:
    if wanted.kind is Kind.DATA_QUALITY:
        data = operating_told.of_data(workspace, over, wanted.run_id)
        return quality_page.page_of(data, over), data
    if wanted.kind is Kind.PERFORMANCE:
        time = operating_told.of_time(workspace, over)
        return performance_page.page_of(time, over), time
    if wanted.kind is Kind.ERRORS:
        errors = operating_told.of_errors(workspace, over)
        return errors_page.page_of(errors, over), errors
    wallets = operating_told.of_wallets(workspace, over)
    return wallets_page.page_of(wallets, over), {
        "run": wallets.run,
        "runs": wallets.runs,
        "judged": wallets.judged,
        "metrics": [analysing.plain(now, then) for now, then in wallets.metrics],
    }


def _on_run(workspace: Workspace, run_id: str, now: datetime) -> Report:
    told = operating_told.of_run(workspace, run_id)
    run = told.run
    ended = f"ended {run.ended[:16].replace('T', ' ')} UTC" if run.ended else run.state
    title = f"Begun {run.begun[:16].replace('T', ' ')} UTC, {ended}"
    here = analysing.stretch(analysing.period("", "", analysing.zone(workspace), now))
    over = Over(title, run_page.BEFORE, now.replace(microsecond=0).isoformat(), here, here)
    page = run_page.page_of(told, over)
    head = {"kind": Kind.RUN, "title": page.title, "period": page.period}
    return Report(f"run-{run_id}", page, head | {"figures": told})


def _head(kind: Kind, page: Page, over: Over) -> dict[str, Any]:
    """What the figures of every report begin with."""
    begin, end = over.span.begin, over.span.end
    return {"kind": kind, "title": page.title, "period": page.period, "begin": begin, "end": end}


def _figures(told: Told) -> dict[str, Any]:
    return {
        "metrics": [analysing.plain(a, b) for a, b in told.metrics],
        "trends": [analysing.plain_trend(t) for t in told.trends],
        "issues": told.issues,
        "issues_before": told.issues_before,
        "brands": told.brands,
        "plans": [analysing.plain_plan(plan) for plan in told.plans],
        "done": told.done,
        "done_before": told.done_before,
        "resources": told.took,
        "resources_before": told.took_before,
        "late_cases": told.late_cases,
        "days": told.days,
        "acts": told.acts,
        "rows_corrected": told.rows,
    }


def write(
    workspace: Workspace, made: Report, formats: Sequence[str], out: Path | None = None
) -> Written:
    """Lay a report into `out` (the workspace's `reports`)."""
    return lay_down(workspace, made.name, made.page, made.figures, formats, out)


def _prefix(wanted: Wanted) -> str:
    return f"reviewing-{wanted.kind}" if wanted.kind in REVIEWING else wanted.kind.value


def _named(span: Span, period: Period, several: bool) -> str:
    if several:
        return f"{period.first.isoformat()}-to-{period.last.isoformat()}"
    return key_of(span, period)
