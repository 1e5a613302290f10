"""A status page for everybody: one file without scripts of others, secrets or narratives.

It says what operators wrote for everybody to read (title and what is affected of an incident) and
whether each part works; never why it does not, because causes name files, hosts and data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from brand_metagen.app import health
from brand_metagen.app.health import Condition
from brand_metagen.app.incident_report import TONES, readable
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import ReportSettings
from brand_metagen.files import write_file
from brand_metagen.ports import Incident, IncidentState, Mode, ModeLine, Severity
from brand_metagen.reports.html import render_html
from brand_metagen.reports.model import (
    Badge,
    Block,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
    Tone,
)

RECENT_DAYS = 14
"""Days for which an incident that is over is still shown."""
PARTS = {
    "store": "Keeping decisions",
    "data": "The market's data",
    "runs": "Learning",
    "release": "Published rules",
    "matcher": "Classifying",
    "notifications": "Messages",
}
"""Parts of `health` that users notice, in their words."""
SHOWN = {
    Condition.OK: ("works", Tone.GOOD),
    Condition.WARN: ("works, somebody is looking", Tone.WARN),
    Condition.FAIL: ("does not work", Tone.BAD),
}
MODES = {
    Mode.NORMAL: ("normal", "everything may be done"),
    Mode.PAUSED: ("paused", "reviews go on, nothing is run or published"),
    Mode.READ_ONLY: ("read-only", "everything may be looked at, nothing changed"),
}


class State:
    """What the page says first, best first."""

    UP, LIMITED, DOWN = "works", "works in part", "does not work"


@dataclass(frozen=True, slots=True)
class StatusPage:
    """What was written: the file, and what it says first."""

    file: Path
    state: str
    since: str
    incidents: tuple[str, ...]


def write(workspace: Workspace, file: Path, now: datetime | None = None) -> StatusPage:
    """Write the page, whole or not at all."""
    now = now or datetime.now(UTC)
    recent = (now - timedelta(days=RECENT_DAYS)).isoformat()
    incidents = [
        i
        for i in workspace.store.incidents()
        if i.state is not IncidentState.CLOSED or i.closed_at >= recent
    ]
    checks = {check.part: check.condition for check in health.health(workspace)}
    return _written(file, incidents, checks, workspace.store.mode(), workspace.settings.report, now)


def write_down(file: Path, now: datetime | None = None) -> StatusPage:
    """Write the page of a system whose store does not open, so that nothing is known of it."""
    return _written(
        file, (), {"store": Condition.FAIL}, None, ReportSettings(), now or datetime.now(UTC)
    )


def _written(
    file: Path,
    incidents: Sequence[Incident],
    checks: dict[str, Condition],
    mode: ModeLine | None,
    settings: ReportSettings,
    now: datetime,
) -> StatusPage:
    made = now.isoformat(timespec="seconds")
    going_on = [i for i in incidents if i.state is IncidentState.OPEN]
    state = _state(going_on, checks, mode)
    since = min((i.began_at for i in going_on), default="")
    if not since and mode is not None and mode.mode is not Mode.NORMAL:
        since = mode.at
    page = Page(
        title=f"The system {state}",
        period=f"since {readable(since)}" if since else f"as of {readable(made)}",
        scope="brand-metagen",
        lead=_lead(going_on),
        made=made,
        figures=_figures(state, going_on, mode),
        sections=(
            Section("now", "What is affected now", (_going_on(going_on),)),
            Section("parts", "Parts of the system", (_parts(checks),)),
            Section("before", f"The last {RECENT_DAYS} days", (_past(incidents),)),
        ),
        notes=("Times are UTC. This page is a file: it is as old as it says below.",),
    )
    write_file(file, render_html(page, settings).encode())
    return StatusPage(file, state, since, tuple(i.incident_id for i in going_on))


def _state(
    going_on: Sequence[Incident], checks: dict[str, Condition], mode: ModeLine | None
) -> str:
    """The worst of what is known: an incident, a part that users notice, the mode."""
    worst = {i.severity for i in going_on}
    if Severity.CRITICAL in worst or checks.get("store") is Condition.FAIL:
        return State.DOWN
    broken = any(checks.get(part) is Condition.FAIL for part in PARTS)
    limited = mode is not None and mode.mode is not Mode.NORMAL
    return State.LIMITED if worst or broken or limited else State.UP


def _lead(going_on: Sequence[Incident]) -> str:
    if not going_on:
        return "No incident is open."
    said = (f"{i.title}: {i.affected}".rstrip(".") for i in going_on)
    return " ".join(f"{text[:1].upper()}{text[1:]}." for text in said)


def _figures(
    state: str, going_on: Sequence[Incident], mode: ModeLine | None
) -> tuple[KeyFigure, ...]:
    tone = {State.UP: Tone.GOOD, State.LIMITED: Tone.WARN, State.DOWN: Tone.BAD}[state]
    updates = [i.next_update for i in going_on if i.next_update]
    day, _, hour = readable(min(updates, default="")).partition(" ")
    named, meaning = MODES[mode.mode] if mode else ("not known", "")
    return (
        KeyFigure("State", state, tone=tone),
        KeyFigure("Open incidents", str(len(going_on))),
        KeyFigure("Next update", hour or "none is due", day),
        KeyFigure("Mode", named, meaning),
    )


def _going_on(going_on: Sequence[Incident]) -> Block:
    if not going_on:
        return Note("Nothing is.", Tone.GOOD)
    columns = (
        Column("Incident"), Column("Severity"), Column("Since", weight=1.5),
        Column("What is wrong", weight=3), Column("What is affected", weight=3),
    )  # fmt: skip
    rows = tuple(
        (i.incident_id, Badge(i.severity.value, TONES[i.severity]), readable(i.began_at), i.title,
         i.affected)
        for i in going_on
    )  # fmt: skip
    return Table(columns, rows, "incidents", len(rows))


def _parts(checks: dict[str, Condition]) -> Block:
    rows = []
    for part, label in PARTS.items():
        known = checks.get(part)
        badge = Badge(*SHOWN[known]) if known else Badge("not known", Tone.WARN)
        rows.append((label, badge))
    columns = (Column("Part", weight=2), Column("State", weight=2))
    return Table(columns, tuple(rows), "parts", len(rows))


def _past(incidents: Sequence[Incident]) -> Block:
    past = [i for i in incidents if i.state is not IncidentState.OPEN]
    if not past:
        return Note("There was no incident.", Tone.GOOD)
    columns = (
        Column("Incident"), Column("From", weight=1.5), Column("To", weight=1.5),
        Column("What was wrong", weight=3),
    )  # fmt: skip
    rows = tuple(
        (i.incident_id, readable(i.began_at), readable(i.recovered_at), i.title)
        for i in reversed(past)
    )
    return Table(columns, rows, "incidents", len(rows))
