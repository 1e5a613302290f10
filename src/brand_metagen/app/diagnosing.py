"""What is behind a trouble: checks with their evidence, the likely cause, the next command."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from brand_metagen.analytics.history import History, within
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.app import health
from brand_metagen.app.analysing import period, steps, stretch, zone
from brand_metagen.app.diagnosing_loops import (
    endless_loop,
    no_improvement,
    not_processed,
    stuck,
)
from brand_metagen.app.diagnosing_servers import mcp_failures, source
from brand_metagen.app.findings import Checks, Finding, Probe, Search
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import QueueFilter

ENOUGH = 10
"""Looks or brands below which a rate says nothing yet."""
SLOWER = 2.0
"""How many times the usual time per row a run takes before it is slow."""
SLOW_QUERY = 0.5
"""Seconds beyond which one of the store's everyday queries is slow."""


def diagnose(
    workspace: Workspace,
    name: str,
    probe: Probe | None = None,
    record: History | None = None,
    checks: Checks | None = None,
) -> list[Finding]:
    """Search for one kind of trouble, or for all; nothing found is an empty list.

    `probe` walks the way to the servers that are configured, `checks` looks at every part; the
    record is gathered where none is given. Raises InputError naming the kinds there are.
    """
    name = EARLIER.get(name, name)
    if name not in SCENARIOS and name != "all":
        raise InputError(f"no scenario {name!r}; there are all, {', '.join(SCENARIOS)}")
    history = record or gather(workspace)
    searches = {**SCENARIOS, "mcp-failures": mcp_failures(probe), "damage": _damage(checks)}
    chosen = searches.values() if name == "all" else [searches[name]]
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


def _slow(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Scenario: runs or everyday queries take long (EMG-07)."""
    done = [run for run in history.runs if not run.failed and run.rows and run.brands]
    if len(done) > 1:
        usual = median(run.seconds / run.brands for run in done[:-1])
        last = done[-1]
        if last.seconds / last.brands > SLOWER * usual:
            stages = sorted(profile(workspace, last.run_id).items(), key=lambda p: (-p[1], p[0]))
            yield Finding(
                "slow processing",
                f"{last.run_id} took {last.seconds / last.brands / usual:.1f} times the usual "
                f"time per brand, most of it in {stages[0][0]}",
                tuple(_stage_lines(workspace, last.run_id, stages, done[-2].run_id)),
                f"brand-metagen runs show {last.run_id}",
            )
    asked = sorted(queries(workspace).items(), key=lambda p: (-p[1], p[0]))
    if asked[0][1] > SLOW_QUERY:
        yield Finding(
            "slow processing",
            f"the store takes {asked[0][1]:.2f} s for {asked[0][0]}",
            (*(f"{name}: {seconds:.3f} s" for name, seconds in asked), _store_size(workspace)),
            "brand-metagen health",
        )


def _stage_lines(
    workspace: Workspace, run_id: str, stages: Sequence[tuple[str, float]], before: str
) -> Iterator[str]:
    """The slowest stages beside the run before, and the slowest step of the slowest one."""
    then = profile(workspace, before)
    total = sum(seconds for _, seconds in stages) or 1.0
    for name, seconds in stages[:3]:
        share = seconds / total
        yield f"{name}: {seconds:.1f} s ({share:.0%}); in {before} {then.get(name, 0.0):.1f} s"
    steps = [s for s in workspace.store.steps(run_id) if stage_of(s.name) == stages[0][0]]
    slowest = max(steps, key=lambda s: (s.seconds, s.name))
    counted = ", ".join(
        f"{name} {value:,}" for name, value in sorted(slowest.stats.items())
        if isinstance(value, int)
    )  # fmt: skip
    said = f"slowest step {slowest.name}: {slowest.seconds:.1f} s"
    yield f"{said} ({counted})" if counted else said


def _store_size(workspace: Workspace) -> str:
    """How large the store's file is, and what was not yet taken into it."""
    sizes = [
        path.stat().st_size if path.is_file() else 0
        for path in (workspace.folder / DATABASE, workspace.folder / f"{DATABASE}-wal")
    ]
    return f"the store's file has {sizes[0] / 1e6:,.1f} MB, its log {sizes[1] / 1e6:,.1f} MB"


def profile(workspace: Workspace, run_id: str) -> dict[str, float]:
    """Seconds of a run by stage."""
    found: dict[str, float] = defaultdict(float)
    for step in workspace.store.steps(run_id):
        found[stage_of(step.name)] += step.seconds
    return dict(found)


def stage_of(step: str) -> str:
    """The stage of a step; batches of one stage are counted together.

    >>> stage_of("synthesise-003"), stage_of("ingest")
    ('synthesise', 'ingest')
    """
    return step.rstrip("0123456789").rstrip("-")


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


def _damage(checks: Checks | None) -> Search:
    """Whatever health finds broken; it looks now where nobody has looked already."""

    def search(workspace: Workspace, history: History) -> Iterator[Finding]:
        del history
        for check in checks() if checks else health.health(workspace):
            if check.condition is health.Condition.FAIL and check.part != "runs":
                yield Finding(f"damaged {check.part}", check.said, (), check.todo)

    return search


def _alarms(workspace: Workspace, history: History) -> Iterator[Finding]:
    """More feedback in a day than the alarm allows (MON-06)."""
    limit = workspace.settings.alarms.feedback_a_day
    for day in steps(period("", "", zone(workspace)), 1)[-1:]:
        span = stretch(day)
        count = len(within(history, span, "feedback"))
        if count > limit:
            yield Finding(
                "much feedback",
                f"{count} remarks today, more than {limit}",
                tuple(f"{i.category}: {i.remarks}" for i in issues(history, span)[:3]),
                "brand-metagen analytics issues",
            )


SCENARIOS: dict[str, Search] = {
    "high-escalation": _escalations,
    "poor-quality": _quality,
    "mcp-failures": mcp_failures(None),
    "slow-processing": _slow,
    "not-processed": not_processed,
    "endless-loop": endless_loop,
    "no-improvement": no_improvement,
    "stuck": stuck,
    "source": source,
    "damage": _damage(None),
    "feedback": _alarms,
}
"""Kinds of trouble, by the name they are asked for."""
EARLIER = {
    "escalation-rate": "high-escalation", "quality": "poor-quality", "slow": "slow-processing",
}  # fmt: skip
"""Names that scenarios had before, which scripts may still use."""
