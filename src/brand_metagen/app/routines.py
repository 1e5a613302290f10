"""The routines of a day, a week and a month: each point with its live figure, ticked by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from brand_metagen.analytics.history import History
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.app import diagnosing, health, health_services
from brand_metagen.app.analysing import stretch, zone
from brand_metagen.app.guards import said
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import BrandState, CaseState, PlanState
from brand_metagen.reports.periods import ONE_DAY, Period, today

PAGE = 200
"""Ticks read at once."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to do: what, and the command that does or shows it."""

    name: str
    what: str
    command: str
    figure: Callable[[Workspace, History, Period], str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A point on a day: its figure now, and who ticked it when with which note."""

    name: str
    what: str
    command: str
    figure: str
    done_by: str = ""
    done_at: str = ""
    note: str = ""


def walk(
    workspace: Workspace, routine: str, day: date | None = None, record: History | None = None
) -> list[Standing]:
    """The points of a routine with live figures and what was ticked today.

    The record is gathered where none is given. Raises InputError naming the routines there are.
    """
    points, _ = _routine(routine)
    span = over(workspace, routine, day)
    day, history = span.last, record or gather(workspace)
    ticks = _ticks(workspace, routine, day)
    found = []
    for point in points:
        by, at, note = ticks.get(point.name, ("", "", ""))
        figure = point.figure(workspace, history, span)
        found.append(Standing(point.name, point.what, point.command, figure, by, at, note))
    return found


def over(workspace: Workspace, routine: str, day: date | None = None) -> Period:
    """The days that a routine's figures are of, up to one day (today)."""
    _, days = _routine(routine)
    found_zone = zone(workspace)
    day = day or today(datetime.now(UTC), found_zone)
    return Period(day - (days - 1) * ONE_DAY, day + ONE_DAY, found_zone)


def tick(workspace: Workspace, actor: str, routine: str, name: str, note: str) -> None:
    """Write down that a point was done; raises InputError for a point that is not on the list."""
    points, _ = _routine(routine)
    known = [point.name for point in points]
    if name not in known:
        raise InputError(f"{routine} has no point {name!r}; it has {', '.join(known)}")
    said(workspace, note)
    day = today(datetime.now(UTC), zone(workspace))
    detail = {"day": day.isoformat(), "point": name, "note": note}
    workspace.store.note(actor, "routine", f"routine:{routine}", detail)


def _ticks(workspace: Workspace, routine: str, day: date) -> Mapping[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    before = 0
    while page := workspace.store.recent(
        PAGE, actions=("routine",), subject=f"routine:{routine}", before=before
    ):
        for row in page:
            if row.detail.get("day") == day.isoformat():
                ticked = (row.actor, row.at, str(row.detail["note"]))
                found.setdefault(str(row.detail["point"]), ticked)
        before = page[-1].sequence
        # Days are asked for around today: far older rows are of other days.
        if page[-1].at[:10] < (day - 2 * ONE_DAY).isoformat():
            break
    return found


def _routine(name: str) -> tuple[tuple[Point, ...], int]:
    if name not in ROUTINES:
        raise InputError(f"no routine {name!r}; there are {', '.join(ROUTINES)}")
    return ROUTINES[name]


def _alarms(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    return health_services.alarms(workspace).said


def _adoptable(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    return health_services.lessons(workspace).said


def _health(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    checks = health.health(workspace)
    wrong = [f"{c.part}: {c.said}" for c in checks if c.condition is not health.Condition.OK]
    return "; ".join(wrong) or f"all {len(checks)} parts are well"


def _waiting(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    return f"{workspace.store.count_states()[BrandState.AWAITING_REVIEW]:,} brands wait"


def _near_limit(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    near = workspace.settings.review.near_limit
    counted = workspace.store.rounds(BrandState.AWAITING_REVIEW).values()
    return f"{sum(count >= near for count in counted)} brands near the round limit"


def _open_cases(workspace: Workspace, history: History, span: Period) -> str:
    del span
    at_work = [c for c in history.cases if c.state in (CaseState.OPEN, CaseState.IN_PROGRESS)]
    late = [line for line in health.open_cases(workspace) if line.stands == "breached"]
    return f"{len(at_work)} open, {len(late)} past their time"


def _resolved(workspace: Workspace, history: History, span: Period) -> str:
    del workspace, span
    waiting = [c.case_id for c in history.cases if c.state is CaseState.RESOLVED]
    named = f": {', '.join(waiting[:5])}" if waiting else ""
    return f"{len(waiting)} resolved and not closed{named}"


def _metrics(workspace: Workspace, history: History, span: Period) -> str:
    del workspace
    said = []
    for key in ("approval_rate", "average_rounds", "escalation_rate"):
        value = measure(METRICS[key], history, stretch(span)).counted.value
        said.append(f"{METRICS[key].title.lower()} {'-' if value is None else f'{value:.2f}'}")
    return ", ".join(said)


def _trouble(workspace: Workspace, history: History, span: Period) -> str:
    del span
    found = diagnosing.diagnose(workspace, "all", record=history)
    return "; ".join(f"{f.trouble}: {f.cause}" for f in found) or "nothing found"


def _running(workspace: Workspace, history: History, span: Period) -> str:
    del history, span
    runs = workspace.store.runs()
    return f"{runs[-1].run_id} is {runs[-1].state.value}" if runs else "no run yet"


def _common(workspace: Workspace, history: History, span: Period) -> str:
    del workspace
    found = issues(history, stretch(span))
    return ", ".join(f"{i.category} {i.share:.0%}" for i in found[:3]) or "no remarks"


def _lessons(workspace: Workspace, history: History, span: Period) -> str:
    del workspace
    closed = [c for c in history.cases if c.closed_at and stretch(span).holds(c.closed_at)]
    return f"{len(closed)} cases closed with their lessons"


def _plans(workspace: Workspace, history: History, span: Period) -> str:
    del history
    plans = [p for p in workspace.store.plans() if p.state is PlanState.OPEN]
    due = [p.plan_id for p in plans if p.due <= span.last.isoformat()]
    return f"{len(plans)} open, {len(due)} due" + (f": {', '.join(due)}" if due else "")


def _approved(workspace: Workspace, history: History, span: Period) -> str:
    del workspace
    deeds = [d for d in history.deeds if stretch(span).holds(d.at)]
    approvals = sum(d.action == "approve" for d in deeds)
    return f"{approvals} approvals, {sum(d.gained + d.lost for d in deeds)} rows corrected"


ALERTS = Point("alerts", "look for alarms", "brand-metagen alarms list", _alarms)
HEALTH = Point("health", "parts that are not well", "brand-metagen health", _health)
QUEUE = Point("queue", "brands awaiting review", "brand-metagen review queue", _waiting)
URGENT = Point(
    "urgent",
    "feedback near the round limit",
    "brand-metagen review queue --from-round 8",
    _near_limit,
)
CASES = Point("escalations", "the escalation queue", "brand-metagen escalations list", _open_cases)
FIGURES = Point("metrics", "the figures", "brand-metagen analytics metrics", _metrics)
RUNNING = Point("processing", "what runs", "brand-metagen runs list", _running)
TROUBLE = Point("issues", "issues to tell of", "brand-metagen diagnose all", _trouble)
COMMON = Point("common", "what reviewers complain of", "brand-metagen analytics issues", _common)
PLANS = Point("plans", "plans and priorities", "brand-metagen analytics plan list", _plans)
TRENDS = Point("trends", "trends", "brand-metagen analytics trend", _metrics)
CLOSING = Point(
    "closing", "cases to close", "brand-metagen escalations list --state resolved", _resolved
)
LESSONS = Point(
    "lessons", "lessons learned", "brand-metagen escalations list --state closed", _lessons
)
ADOPTABLE = Point(
    "adopt",
    "lessons of other brands to try",
    "brand-metagen feedback adopt --proven --dry-run",
    _adoptable,
)
DONE = Point("done", "what was achieved", "brand-metagen analytics metrics", _approved)

ROUTINES: Mapping[str, tuple[tuple[Point, ...], int]] = {
    "morning": ((ALERTS, HEALTH, QUEUE, URGENT, CASES), 1),
    "afternoon": ((FIGURES, CASES, RUNNING, TROUBLE), 1),
    "evening": ((FIGURES, LESSONS, PLANS), 1),
    "monday": ((FIGURES, TRENDS, PLANS, CASES, ADOPTABLE), 7),
    "friday": ((DONE, CLOSING, LESSONS, PLANS), 7),
    "month-start": ((FIGURES, TRENDS, COMMON, PLANS), 31),
    "month-mid": ((PLANS, COMMON, TROUBLE), 31),
    "month-end": ((DONE, LESSONS, PLANS, TROUBLE), 31),
}  # fmt: skip
"""Points of each routine, and the days its figures are of."""
