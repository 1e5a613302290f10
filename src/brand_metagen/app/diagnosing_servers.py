"""Other people's servers that fail, and sources that answer late (EMG-06, bad inputs 12, 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from brand_metagen.analytics.history import History
from brand_metagen.app.findings import Finding, Probe, Search
from brand_metagen.app.history import EVER
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import AuditRow, RunState, StepRecord

LAST_CALLS = 50
"""Questions to a server, the last ones, by which it is judged where it is not asked now."""
FAILED_SHARE = 0.2
"""Share of them that may fail: a server that fails oftener is no help."""
ENOUGH_CALLS = 3
"""Questions below which a share says nothing."""


def mcp_failures(probe: Probe | None) -> Search:
    """A search that walks the way to every server now, where it can; else it reads the log."""

    def search(workspace: Workspace, history: History) -> Iterator[Finding]:
        del history
        recorded = _recorded(workspace)
        if probe is None:
            yield from _by_the_log(recorded)
            return
        for broken in probe():
            calls = recorded.get(broken.server, ())
            failed = sum(map(_failed, calls))
            evidence = [broken.seen]
            if calls:
                evidence.append(f"{failed} of its last {len(calls)} questions failed")
            evidence.append("meanwhile runs use the packaged table and the last good answers")
            yield Finding(
                "MCP failures",
                f"server {broken.server} fails at the step {broken.step}: {broken.advice}",
                tuple(evidence),
                f"brand-metagen mcp test {broken.server}",
            )

    return search


def _recorded(workspace: Workspace) -> Mapping[str, Sequence[AuditRow]]:
    """The last questions to each server that were really asked."""
    found: dict[str, list[AuditRow]] = {}
    for row in workspace.store.acts(("mcp_call",), "", EVER):
        if row.detail.get("outcome") != "cached":
            calls = found.setdefault(row.subject, [])
            calls.append(row)
            del calls[:-LAST_CALLS]
    return found


def _failed(row: AuditRow) -> bool:
    return row.detail.get("outcome") in ("failed", "last_good")


def _by_the_log(recorded: Mapping[str, Sequence[AuditRow]]) -> Iterator[Finding]:
    for server, calls in sorted(recorded.items()):
        failed = [row for row in calls if _failed(row)]
        if len(calls) < ENOUGH_CALLS or len(failed) <= FAILED_SHARE * len(calls):
            continue
        kinds = Counter(str(row.detail.get("kind") or "failed") for row in failed)
        kind, count = min(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
        yield Finding(
            "MCP failures",
            f"server {server} mostly fails with {kind.replace('_', ' ')}",
            (
                f"{len(failed)} of its last {len(calls)} questions failed, {count} so",
                f"last at {failed[-1].at[:16]}",
            ),
            f"brand-metagen mcp test {server}",
        )


def source(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Sources that answer late or not: steps tried more than once, runs that failed."""
    del history
    for run in workspace.store.runs()[-1:]:
        steps = workspace.store.steps(run.run_id)
        failed = [s for s in steps if s.error]
        if run.state is RunState.FAILED or failed:
            step = failed[0] if failed else None
            where = step.name if step else "before its first step"
            error = run.error or (step.error if step else "") or ""
            throttled = "throttl" in error.lower()
            yield Finding(
                "throttled source" if throttled else "failing runs",
                f"{run.run_id} failed in {where}: {error}",
                tuple(_tries(steps)),
                f"brand-metagen runs resume {run.run_id}",
            )
        elif late := [s for s in steps if _attempts(s) > 1]:
            yield Finding(
                "throttled source",
                f"{run.run_id} had to ask again in {late[0].name}: the source was busy or slow",
                tuple(_tries(late)),
                f"brand-metagen runs show {run.run_id}",
            )


def _tries(steps: Sequence[StepRecord]) -> Iterator[str]:
    for step in steps:
        if step.starts > 1:
            yield f"{step.name} was begun {step.starts} times"
        if _attempts(step) > 1:
            yield f"{step.name} was tried {_attempts(step)} times, {step.seconds:.1f} s in all"


def _attempts(step: StepRecord) -> int:
    found = step.stats.get("attempts", 1)
    return found if isinstance(found, int) else 1
