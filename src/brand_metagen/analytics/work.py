"""How much was done in a stretch of time, and what it took: runs, people's acts, advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.analytics.formulas import time_spent
from brand_metagen.analytics.history import DECIDING, History, Stretch, made, within
from brand_metagen.analytics.run_figures import RunFigures


@dataclass(frozen=True, slots=True)
class Done:
    """Counts over a stretch. `brands` and `rows` are those that completed runs went over, each run
    for itself; `versions` are those that runs made."""

    runs: int
    failed_runs: int
    brands: int
    rows: int
    versions: int
    decisions: int
    approvals: int
    remarks: int
    opened: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Resources:
    """What it took: seconds of runs, calls and dollars of advice (None = no model was asked),
    minutes that people were seen at work, and how many people."""

    seconds: float
    calls: int
    money: float | None
    minutes: float
    people: int


def done(history: History, span: Stretch) -> Done:
    """Count what was done."""
    runs = [run for run in history.runs if span.holds(run.at)]
    good = [run for run in runs if not run.failed]
    deeds = within(history, span)
    return Done(
        runs=len(runs),
        failed_runs=len(runs) - len(good),
        brands=sum(run.brands for run in good),
        rows=sum(run.rows for run in good),
        versions=sum(not v.author for v in made(history, span)),
        decisions=sum(d.action in DECIDING for d in deeds),
        approvals=sum(d.action == "approve" and not d.pending for d in deeds),
        remarks=sum(span.holds(r.given_at) for r in history.remarks),
        opened=sum(span.holds(c.opened_at) for c in history.cases),
        resolved=sum(span.holds(c.resolved_at) for c in history.cases if c.resolved_at),
    )


def resources(history: History, runs: Sequence[RunFigures], span: Stretch) -> Resources:
    """What it took; people were at work at least between two acts that are close to each other."""
    ended = [run for run in runs if span.holds(run.at)]
    asked = [run.money for run in ended if run.money is not None]
    deeds, timed = within(history, span), time_spent(history)
    return Resources(
        seconds=sum(run.seconds for run in ended),
        calls=sum(run.calls for run in ended),
        money=sum(asked) if asked else None,
        minutes=sum(timed.get(deed.sequence, 0.0) for deed in deeds),
        people=len({deed.actor for deed in deeds}),
    )
