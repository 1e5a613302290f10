"""What is behind a trouble: checks with their evidence, the likely cause, the next command."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from brand_metagen.analytics.history import History, within
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.app import health
from brand_metagen.app.analysing import period, steps, stretch, zone
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import BrandLine, BrandState, QueueFilter, RunState

ENOUGH = 10
"""Looks or brands below which a rate says nothing yet."""
STILL_ROUNDS = 3
"""Rounds without a gain after which a brand does not improve."""
GAIN = 0.01
"""Confidence that counts as a gain."""
SLOWER = 2.0
"""How many times the usual time per row a run takes before it is slow."""
SLOW_QUERY = 0.5
"""Seconds beyond which one of the store's everyday queries is slow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble that is there: its likely cause, what shows it, and what to do next."""

    trouble: str
    cause: str
    evidence: tuple[str, ...]
    command: str


Search = Callable[[Workspace, History], Iterator[Finding]]


def diagnose(workspace: Workspace, name: str) -> list[Finding]:
    """Search for one kind of trouble, or for all; nothing found is an empty list.

    Raises InputError naming the kinds there are.
    """
    if name not in SCENARIOS and name != "all":
        raise InputError(f"no scenario {name!r}; there are all, {', '.join(SCENARIOS)}")
    history = gather(workspace)
    chosen = SCENARIOS.values() if name == "all" else [SCENARIOS[name]]
    return [finding for search in chosen for finding in search(workspace, history)]


def _escalations(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Scenario: more than one brand in ten escalates (EMG-04)."""
    span = stretch(period("", "", zone(workspace)))
    found = measure(METRICS["escalation_rate"], history, span)
    interval, alert = found.counted.interval, found.metric.alert or 0.0
    # Of few brands two are chance: the whole interval has to lie beyond the alarm.
    if interval is None or interval[0] <= alert:
        return
    causes = Counter(c.cause.value for c in history.cases if span.holds(c.opened_at))
    cause, count = min(causes.items(), key=lambda pair: (-pair[1], pair[0]))
    sectors = Counter(
        history.sectors.get(c.brandid, "") for c in history.cases if span.holds(c.opened_at)
    )
    sector, inside = min(sectors.items(), key=lambda pair: (-pair[1], pair[0]))
    yield Finding(
        "high escalation rate",
        f"most cases are of the cause {cause.replace('_', ' ')}",
        (
            f"{found.counted.top:g} of {found.counted.bottom:g} brands escalated",
            f"{count} of {causes.total()} cases are {cause}",
            f"{inside} of them are in the sector {sector or 'unknown'}",
        ),
        "brand-metagen escalations analyse",
    )


def _quality(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Scenario: few are approved at first look, or it takes many rounds (EMG-05)."""
    span = stretch(period("", "", zone(workspace)))
    approval = measure(METRICS["approval_rate"], history, span)
    rounds = measure(METRICS["average_rounds"], history, span)
    poor = [
        f"{m.metric.title.lower()}: {m.counted.value:.2f} ({m.band.name})"
        for m in (approval, rounds)
        if m.band and m.band.name in ("fair", "poor") and m.counted.bottom >= ENOUGH
    ]
    if not poor:
        return
    common = issues(history, span)
    cause = (
        f"most remarks are of the kind {common[0].category}" if common else "not said by remarks"
    )
    evidence = [*poor, *(f"{i.category}: {i.share:.0%} of remarks" for i in common[:3])]
    yield Finding("poor quality", cause, tuple(evidence), "brand-metagen analytics issues")


def _no_improvement(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Brands that rounds do not make surer."""
    confidence = {(v.brandid, v.version): v.confidence for v in history.versions}
    rounds: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for deed in history.deeds:
        pair = (deed.brandid, deed.version), (deed.brandid, deed.made)
        if deed.action == "feedback" and deed.made and pair[0] in confidence:
            rounds[deed.brandid].append((confidence[pair[0]], confidence.get(pair[1], 0.0)))
    in_review = {b.brandid for b in workspace.store.brands(BrandState.AWAITING_REVIEW)}
    for brandid, pairs in sorted(rounds.items()):
        last = pairs[-STILL_ROUNDS:]
        if brandid not in in_review or len(last) < STILL_ROUNDS:
            continue
        if last[-1][1] - last[0][0] < GAIN:
            yield Finding(
                "no improvement",
                f"{len(pairs)} rounds of feedback have not made brand {brandid} surer",
                tuple(f"confidence {before:.2f} → {after:.2f}" for before, after in last),
                f"brand-metagen review flag {brandid} --note 'rounds lead nowhere'",
            )


def _stuck(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Round counters that do not say what happened."""
    limit = workspace.settings.review.round_limit
    for line in lines(workspace):
        applied = _rounds_since_reset(history, line.brandid)
        if line.round == applied and line.round < limit:
            continue
        yield Finding(
            "stuck counter",
            f"the counter of brand {line.brandid} does not follow its rounds",
            (f"the counter says {line.round}, the log has {applied} rounds", f"limit {limit}"),
            f"brand-metagen review round {line.brandid} {min(applied, limit - 1)} --note 'stuck'",
        )


def lines(workspace: Workspace) -> Iterator[BrandLine]:
    """Brands in review."""
    cursor = None
    while True:
        wanted = QueueFilter(states=(BrandState.AWAITING_REVIEW,), round_from=0)
        page = workspace.store.queue(wanted, 500, cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _rounds_since_reset(history: History, brandid: str) -> int:
    count = 0
    for deed in history.deeds:
        if deed.brandid == brandid:
            if deed.action == "round":
                count = deed.set_to
            count += deed.action == "feedback" and deed.made > 0
    return count


def _slow(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Scenario: runs or everyday queries take long (EMG-07)."""
    done = [run for run in history.runs if not run.failed and run.rows and run.brands]
    if len(done) > 1:
        usual = median(run.seconds / run.brands for run in done[:-1])
        last = done[-1]
        if last.seconds / last.brands > SLOWER * usual:
            steps = sorted(profile(workspace, last.run_id).items(), key=lambda p: -p[1])
            yield Finding(
                "slow processing",
                f"{last.run_id} took {last.seconds / last.brands / usual:.1f} times the usual "
                f"time per brand, most of it in {steps[0][0]}",
                tuple(f"{name}: {seconds:.1f} s" for name, seconds in steps[:3]),
                f"brand-metagen runs show {last.run_id}",
            )
    for name, seconds in queries(workspace).items():
        if seconds > SLOW_QUERY:
            yield Finding(
                "slow processing",
                f"the store takes {seconds:.2f} s for {name}",
                tuple(f"{n}: {s:.3f} s" for n, s in queries(workspace).items()),
                "brand-metagen health",
            )


def profile(workspace: Workspace, run_id: str) -> dict[str, float]:
    """Seconds of a run by stage."""
    found: dict[str, float] = defaultdict(float)
    for step in workspace.store.steps(run_id):
        found[step.name.rstrip("0123456789").rstrip("-")] += step.seconds
    return dict(found)


def queries(workspace: Workspace) -> dict[str, float]:
    """Seconds of the store's everyday questions, asked now."""
    store = workspace.store
    asked: Mapping[str, Callable[[], object]] = {
        "the queue's first page": lambda: store.queue(QueueFilter(), 50, None),
        "all brands": store.brands,
        "the log's first page": lambda: store.audit(0, 100),
        "all constraints": store.constraints,
    }
    found = {}
    for name, ask in asked.items():
        began = time.perf_counter()
        ask()
        found[name] = time.perf_counter() - began
    return found


def _source(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Sources that answer late or not: steps begun more than once, runs that failed."""
    del history
    for run in workspace.store.runs()[-1:]:
        steps = workspace.store.steps(run.run_id)
        again = [s for s in steps if s.starts > 1]
        failed = [s for s in steps if s.error]
        if run.state is RunState.FAILED or failed:
            step = failed[0] if failed else None
            where = step.name if step else "before its first step"
            yield Finding(
                "failing runs",
                f"{run.run_id} failed in {where}: {run.error or (step.error if step else '')}",
                tuple(f"{s.name} was begun {s.starts} times" for s in again),
                f"brand-metagen runs resume {run.run_id}",
            )


def _damage(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Whatever health finds broken."""
    del history
    for check in health.health(workspace):
        if check.condition is health.Condition.FAIL and check.part != "runs":
            yield Finding(f"damaged {check.part}", check.said, (), check.todo)


def _alarms(workspace: Workspace, history: History) -> Iterator[Finding]:
    """More feedback in a day than the alarm allows (MON-06)."""
    limit = workspace.settings.alarms.feedback_a_day
    for day in steps(period("", "", zone(workspace)), 1)[-1:]:
        span = stretch(day)
        count = len(within(span, history.deeds, "feedback"))
        if count > limit:
            yield Finding(
                "much feedback",
                f"{count} remarks today, more than {limit}",
                tuple(f"{i.category}: {i.remarks}" for i in issues(history, span)[:3]),
                "brand-metagen analytics issues",
            )


SCENARIOS: dict[str, Search] = {
    "escalation-rate": _escalations,
    "quality": _quality,
    "no-improvement": _no_improvement,
    "stuck": _stuck,
    "slow": _slow,
    "source": _source,
    "damage": _damage,
    "feedback": _alarms,
}
"""Kinds of trouble, by the name they are asked for."""
