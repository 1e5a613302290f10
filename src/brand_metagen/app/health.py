"""Is everything well: each part looked at, and what to do where it is not (MON-13)."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from brand_metagen.app import escalations
from brand_metagen.app.checks import Check, Condition, Look
from brand_metagen.app.health_services import SERVICES
from brand_metagen.app.runs import held
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, InputError
from brand_metagen.match.matcher import searcher
from brand_metagen.ports import (
    BrandState,
    CaseFilter,
    IncidentState,
    Mode,
    NoticeState,
    RunState,
)
from brand_metagen.publish.release import METADATA, load

__all__ = ["PARTS", "STORE_GONE", "Check", "Condition", "Look", "health", "open_cases", "worst"]

LOG = "audit log"
STORE_GONE = "start the database, or `brand-metagen restore BACKUP` into a folder of its own"
"""What to do about a store that does not open."""


def health(workspace: Workspace, without: Collection[str] = ()) -> list[Check]:
    """Look at every part; one that cannot be looked at fails, and the others are looked at."""
    chosen = {name: check for name, check in PARTS.items() if name not in without}
    return [_looked(name, check, workspace) for name, check in chosen.items()]


def log(workspace: Workspace) -> Check:
    """The audit log's chain from its first row on: the one look that grows with what was done."""
    return _looked(LOG, _log, workspace)


def worst(checks: list[Check]) -> Condition:
    """The worst condition of any part."""
    order = list(Condition)
    return max((check.condition for check in checks), key=order.index)


def _looked(name: str, look: Look, workspace: Workspace) -> Check:
    try:
        return look(workspace)
    except (BrandMetagenError, OSError) as error:
        todo = "mend what is named, then run `brand-metagen health` again"
        return Check(name, Condition.FAIL, str(error), todo)


def _store(workspace: Workspace) -> Check:
    rows = workspace.store.audit(0, 1).items
    count = sum(workspace.store.count_states().values())
    said = f"answers; {count:,} brands" + ("" if rows else ", nothing was done yet")
    return Check("store", Condition.OK, said)


def _mode(workspace: Workspace) -> Check:
    line = workspace.store.mode()
    if line.mode is Mode.NORMAL:
        return Check("mode", Condition.OK, "normal")
    said = f"{line.mode.value} since {line.at[:16]} by {line.actor}: {line.reason}"
    return Check("mode", Condition.WARN, said, "`brand-metagen unpause` ends it")


def _data(workspace: Workspace) -> Check:
    try:
        folder = workspace.step("ingest")
    except InputError:
        todo = "`brand-metagen run --data FOLDER` makes the first run"
        return Check("data", Condition.WARN, "no completed run yet", todo)
    missing = [n for n in ("brand", "brand_to_check", "combo", "mcc")
               if not (folder / f"{n}.parquet").is_file()]  # fmt: skip
    if missing:
        todo = "run again: `brand-metagen run --data FOLDER --fresh`"
        return Check("data", Condition.FAIL, f"gone from the last run: {', '.join(missing)}", todo)
    return Check("data", Condition.OK, f"the tables of {workspace.latest_run()} are there")


def _matcher(workspace: Workspace) -> Check:
    del workspace
    found = searcher(r"\bSTAR ?BUCKS?\b")("SQ *STARBUCKS 12")
    well = found is not None and found.group() == "STARBUCKS"
    if not well:
        return Check("matcher", Condition.FAIL, "a known narrative is not matched", "install again")
    return Check("matcher", Condition.OK, "matches what it should")


def _release(workspace: Workspace) -> Check:
    published = workspace.store.publications()
    if not published:
        todo = "approve brands, then `brand-metagen publish`"
        return Check("release", Condition.OK, "nothing is published yet", todo)
    last = published[-1].release_id
    try:
        found = load(workspace.releases / last / METADATA)
        whole = found.id == last
    except (BrandMetagenError, OSError) as error:
        todo = f"`brand-metagen publish --restore RELEASE` puts an earlier one in force: {error}"
        return Check("release", Condition.FAIL, f"{last} is damaged", todo)
    if not whole:
        return Check("release", Condition.FAIL, f"the folder of {last} holds {found.id}",
                     "`brand-metagen publish --restore RELEASE`")  # fmt: skip
    return Check("release", Condition.OK, f"{last} is in force and whole")


def _disk(workspace: Workspace) -> Check:
    usage = shutil.disk_usage(workspace.folder)
    share = usage.free / usage.total
    said = f"{usage.free / 1e9:.1f} GB free ({share:.0%})"
    settings = workspace.settings.health
    if usage.free < settings.disk_fail_bytes:
        return Check("disk", Condition.FAIL, said, "make room; a run needs some hundred MB")
    if usage.free < settings.disk_warn_bytes:
        return Check("disk", Condition.WARN, said, "make room soon")
    return Check("disk", Condition.OK, said)


def _clock(workspace: Workspace) -> Check:
    """The last row written cannot lie in the future."""
    last = ""
    for run in workspace.store.runs()[-1:]:
        last = run.finished_at or run.created_at
    last = max(last, workspace.store.mode().at)
    now = datetime.now(UTC)
    if last and datetime.fromisoformat(last) > now + timedelta(minutes=5):
        said = f"the store was written at {last[:19]}, this clock says {now:%Y-%m-%dT%H:%M:%S}"
        return Check("clock", Condition.FAIL, said, "set this machine's clock (NTP)")
    return Check("clock", Condition.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def _runs(workspace: Workspace) -> Check:
    runs = workspace.store.runs()
    if not runs:
        return Check("runs", Condition.WARN, "none yet", "`brand-metagen run --data FOLDER`")
    last = runs[-1]
    if held(workspace):
        return Check("runs", Condition.OK, f"{last.run_id} is running")
    if last.state is RunState.FAILED:
        todo = f"`brand-metagen runs show {last.run_id}`, then `runs resume {last.run_id}`"
        return Check("runs", Condition.FAIL, f"{last.run_id} failed: {last.error}", todo)
    if last.state is not RunState.COMPLETED:
        todo = f"`brand-metagen runs resume {last.run_id}`"
        return Check("runs", Condition.WARN, f"{last.run_id} is {last.state.value}", todo)
    ended = datetime.fromisoformat(last.finished_at or last.created_at)
    days = (datetime.now(UTC) - ended).days
    said = f"{last.run_id} completed {days} days ago" if days else f"{last.run_id} completed today"
    if days > workspace.settings.health.run_age_days:
        return Check("runs", Condition.WARN, said, "run again over today's tables")
    return Check("runs", Condition.OK, said)


def _backlog(workspace: Workspace) -> Check:
    states = workspace.store.count_states()
    waiting, limit = states[BrandState.AWAITING_REVIEW], workspace.settings.health.backlog_brands
    said = f"{waiting:,} brands wait for a reviewer, {states[BrandState.FAILED]:,} failed"
    if states[BrandState.FAILED]:
        return Check("backlog", Condition.WARN, said, "`brand-metagen brands list --state failed`")
    if waiting > limit:
        return Check("backlog", Condition.WARN, said, "more reviewers, or `analytics brands`")
    return Check("backlog", Condition.OK, said)


def _cases(workspace: Workspace) -> Check:
    lines = list(open_cases(workspace))
    late = [line.case.case_id for line in lines if line.stands == "breached"]
    if late:
        said = f"{len(late)} of {len(lines)} open cases are past their time: {', '.join(late[:5])}"
        return Check("escalations", Condition.WARN, said, "`brand-metagen escalations list`")
    return Check("escalations", Condition.OK, f"{len(lines)} open, none past its time")


def open_cases(workspace: Workspace) -> Iterator[escalations.CaseLine]:
    """All cases that are not ended, with their clocks."""
    cursor = None
    while True:
        page = escalations.listed(workspace, CaseFilter(), escalations.MOST_LISTED, cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _notices(workspace: Workspace) -> Check:
    failed = workspace.store.notices(NoticeState.FAILED)
    if failed:
        said = f"{len(failed)} messages were given up, last: {failed[-1].error}"
        todo = "`brand-metagen escalations notices --retry`"
        return Check("notifications", Condition.WARN, said, todo)
    return Check("notifications", Condition.OK, "none was given up")


def _incidents(workspace: Workspace) -> Check:
    """An open incident is somebody's work; a promised update that did not come is a fault."""
    going_on = [i for i in workspace.store.incidents() if i.state is IncidentState.OPEN]
    now = datetime.now(UTC).isoformat()
    late = [i for i in going_on if i.next_update and i.next_update < now]
    if late:
        said = f"the update of {late[0].incident_id} was due at {late[0].next_update[:16]} UTC"
        todo = f"`brand-metagen incidents note {late[0].incident_id} TEXT --next-update 30 --tell`"
        return Check("incidents", Condition.WARN, said, todo)
    if going_on:
        said = f"{len(going_on)} open: {', '.join(i.incident_id for i in going_on[:5])}"
        return Check("incidents", Condition.WARN, said, "`brand-metagen incidents list --open`")
    return Check("incidents", Condition.OK, "none is open")


def _log(workspace: Workspace) -> Check:
    rows = workspace.store.verify_audit()
    return Check(LOG, Condition.OK, f"{rows:,} rows in one chain")


PARTS: Mapping[str, Look] = {
    "store": _store,
    "mode": _mode,
    LOG: _log,
    "data": _data,
    "runs": _runs,
    "release": _release,
    "matcher": _matcher,
    "backlog": _backlog,
    "escalations": _cases,
    "incidents": _incidents,
    "notifications": _notices,
    **SERVICES,
    "disk": _disk,
    "clock": _clock,
}
"""What is looked at, in this order."""
