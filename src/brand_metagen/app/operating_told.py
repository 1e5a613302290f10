"""What reports on runs, data, time, errors and wallets tell, gathered from store and runs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from brand_metagen.analytics.errors_page import ErrorsTold, Fault
from brand_metagen.analytics.history import Stretch
from brand_metagen.analytics.kinds import Over
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.performance_page import PerformanceTold
from brand_metagen.analytics.quality_page import BatchFigures, Finding, QualityTold
from brand_metagen.analytics.run_figures import RunFigures, last_before, within
from brand_metagen.analytics.run_page import RunTold
from brand_metagen.analytics.timing import Asked, asked_in, timings
from brand_metagen.analytics.wallets_page import RUNS_SHOWN, Judged, WalletsTold
from brand_metagen.app.history import gather
from brand_metagen.app.run_gathering import run_figures
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import NotFound
from brand_metagen.evaluate.wallets import detect
from brand_metagen.ports import AuditRow, Draw, JudgedKind, NoticeState
from brand_metagen.tables.quality import FEW_ROWS
from brand_metagen.workflow.context import step_folder

WALLETS = ("wallet_effectiveness", "wallet_accuracy", "wallet_detection")
"""The metrics on wallets."""
PAGE = 1_000
SLOWEST = 10
EXAMPLES = 3
ENDED = ("completed", "failed")


def of_run(workspace: Workspace, run_id: str) -> RunTold:
    """One run and the completed one before it; raises NotFound when there is none of that id."""
    runs = run_figures(workspace)
    found = [run for run in runs if run.run_id == run_id]
    if not found:
        raise NotFound(f"no run {run_id}; `brand-metagen runs list` shows them")
    run = found[0]
    before = last_before(runs, run.ended or "9999", than=run_id, whole=not run.only)
    counts = workspace.store.count_states()
    states = {state.value: counts[state] for state in sorted(counts)}
    return RunTold(run, before, states)


def last_run(workspace: Workspace) -> str:
    """The run that ended last, whether it was completed or failed; raises NotFound without one."""
    ended = [run.run_id for run in run_figures(workspace) if run.state in ENDED]
    if not ended:
        raise NotFound("no run has ended yet; `brand-metagen run --data FOLDER` makes one")
    return ended[-1]


def of_data(workspace: Workspace, over: Over, run_id: str = "") -> QualityTold:
    """The tables of one run: the one named, else the last completed by the end of the period."""
    runs = run_figures(workspace)
    if run_id:
        of_run(workspace, run_id)  # raises where there is none
    named = [run for run in runs if run.run_id == run_id]
    run = named[0] if named else last_before(runs, over.span.end)
    before = last_before(runs, run.ended, than=run.run_id) if run and run.ended else None
    done = tuple(r for r in runs if r.completed and r.ended < over.span.end)
    return QualityTold(
        run=run,
        before=before,
        runs=done[-RUNS_SHOWN:],
        findings=tuple(_findings(workspace, run)) if run else (),
        thin=_thin(workspace, run) if run else (),
        corrections=tuple(_corrections(workspace, over.span)),
        in_period=run is not None and over.span.holds(run.at),
    )


def _findings(workspace: Workspace, run: RunFigures) -> Iterator[Finding]:
    """Issues of a run's brands by kind, those of most brands first."""
    names = {b.brandid: b.brandname for b in workspace.store.brands()}
    brands: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    rows: Counter[tuple[str, str]] = Counter()
    for path in sorted(workspace.run_folder(run.run_id).glob("*-evaluate/evaluations.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            for issue in said["issues"]:
                key = (str(issue["severity"]), str(issue["kind"]))
                brands[key].append(said["brandid"])
                rows[key] += issue["rows"]
    order = ["high", "medium", "low"]
    for key in sorted(brands, key=lambda k: (order.index(k[0]), -len(brands[k]), k[1])):
        found = sorted(set(brands[key]))
        shown = tuple(names.get(b, b) for b in found[:EXAMPLES])
        yield Finding(key[1], key[0], len(found), rows[key], shown)


def _thin(workspace: Workspace, run: RunFigures) -> tuple[tuple[str, str, int], ...]:
    """Brands of a run with fewer labelled rows than a rule can be learned from."""
    try:
        folder = step_folder(workspace.run_folder(run.run_id), "ingest")
    except FileNotFoundError:
        return ()
    query = """
        SELECT t.brandid, b.brandname, count(c.ccid) AS rows
        FROM read_parquet($checked) t JOIN read_parquet($brands) b USING (brandid)
        LEFT JOIN read_parquet($combos) c USING (brandid)
        GROUP BY ALL HAVING count(c.ccid) < $few ORDER BY rows, t.brandid
    """
    places = {
        "checked": str(folder / "brand_to_check.parquet"),
        "brands": str(folder / "brand.parquet"),
        "combos": str(folder / "combo.parquet"),
        "few": FEW_ROWS,
    }
    with duckdb.connect() as connection:
        return tuple(connection.execute(query, places).fetchall())


def _corrections(workspace: Workspace, span: Stretch) -> Iterator[BatchFigures]:
    for batch in workspace.store.correction_batches():
        if span.holds(batch.made_at):
            yield BatchFigures(
                batch.batch_id, batch.made_at, batch.actor, len(batch.corrections), batch.reason,
                bool(batch.undone_at),
            )  # fmt: skip


def of_time(workspace: Workspace, over: Over) -> PerformanceTold:
    """Runs, remarks and questions of the period, and of the one before it."""
    runs = [run for run in run_figures(workspace) if run.completed]
    now = within(runs, over.span)
    names = {b.brandid: b.brandname for b in workspace.store.brands()}
    slowest = [(b, names.get(b, b), s) for b, s in now[-1].slowest.items()] if now else []
    rows = list(audit_rows(workspace))
    asked: list[Asked] = [one for _, one in asked_in(r for r in rows if over.span.holds(r.at))]
    slow = workspace.settings.mcp.slow_seconds
    return PerformanceTold(
        runs=tuple(now),
        earlier=tuple(within(runs, over.earlier)),
        slowest=tuple(slowest[:SLOWEST]),
        remarks=_took(rows, over.span),
        remarks_before=_took(rows, over.earlier),
        servers=tuple(timings(asked, slow)),
    )


def _took(rows: list[AuditRow], span: Stretch) -> tuple[float, ...]:
    """Seconds of the remarks of a span whose answer was timed."""
    found: list[float] = []
    for row in rows:
        seconds = row.detail.get("seconds")
        if row.action == "feedback" and span.holds(row.at) and isinstance(seconds, int | float):
            found.append(float(seconds))
    return tuple(found)


def of_errors(workspace: Workspace, over: Over) -> ErrorsTold:
    """Faults of the period, and how many of each kind there were in the one before."""
    every = sorted(_faults(workspace), key=lambda fault: (fault.at, fault.kind, fault.what))
    now = tuple(fault for fault in every if over.span.holds(fault.at))
    before = Counter(fault.kind for fault in every if over.earlier.holds(fault.at))
    return ErrorsTold(now, dict(sorted(before.items())))


def _faults(workspace: Workspace) -> Iterator[Fault]:
    for run in run_figures(workspace):
        if run.state == "failed":
            yield Fault("run", run.at, run.run_id, run.error)
        for brandid, why in run.failed_brands.items():
            yield Fault("brand", run.at, f"brand {brandid}, {run.run_id}", why)
        for step, why in run.failed_agents.items():
            yield Fault("agent", run.at, f"{step}, {run.run_id}", why)
    rows = list(audit_rows(workspace))
    for row in rows:
        if row.action == "feedback_failed":
            why = str(row.detail.get("error", ""))
            yield Fault("remark", row.at, f"brand {row.subject}, {row.actor}", why)
    for row, one in asked_in(rows):
        if one.outcome == "failed":
            yield Fault("question", row.at, f"{one.server}: {one.tool}", str(row.detail["kind"]))
    for notice in workspace.store.notices(NoticeState.FAILED):
        what = f"{notice.subject} by {notice.channel}"
        yield Fault("message", notice.due_at, what, notice.error)


def of_wallets(workspace: Workspace, over: Over) -> WalletsTold:
    """Rows by wallet of the last run up to the end of the period, and of those before it."""
    runs = [
        run for run in run_figures(workspace)
        if run.completed and run.wallets and run.ended < over.span.end
    ]  # fmt: skip
    history = gather(workspace)
    found = [METRICS[key] for key in WALLETS]
    return WalletsTold(
        run=runs[-1] if runs else None,
        runs=tuple(runs[-RUNS_SHOWN:]),
        judged=_judged(workspace, over.span),
        metrics=[
            (measure(m, history, over.span), measure(m, history, over.earlier)) for m in found
        ],
        dates=over.dates,
    )


def _judged(workspace: Workspace, span: Stretch) -> Mapping[str, Judged]:
    """What people said in a span of rows drawn by lot, by the wallet the row came through."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for judged in workspace.store.judgements():
        if judged.right is None or judged.how is not Draw.DRAWN or not span.holds(judged.at):
            continue
        hit = detect(judged.narrative)
        side = "taken" if judged.kind is JudgedKind.TAKEN else "left"
        found = counts[hit.wallet if hit else ""]
        found[side] += 1
        found[f"{side}_right"] += judged.right
    return {wallet: Judged(**found) for wallet, found in sorted(counts.items())}


def audit_rows(workspace: Workspace) -> Iterator[AuditRow]:
    """The whole log, oldest first."""
    after = 0
    while True:
        page: Any = workspace.store.audit(after, PAGE)
        yield from page.items
        if page.next is None:
            return
        after = int(page.next)
