"""What the system leans on beside its own store: servers, cache, model, alarms and log.

Servers and models are judged by what the record says of them: looking costs nothing, asks nobody
and holds nobody up.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from brand_metagen.app import scheduling, watching
from brand_metagen.app.checks import Check, Condition, Look
from brand_metagen.app.lessons import adoptable
from brand_metagen.app.measuring import FAILED_ADVICE, since
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import LOG_FOLDER
from brand_metagen.monitoring.evaluate import seconds
from brand_metagen.ports import AlarmState, AuditRow

DAYS = 1
"""How far back the record is asked of servers and models."""
IN_A_ROW = 3
"""Failures in a row after which somebody should look; a server is left alone then
(mcp.breaker_failures), whose answers may still come from the cache."""
UNWATCHED_HOURS = 1
"""Hours without a look at the alarms; the longest period but a day's is one."""


def servers(workspace: Workspace) -> Check:
    """MCP servers that answered badly last, by the record of the last day."""
    if workspace.facts is None:
        return Check("mcp servers", Condition.OK, "none is configured; the packaged table answers")
    asked: defaultdict[str, list[AuditRow]] = defaultdict(list)
    for row in _recent(workspace, "mcp_call"):
        asked[row.subject].append(row)
    down = {
        name: rows[-1]
        for name, rows in sorted(asked.items())
        if len(rows) >= IN_A_ROW
        and all(row.detail.get("outcome") in BAD for row in rows[-IN_A_ROW:])
    }
    if down:
        kinds = {name: row.detail.get("kind") or "failed" for name, row in down.items()}
        said = "; ".join(f"{name}: {kind}" for name, kind in kinds.items())
        todo = "`brand-metagen mcp test`; runs go on with the next source meanwhile"
        return Check("mcp servers", Condition.WARN, f"do not answer: {said}", todo)
    if not asked:
        return Check("mcp servers", Condition.OK, "none was asked within a day")
    return Check("mcp servers", Condition.OK, f"{', '.join(sorted(asked))} answered")


BAD = frozenset({"failed", "last_good"})
"""Outcomes of a question that the server itself did not answer."""


def cache(workspace: Workspace) -> Check:
    """Answers of servers that are kept."""
    kept, most = workspace.store.kept_answers(), workspace.settings.mcp.cache_entries
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    stale = sum(answer.fresh_until < now for answer in kept)
    said = f"{len(kept):,} answers kept, {stale:,} of them no longer fresh"
    if len(kept) > most:
        todo = "`brand-metagen cache clear`, or raise mcp.cache_entries"
        return Check("cache", Condition.WARN, f"{said}; {most:,} at the most", todo)
    return Check("cache", Condition.OK, said)


def model(workspace: Workspace) -> Check:
    """The model that advises, by what became of its last calls."""
    name = workspace.settings.agents.model
    if not name:
        return Check("model", Condition.OK, "none is set; every role works by its own rules")
    last = [str(row.detail.get("outcome")) for row in _recent(workspace, "advice")][-IN_A_ROW:]
    if len(last) == IN_A_ROW and FAILED_ADVICE.issuperset(last):
        todo = "see that it answers, or leave agents.model empty; every role works without"
        return Check("model", Condition.WARN, f"{name} failed last: {', '.join(last)}", todo)
    said = "was asked and answered" if last else "was not asked within a day"
    return Check("model", Condition.OK, f"{name} {said}")


def alarms(workspace: Workspace) -> Check:
    """Whether somebody looks at the alarms, and which are on."""
    found = watching.standings(workspace)
    on = [s.alarm.name for s in found if s.line.state is AlarmState.ALARM]
    if on:
        todo = f"`brand-metagen alarms show {on[0]}` says what to do"
        return Check("alarms", Condition.WARN, f"in ALARM: {', '.join(on)}", todo)
    unseen = [s.alarm.name for s in found if s.line.unseen]
    if unseen:
        todo = f"`brand-metagen alarms acknowledge {unseen[0]} --note TEXT`"
        said = f"went off and are over, and nobody has seen it: {', '.join(unseen)}"
        return Check("alarms", Condition.WARN, said, todo)
    checked = max(s.line.checked_at for s in found)
    todo = "let a scheduler call `brand-metagen alarms check`, or keep `serve` running"
    if not checked:
        return Check("alarms", Condition.OK, "nobody looks at them yet", todo)
    age = datetime.now(UTC).timestamp() - seconds(checked)
    if age > timedelta(hours=UNWATCHED_HOURS).total_seconds():
        return Check("alarms", Condition.WARN, f"looked at last at {checked[:16]} UTC", todo)
    return Check("alarms", Condition.OK, f"none is on; looked at at {checked[11:16]} UTC")


def reports(workspace: Workspace) -> Check:
    """Reports that are due by the schedule and did not go out."""
    if not workspace.settings.schedule.kinds:
        return Check("reports", Condition.OK, "none is scheduled")
    late = scheduling.overdue(workspace)
    if late:
        (oldest, since), more = late[0], len(late) - 1
        said = f"{oldest.report_id} to {oldest.recipient} is due since {since:%Y-%m-%dT%H:%M} UTC"
        todo = "`brand-metagen analytics schedule send`, or keep `serve` running"
        more_said = f"; {more} more are overdue" if more else ""
        return Check("reports", Condition.WARN, said + more_said, todo)
    return Check("reports", Condition.OK, "none is overdue")


def lessons(workspace: Workspace) -> Check:
    """Lessons of other brands that nobody has tried on the market yet, or that it did not bear
    out: to be looked at, no trouble."""
    count = adoptable(workspace)
    if not count:
        return Check("lessons", Condition.OK, "none of another brand waits")
    said = f"{count:,} of other brands wait"
    todo = "`brand-metagen feedback adopt --proven --dry-run` tries them on the market"
    return Check("lessons", Condition.OK, said, todo)


def log(workspace: Workspace) -> Check:
    """Whether the log's files can be written."""
    settings = workspace.settings.log
    folder = workspace.folder / LOG_FOLDER
    where = folder if folder.is_dir() else workspace.folder
    if settings.files and not os.access(where, os.W_OK):
        todo = "let the account that runs this write there, or set log.files = false"
        return Check("log", Condition.WARN, f"{where.name} cannot be written", todo)
    size = sum(path.stat().st_size for path in folder.glob("*.jsonl")) if folder.is_dir() else 0
    return Check("log", Condition.OK, f"{size / 1e6:.1f} MB, kept for {settings.keep_days} days")


def _recent(workspace: Workspace, action: str) -> tuple[AuditRow, ...]:
    return workspace.store.acts([action], since(datetime.now(UTC), DAYS), "9")


SERVICES: Mapping[str, Look] = {
    "mcp servers": servers,
    "cache": cache,
    "model": model,
    "alarms": alarms,
    "reports": reports,
    "lessons": lessons,
    "log": log,
}
"""What is looked at, in this order."""
