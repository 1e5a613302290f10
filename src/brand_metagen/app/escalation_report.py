"""Reports on escalations, and what recurs among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from brand_metagen.app.report_files import FORMATS, Written, lay_down
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.escalate import figures, patterns
from brand_metagen.escalate.figures import Asked, Figures
from brand_metagen.escalate.history import History, histories
from brand_metagen.escalate.patterns import Analysis
from brand_metagen.escalate.report import page_of
from brand_metagen.ports import BrandState, Case, CaseFilter, CaseOrder
from brand_metagen.reports.model import Page
from brand_metagen.reports.periods import (
    Period,
    Span,
    before,
    key_of,
    period_of,
    run_up,
    today,
    zone_of,
)

PAGE = 500
"""Cases read at once."""
TREND_DAYS, TREND_WEEKS = 14, 8
"""Days that a daily report looks back on, weeks that a weekly one does."""


@dataclass(frozen=True, slots=True)
class Report:
    """A page and the figures it was made of; `name` is that of its files."""

    name: str
    page: Page
    figures: Figures


def report(
    workspace: Workspace, span: Span, day: date | None = None, now: datetime | None = None
) -> Report:
    """The report of the day, ISO week or month that holds a day (today) in `report.timezone`.

    A period that is not over is shown as it stands; raises InputError for one that has not begun.
    """
    now = now or datetime.now(UTC)
    zone_name = workspace.settings.report.timezone
    zone = zone_of(zone_name)
    period = period_of(span, day or today(now, zone), zone)
    if period.start > now:
        raise InputError(f"{period.first} has not begun yet in {zone_name}; name an earlier day")
    asked = Asked(period, before(span, period), _trend(span, period), _processed(workspace))
    settings = workspace.settings.escalate
    found = figures.figures(_histories(workspace, now), asked, now, settings)
    return Report(
        f"escalations-{span}-{key_of(span, period)}",
        page_of(span, found, zone_name, settings),
        found,
    )


def write(
    workspace: Workspace, made: Report, formats: Sequence[str] = FORMATS, out: Path | None = None
) -> Written:
    """Lay a report into `out` (the workspace's `reports`): all is made before a file is written."""
    return lay_down(workspace, made.name, made.page, plain(made), formats, out)


def analyse(
    workspace: Workspace,
    first: date | None = None,
    last: date | None = None,
    now: datetime | None = None,
) -> Analysis:
    """What recurs among the cases opened from `first` to `last` (both included; all by default)."""
    now = now or datetime.now(UTC)
    zone = zone_of(workspace.settings.report.timezone)
    found = _histories(workspace, now)
    last = last or today(now, zone)
    first = first or min([last, *(today(h.opened, zone) for h in found)])
    if first > last:
        raise InputError(f"--from {first} is later than --to {last}")
    period = Period(first, period_of(Span.DAY, last, zone).after, zone)
    return patterns.analyse(found, period, _sectors(workspace, found), now)


def _trend(span: Span, period: Period) -> tuple[Period, ...]:
    if span is Span.MONTH:
        return tuple(period.days())
    return run_up(span, period, TREND_WEEKS if span is Span.WEEK else TREND_DAYS)


def plain(made: Report) -> dict[str, Any]:
    """A report's figures under its title and period."""
    page = made.page
    return {"title": page.title, "period_name": page.period, "figures": made.figures}


def _histories(workspace: Workspace, now: datetime) -> tuple[History, ...]:
    """All cases, oldest first. Events are read after the cases: what came between is left out."""
    cases = sorted(_cases(workspace), key=lambda case: (case.opened_at, case.case_id))
    return histories(cases, workspace.store.case_events(), now)


def _cases(workspace: Workspace) -> Iterator[Case]:
    every = CaseFilter(states=(), order=CaseOrder.ID)
    cursor: str | None = None
    while True:
        page = workspace.store.cases(every, PAGE, cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _processed(workspace: Workspace) -> int:
    counts = workspace.store.count_states()
    return sum(n for state, n in counts.items() if state is not BrandState.DEACTIVATED)


def _sectors(workspace: Workspace, found: Sequence[History]) -> dict[str, str]:
    """Sectors of the cases' brands; a brand that no run knows has none."""
    sectors = {}
    for brandid in sorted({h.case.brandid for h in found if h.case.brandid}):
        try:
            sectors[brandid] = workspace.store.line(brandid).sector
        except InputError:
            continue
    return sectors
