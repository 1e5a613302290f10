"""Metrics over any period, trends, issues, rows drawn to be judged, and plans of action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, tzinfo
from hashlib import sha256
from math import isfinite
from typing import Any

import duckdb

from brand_metagen.analytics.history import History, Stretch
from brand_metagen.analytics.metrics import METRICS, Measured, Metric, measure
from brand_metagen.analytics.trend import Trend, trend
from brand_metagen.app.guards import said
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Draw, JudgedKind, Judgement, Plan, PlanState
from brand_metagen.reports.periods import ONE_DAY, Period, today, zone_of

USUAL_DAYS = 30
"""Days of a period that is not named (LA-12)."""
MOST_DRAWN = 1_000
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""What a period may lie in: as much again has to fit before it and after it in the calendar."""
MOST_STEPS = 1_000
"""Steps of a trend; each measures the whole record."""


def period(begin: str, end: str, zone: tzinfo = UTC, now: datetime | None = None) -> Period:
    """A period from two days as people write them, the last included; the last 30 days by default.

    Raises InputError for what is no day, or a period that ends before it begins.
    """
    last = day(end) if end else today(now or datetime.now(UTC), zone)
    first = day(begin) if begin else last - (USUAL_DAYS - 1) * ONE_DAY
    if first > last:
        raise InputError(f"the period ends before it begins: {first} to {last}")
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise InputError(f"name days of the years {FIRST_YEAR} to {LAST_YEAR}")
    return Period(first, last + ONE_DAY, zone)


def zone(workspace: Workspace) -> tzinfo:
    """The zone that days are counted in: `report.timezone`."""
    return zone_of(workspace.settings.report.timezone)


def stretch(wanted: Period) -> Stretch:
    """A period as the record's moments."""
    return Stretch(_stamp(wanted.start), _stamp(wanted.end))


def as_long_before(wanted: Period) -> Period:
    """The period of as many days that ends where this one begins."""
    return Period(wanted.first - (wanted.after - wanted.first), wanted.first, wanted.zone)


def steps(wanted: Period, days: int) -> list[Period]:
    """A period cut into steps of so many days; the last may be shorter."""
    found, first = [], wanted.first
    while first < wanted.after:
        after = min(first + days * ONE_DAY, wanted.after)
        found.append(Period(first, after, wanted.zone))
        first = after
    return found


def day(text: str) -> date:
    """A day as people write it; raises InputError for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no day; write it as 2026-11-30") from error


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def chosen(keys: Iterable[str]) -> list[Metric]:
    """The metrics named, all when none are; raises InputError naming those there are."""
    keys = tuple(keys)
    unknown = [key for key in keys if key not in METRICS]
    if unknown:
        raise InputError(f"no metric {unknown[0]!r}; there are {', '.join(METRICS)}")
    return [METRICS[key] for key in keys] or list(METRICS.values())


def measured(
    history: History, metrics: Sequence[Metric], wanted: Period
) -> list[tuple[Measured, Measured]]:
    """Each metric in a period, and in the one before it."""
    now, then = stretch(wanted), stretch(as_long_before(wanted))
    return [(measure(m, history, now), measure(m, history, then)) for m in metrics]


def plain(now: Measured, before: Measured | None = None) -> dict[str, Any]:
    """A measured metric as REST and `--json` show it."""
    metric, counted = now.metric, now.counted
    found: dict[str, Any] = {
        "metric": metric.key,
        "title": metric.title,
        "formula": metric.formula,
        "unit": metric.unit,
        "begin": now.span.begin,
        "end": now.span.end,
        "value": counted.value,
        "numerator": counted.top,
        "denominator": counted.bottom,
        "interval": list(counted.interval) if counted.interval and counted.bottom else None,
        "band": now.band.name if now.band else None,
        "action": now.action or None,
        "target": metric.target,
        "alarmed": now.alarmed,
        "brands": list(counted.brands),
        "note": counted.note,
    }
    if before is not None:
        found["before"] = before.counted.value
    return found


def trends(history: History, metrics: Sequence[Metric], wanted: Period, days: int) -> list[Trend]:
    """Each metric in steps of so many days, with a test for change."""
    if (wanted.after - wanted.first).days > days * MOST_STEPS:
        raise InputError(f"{MOST_STEPS:,} steps at the most: a shorter period, or a longer --step")
    return [trend(metric, history, list(map(stretch, steps(wanted, days)))) for metric in metrics]


def plain_trend(found: Trend) -> dict[str, Any]:
    """A trend as JSON."""
    return {
        "metric": found.metric.key,
        "direction": found.direction,
        "better": found.better,
        "tau": found.tau,
        "p": found.p,
        "steps": [
            {
                "begin": step.span.begin,
                "end": step.span.end,
                "value": step.counted.value,
                "denominator": step.counted.bottom,
            }
            for step in found.steps
        ],
    }


def draw(
    workspace: Workspace,
    actor: str,
    kind: JudgedKind,
    rows: int,
    brandids: Sequence[str] = (),
    seed: int = 0,
) -> tuple[str, list[Judgement]]:
    """Draw rows by lot from the last run for a human to judge; the sample's id and its rows.

    Every row has the same chance. The lot is the hash of seed and row: the same again draws the
    same.
    """
    if not 1 <= rows <= MOST_DRAWN:
        raise InputError(f"draw between 1 and {MOST_DRAWN} rows, not {rows}")
    drawn = sorted(_rows(workspace, kind, brandids), key=lambda r: _lot(seed, r[1], r[2]))[:rows]
    if not drawn:
        raise InputError("there are no rows of that kind in the last run")
    asked = [
        Judgement("", brandid, ccid, bankid, kind, Draw.DRAWN, narrative, "")
        for brandid, ccid, bankid, narrative in drawn
    ]
    sample_id = workspace.store.draw(asked, actor)
    kept = [j for j in workspace.store.judgements() if j.sample_id == sample_id]
    return sample_id, kept


def _lot(seed: int, ccid: str, bankid: str) -> str:
    return sha256(f"{seed}\n{ccid}\n{bankid}".encode()).hexdigest()


def _rows(
    workspace: Workspace, kind: JudgedKind, brandids: Sequence[str]
) -> list[tuple[str, str, str, str]]:
    """(brandid, ccid, bankid, narrative) of every row of a kind in the last run."""
    query = """
        SELECT CASE WHEN $taken THEN a.brandid ELSE given_brandid END AS owner,
               ccid, bankid, narrative
        FROM read_parquet($combos) c JOIN read_parquet($assignments) a USING (ccid, bankid)
        WHERE CASE WHEN $taken THEN decision = 'confirmed'
                   ELSE coalesce(given_brandid, '') <> ''
                        AND NOT (decision = 'confirmed' AND a.brandid = given_brandid) END
          AND (len($brands) = 0 OR list_contains($brands, owner))
    """
    run_id = workspace.latest_run()
    places = {
        "combos": str(workspace.step("ingest", run_id) / "combo.parquet"),
        "assignments": str(workspace.step("resolve", run_id) / "assignments.parquet"),
        "taken": kind is JudgedKind.TAKEN,
        "brands": list(brandids),
    }
    with duckdb.connect() as connection:
        return connection.execute(query, places).fetchall()


def judge(workspace: Workspace, actor: str, ccid: str, bankid: str, *, belongs: bool) -> Judgement:
    """Take a human's answer for a drawn row: whether it is the brand's it was drawn for."""
    waiting = [j for j in workspace.store.judgements() if (j.ccid, j.bankid) == (ccid, bankid)]
    taken = bool(waiting) and waiting[-1].kind is JudgedKind.TAKEN
    return workspace.store.judge(ccid, bankid, belongs is taken, actor)


def make_plan(
    workspace: Workspace,
    actor: str,
    issue: str,
    cause: str,
    targets: Mapping[str, float],
    actions: Sequence[Mapping[str, str]],
    success: str,
    due: str,
) -> Plan:
    """Write a plan of action (LA-15), with what its metrics are today.

    Raises InputError for metrics that do not exist, or a plan that names nothing to do.
    """
    for text in (issue, cause, success, *(action["what"] for action in actions)):
        said(workspace, text)
    for text in (due, *(action["due"] for action in actions)):
        day(text)
    for name, value in targets.items():
        if not isfinite(value):
            raise InputError(f"the target of {name} is no number")
    if not issue.strip() or not actions:
        raise InputError("a plan says what is wrong and at least one thing to do about it")
    history, wanted = gather(workspace), stretch(period("", "", zone(workspace)))
    now = {m.key: measure(m, history, wanted).counted.value for m in chosen(targets)}
    body = {
        "issue": issue,
        "cause": cause,
        "metrics": [{"metric": k, "now": now[k], "target": t} for k, t in targets.items()],
        "actions": [dict(action) for action in actions],
        "success": success,
    }
    return workspace.store.add_plan(body, due, actor)


def review_plan(workspace: Workspace, actor: str, plan_id: str, note: str) -> Plan:
    """Measure a plan's metrics again and write down whether each target was reached."""
    said(workspace, note)
    plans = {plan.plan_id: plan for plan in workspace.store.plans()}
    if plan_id not in plans:
        raise InputError(f"no plan {plan_id}; `analytics plan list` shows them")
    history, wanted = gather(workspace), stretch(period("", "", zone(workspace)))
    told: Any = plans[plan_id].body["metrics"]
    result: list[dict[str, Any]] = []
    for aim in told:
        metric = METRICS[aim["metric"]]
        value = measure(metric, history, wanted).counted.value
        reached = None
        if value is not None:
            reached = value >= aim["target"] if metric.rising else value <= aim["target"]
        result.append({**aim, "then": value, "reached": reached})
    body = {"metrics": result, "note": note}
    return workspace.store.review_plan(plan_id, PlanState.DONE, body, actor)


def plain_plan(plan: Plan) -> dict[str, Any]:
    """A plan as JSON."""
    return {**asdict(plan), "state": plan.state.value}
