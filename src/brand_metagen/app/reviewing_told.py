"""What reports on reviewing tell, gathered from the record."""

from __future__ import annotations

from collections.abc import Sequence

from brand_metagen.analytics.brands import by_brand
from brand_metagen.analytics.history import History, Stretch
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.sections import Told
from brand_metagen.analytics.trend import trend
from brand_metagen.analytics.work import done, resources
from brand_metagen.app import analysing, health
from brand_metagen.app.history import gather
from brand_metagen.app.run_gathering import run_figures
from brand_metagen.app.workspace import Workspace
from brand_metagen.reports.periods import Period, Span, run_up

STEPS = 12
"""Periods that a trend looks back on."""
DAYS = 14
"""Days that the chart of a day's report looks back on."""


def told(workspace: Workspace, span: Span, period: Period, earlier: Period) -> Told:
    """All that a report on reviewing in a period tells."""
    history, runs = gather(workspace), run_figures(workspace)
    now, then = analysing.stretch(period), analysing.stretch(earlier)
    steps = [analysing.stretch(p) for p in run_up(span, period, STEPS)]
    days = list(period.days()) if span is not Span.DAY else list(run_up(Span.DAY, period, DAYS))
    acts, rows = _work(history, days)
    return Told(
        metrics=[(measure(m, history, now), measure(m, history, then)) for m in METRICS.values()],
        trends=[trend(m, history, steps) for m in METRICS.values()],
        issues=issues(history, now),
        issues_before=_by_category(history, then),
        brands=by_brand(history, now),
        plans=workspace.store.plans(),
        done=done(history, now),
        done_before=done(history, then),
        took=resources(history, runs, now),
        took_before=resources(history, runs, then),
        late_cases=sum(c.stands == "breached" for c in health.open_cases(workspace)),
        today=period.last.isoformat(),
        dates=f"--from {period.first} --to {period.last}",
        days=tuple(f"{day.first.day} {day.first:%b}" for day in days),
        acts=acts,
        rows=rows,
    )


def _by_category(history: History, span: Stretch) -> dict[str, int]:
    return {issue.category: issue.remarks for issue in issues(history, span)}


def _work(history: History, days: Sequence[Period]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Acts and rows moved, day by day."""
    acts, rows = [], []
    for day in map(analysing.stretch, days):
        deeds = [d for d in history.deeds if day.holds(d.at)]
        acts.append(len(deeds))
        rows.append(sum(d.gained + d.lost for d in deeds))
    return tuple(acts), tuple(rows)
