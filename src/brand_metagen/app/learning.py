"""Whether manual work falls and lessons are borne out: gathered, told, laid down as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brand_metagen.analytics.learning import effects, manual_work, taught
from brand_metagen.analytics.learning_page import Learning, page_of
from brand_metagen.app import analysing
from brand_metagen.app.analysing import plain_trend, steps, stretch
from brand_metagen.app.history import gather
from brand_metagen.app.report_files import Written, lay_down
from brand_metagen.app.workspace import Workspace
from brand_metagen.reports.periods import ONE_DAY, Period

WEEKS = 12
"""Weeks that are looked back on unless a period is named."""


def period(workspace: Workspace, begin: str, end: str) -> Period:
    """The period of two days as people write them; the last 12 weeks by default."""
    zone = analysing.zone(workspace)
    if not begin:
        last = analysing.period("", end, zone).last
        begin = (last - (7 * WEEKS - 1) * ONE_DAY).isoformat()
    return analysing.period(begin, end, zone)


def learning(workspace: Workspace, wanted: Period, days: int) -> Learning:
    """Manual work in steps of so many days, and what became of every lesson so far."""
    history, cut = gather(workspace), steps(wanted, days)
    return Learning(
        tuple(f"{step.first.day} {step.first:%b}" for step in cut),
        manual_work(history, [stretch(step) for step in cut]),
        taught(history),
        effects(history, history.lessons),
    )


def plain(found: Learning) -> dict[str, Any]:
    """What was found as JSON."""
    return {
        "says": found.work[0].says,
        "headline": found.headline,
        "work": [
            {**plain_trend(w.trend), "says": w.says, "why": w.why, "approvals": w.settled}
            for w in found.work
        ],
        "lessons": [
            {
                **asdict(t),
                "proposed": t.proposed,
                "effects": [{**asdict(e), "says": e.says} for e in t.effects],
            }
            for t in found.taught
        ],
        "effects": [{**asdict(e), "says": e.says} for e in found.effects],
    }


def write(
    workspace: Workspace,
    found: Learning,
    wanted: Period,
    formats: Sequence[str],
    out: Path,
    now: datetime | None = None,
) -> Written:
    """Lay the page down as `learning-FIRST-DAY`, with charts."""
    made = (now or datetime.now(UTC)).replace(microsecond=0).isoformat()
    page = page_of(found, f"{wanted.first} to {wanted.last}", made)
    name = f"learning-{wanted.first}"
    return lay_down(workspace, name, page, plain(found), formats, out)
