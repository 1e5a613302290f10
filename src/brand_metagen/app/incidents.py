"""Incidents: opened, told of, recovered from, closed with cause and actions (EMG-01, REP-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.guards import person, said
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.escalate.words import channels
from brand_metagen.ports import (
    AuditRow,
    Incident,
    IncidentAct,
    IncidentChange,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    Severity,
)

MOST_MINUTES = 7 * 24 * 60
"""An update is promised for a week from now at the latest."""
TIMELINE = frozenset({
    "mode", "restored", "account_added", "account_changed", "account_isolated", "token_added",
    "token_revoked", "sealed", "publish", "revert", "run_started", "reprocessed", "case_opened",
    "undo", "withdraw", "rollback", "corrected", "correction_undone",
})  # fmt: skip
"""Acts of the audit log that belong to an incident's timeline, whoever did them."""
MOST_ACTS = 200
"""Acts of the log that one timeline shows; it says when there are more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline; `source` is the record (`note`) or the audit log (`log`)."""

    at: str
    actor: str
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class Durations:
    """Minutes from the beginning to the report, to recovery and to the end; None = not yet, or
    the clocks of two machines disagree (`clock_suspect`)."""

    to_report: float | None
    to_recovery: float | None
    to_close: float | None
    clock_suspect: bool


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """An incident with everything that is known of it; `left_out` acts are in the log alone."""

    incident: Incident
    events: tuple[IncidentEvent, ...]
    timeline: tuple[Moment, ...]
    left_out: int
    durations: Durations


def open_incident(
    workspace: Workspace,
    actor: str,
    kind: IncidentKind,
    severity: Severity,
    title: str,
    affected: str,
    *,
    since: str = "",
    next_update: int | None = None,
    tell: bool = False,
) -> Incident:
    """Write down that something is wrong; `since` is when it began, `next_update` in minutes.

    `affected` and the title are read by everybody: on the status page and in messages.
    """
    said(workspace, title, "say what is wrong, as in: incidents open system_down TEXT")
    said(workspace, affected, "say what is affected: --affected TEXT")
    incident = Incident(
        "", kind, severity, IncidentState.OPEN, title, affected, _moment(since), person(actor), "",
        _due(next_update),
    )  # fmt: skip
    return workspace.store.open_incident(incident, _told(workspace, tell))


def note(
    workspace: Workspace,
    actor: str,
    incident_id: str,
    text: str,
    *,
    next_update: int | None = None,
    affected: str = "",
    severity: Severity | None = None,
    tell: bool = False,
) -> Incident:
    """Add what is known now; what is affected, and how bad it is, may change with it."""
    said(workspace, text, "say what there is to note")
    changes: dict[str, object] = {}
    if next_update is not None:
        changes["next_update"] = _due(next_update)
    if affected.strip():
        changes["affected"] = said(workspace, affected)
    if severity is not None:
        changes["severity"] = severity.value
    return _changed(workspace, actor, incident_id, IncidentAct.NOTED, text, changes, tell=tell)


def recovered(
    workspace: Workspace, actor: str, incident_id: str, text: str, *, tell: bool = False
) -> Incident:
    """Write down that the system works again: from the beginning to now is the recovery time."""
    said(workspace, text, "say by what it was mended")
    changes = {"next_update": ""}
    return _changed(workspace, actor, incident_id, IncidentAct.RECOVERED, text, changes, tell=tell)


def worsened(
    workspace: Workspace, actor: str, incident_id: str, text: str, *, tell: bool = False
) -> Incident:
    """Write down that it was not over after all."""
    said(workspace, text, "say what shows that it is not over")
    return _changed(workspace, actor, incident_id, IncidentAct.WORSENED, text, {}, tell=tell)


def close(
    workspace: Workspace,
    actor: str,
    incident_id: str,
    cause: str,
    actions: Sequence[Mapping[str, str]],
    *,
    tell: bool = False,
) -> Incident:
    """End an incident that is recovered from; its cause and what keeps it from coming again.

    Raises InputError without a cause or an action, ConflictError while it is not recovered from.
    """
    said(workspace, cause, "say what the cause was: --cause TEXT")
    if not actions:
        raise InputError("say who does what by when: --action OWNER:2026-11-30:WHAT")
    changes = {"cause": cause, "actions": [_action(workspace, action) for action in actions]}
    return _changed(workspace, actor, incident_id, IncidentAct.CLOSED, cause, changes, tell=tell)


def listed(workspace: Workspace, *, open_only: bool = False) -> tuple[Incident, ...]:
    """Incidents, oldest first."""
    found = workspace.store.incidents()
    return tuple(i for i in found if not open_only or i.state is not IncidentState.CLOSED)


def shown(workspace: Workspace, incident_id: str) -> IncidentFile:
    """An incident with its events, its timeline from the log, and how long it took."""
    incident = workspace.store.incident(incident_id)
    events = workspace.store.incident_events(incident_id)
    timeline, left_out = _timeline(incident, events, list(audit_rows(workspace, 0)))
    return IncidentFile(incident, events, timeline, left_out, took(incident))


def _timeline(
    incident: Incident, events: Sequence[IncidentEvent], rows: Sequence[AuditRow]
) -> tuple[tuple[Moment, ...], int]:
    """Events and acts of the log in the order in which they were written, which no clock can turn
    round; how many acts are left out."""
    mine = [row for row in rows if row.subject == incident.incident_id]
    places = {(row.action, row.at): row.sequence for row in mine}
    carried = next((r.sequence for r in mine if r.action == "incident_carried"), 0)
    moments: list[tuple[tuple[int, int], Moment]] = []
    for event in events:
        place = places.get((f"incident_{event.kind}", event.at), carried)
        said = Moment(event.at, event.actor, f"{event.kind}: {event.note}", "note")
        moments.append(((place, event.sequence), said))
    opened = min((place for (place, _), _ in moments), default=0)
    last = max((place for (place, _), _ in moments), default=0)
    acts = [
        row
        for row in rows
        if row.action in TIMELINE
        and (row.at >= incident.began_at or row.sequence > opened)
        and (not incident.closed_at or row.sequence <= last)
    ]
    for row in acts[:MOST_ACTS]:
        moments.append(((row.sequence, 0), Moment(row.at, row.actor, _act(row), "log")))
    ordered = sorted(moments, key=lambda pair: pair[0])
    return tuple(moment for _, moment in ordered), max(0, len(acts) - MOST_ACTS)


def took(incident: Incident) -> Durations:
    """How long it took, in minutes.

    >>> from brand_metagen.ports import IncidentKind
    >>> one = Incident("INC-0001", IncidentKind.OTHER, Severity.MINOR, IncidentState.RECOVERED, "",
    ...                "", "2026-01-02T03:00:00.000+00:00", "", "2026-01-02T03:10:00.000+00:00",
    ...                recovered_at="2026-01-02T04:30:00.000+00:00")
    >>> took(one)
    Durations(to_report=10.0, to_recovery=90.0, to_close=None, clock_suspect=False)
    """
    ends = (incident.opened_at, incident.recovered_at, incident.closed_at)
    began = datetime.fromisoformat(incident.began_at)
    passed = [
        (datetime.fromisoformat(end) - began).total_seconds() / 60 if end else None for end in ends
    ]
    wrong = any(minutes is not None and minutes < 0 for minutes in passed)
    kept = [minutes if minutes is None or minutes >= 0 else None for minutes in passed]
    return Durations(kept[0], kept[1], kept[2], wrong)


def moment(text: str) -> datetime:
    """A time in ISO 8601, UTC where it names no zone; raises InputError."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no time; write it as 2026-11-30T14:05") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stamp(found: datetime) -> str:
    """A moment as the store keeps it.

    >>> stamp(moment("2026-01-02T03:04+01:00"))
    '2026-01-02T02:04:00.000+00:00'
    """
    return found.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(text: str) -> str:
    if not text.strip():
        return ""
    found = moment(text)
    if found > datetime.now(UTC):
        raise InputError(f"{text} has not come yet; say when it began")
    return stamp(found)


def _due(minutes: int | None) -> str:
    if minutes is None:
        return ""
    if not 1 <= minutes <= MOST_MINUTES:
        raise InputError(f"the next update comes in 1 to {MOST_MINUTES:,} minutes")
    return stamp(datetime.now(UTC) + timedelta(minutes=minutes))


def _told(workspace: Workspace, tell: bool) -> tuple[str, ...]:
    return channels(workspace.settings.notify) if tell else ()


def _changed(
    workspace: Workspace,
    actor: str,
    incident_id: str,
    kind: IncidentAct,
    text: str,
    changes: Mapping[str, object],
    *,
    tell: bool,
) -> Incident:
    change = IncidentChange(person(actor), incident_id, kind, text, changes, _told(workspace, tell))
    return workspace.store.change_incident(change)


def _action(workspace: Workspace, action: Mapping[str, str]) -> dict[str, str]:
    owner, due, what = (action.get(name, "").strip() for name in ("owner", "due", "what"))
    if not owner or not what:
        raise InputError("an action says who does what by when")
    try:
        date.fromisoformat(due)
    except ValueError as error:
        raise InputError(f"{due[:40]!r} is no day; write it as 2026-11-30") from error
    return {"owner": person(owner), "due": due, "what": said(workspace, what)}


def _act(row: AuditRow) -> str:
    why = row.detail.get("reason") or row.detail.get("note") or ""
    what = row.detail.get("mode") or row.subject
    told = f"{row.action} {what}".replace("_", " ")
    return f"{told}: {why}" if why else told
