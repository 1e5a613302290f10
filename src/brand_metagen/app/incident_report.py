"""The record of one incident as a page: HTML, PDF and JSON (REP-07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from brand_metagen.app.incidents import IncidentFile, shown
from brand_metagen.app.report_files import Written, lay_down
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import IncidentState, Severity
from brand_metagen.reports.model import (
    Badge,
    Block,
    Column,
    KeyFigure,
    Note,
    Page,
    Paragraph,
    Section,
    Table,
    Tone,
)
from brand_metagen.reports.plain import plain

TONES = {Severity.CRITICAL: Tone.BAD, Severity.MAJOR: Tone.WARN, Severity.MINOR: Tone.PLAIN}
STATES = {
    IncidentState.OPEN: Tone.BAD, IncidentState.RECOVERED: Tone.WARN, IncidentState.CLOSED:
    Tone.GOOD,
}  # fmt: skip


def write(
    workspace: Workspace, incident_id: str, formats: Sequence[str], out: Path | None = None
) -> Written:
    """Lay the record of an incident into `out` (the workspace's `reports`)."""
    found = shown(workspace, incident_id)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    page = page_of(found, made)
    return lay_down(workspace, f"incident-{incident_id}", page, plain(found), formats, out)


def page_of(found: IncidentFile, made: str) -> Page:
    """The record; nothing in it is not in the store."""
    incident, kind = found.incident, found.incident.kind.value.replace("_", " ")
    until = incident.recovered_at or "now"
    return Page(
        title=f"Incident {incident.incident_id}: {incident.title}",
        period=f"{readable(incident.began_at)} to {readable(until)}",
        scope=f"{kind}, {incident.severity.value}",
        lead=_lead(found),
        made=made,
        figures=_figures(found),
        sections=(
            Section("affected", "What was affected", (Paragraph(incident.affected),)),
            Section("cause", "Cause", (_cause(found),)),
            Section("actions", "What keeps it from coming again", (_actions(found),)),
            Section("timeline", "Timeline", _timeline(found)),
        ),
        notes=(
            "Times are UTC. The timeline joins what people noted with the acts of the audit log "
            "between the beginning and the end.",
        ),
    )


def readable(at: str) -> str:
    """A time to the minute.

    >>> readable("2026-01-02T03:04:05.000+00:00"), readable("now")
    ('2026-01-02 03:04 UTC', 'now')
    """
    if not at or at == "now":
        return at
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def lasted(minutes: float | None) -> str:
    """Minutes in words.

    >>> lasted(0.4), lasted(95), lasted(3000), lasted(None)
    ('under a minute', '1 h 35 min', '50 h 0 min', 'not yet')
    """
    if minutes is None:
        return "not yet"
    if minutes < 1:
        return "under a minute"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _lead(found: IncidentFile) -> str:
    incident, took = found.incident, found.durations
    if incident.state is IncidentState.OPEN:
        return f"It is not over. It began on {readable(incident.began_at)}."
    said = f"It took {lasted(took.to_recovery)} until the system worked again."
    if incident.state is IncidentState.RECOVERED:
        return f"{said} Its cause is still being looked into."
    return f"{said} Its cause is known; {_many(len(incident.actions), 'action')} follow from it."


def _figures(found: IncidentFile) -> tuple[KeyFigure, ...]:
    incident, took = found.incident, found.durations
    told = sum(event.told for event in found.events)
    suspect = "two clocks disagree" if took.clock_suspect else ""
    return (
        KeyFigure("State", incident.state.value, tone=STATES[incident.state]),
        KeyFigure("Severity", incident.severity.value, tone=TONES[incident.severity]),
        KeyFigure("Until it was noticed", lasted(took.to_report), suspect),
        KeyFigure("Until the system worked", lasted(took.to_recovery), suspect),
        KeyFigure("Stakeholders were told", _many(told, "time")),
    )


def _cause(found: IncidentFile) -> Block:
    cause = found.incident.cause
    return Paragraph(cause) if cause else Note("It is not known yet.", Tone.WARN)


def _actions(found: IncidentFile) -> Block:
    actions = found.incident.actions
    if not actions:
        return Note("Nothing is decided yet.", Tone.WARN)
    columns = (Column("Who", weight=1), Column("By", weight=1), Column("What", weight=4))
    rows = tuple((a["owner"], a["due"], a["what"]) for a in actions)
    return Table(columns, rows, "actions", len(rows))


def _timeline(found: IncidentFile) -> tuple[Block, ...]:
    columns = (
        Column("When", weight=2), Column("Who", weight=1.5), Column("What", weight=5),
        Column("From", weight=0.8),
    )  # fmt: skip
    rows = tuple(
        (readable(m.at), m.actor, m.what, Badge("log") if m.source == "log" else "note")
        for m in found.timeline
    )
    table = Table(columns, rows, "moments", len(rows) + found.left_out)
    return (table,)
