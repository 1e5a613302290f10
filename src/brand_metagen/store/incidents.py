"""Incidents: the incident, its event, the messages and the audit row commit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.escalate import incident_words
from brand_metagen.ports import (
    Incident,
    IncidentAct,
    IncidentChange,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    NoticeState,
    Severity,
)
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.operations import go_on

TABLE, EVENTS = schema.incidents, schema.incident_events
I, E = TABLE.c, EVENTS.c  # noqa: E741

AFTERWARDS = {
    IncidentAct.RECOVERED: (IncidentState.RECOVERED, frozenset({IncidentState.OPEN})),
    IncidentAct.WORSENED: (IncidentState.OPEN, frozenset({IncidentState.RECOVERED})),
    IncidentAct.CLOSED: (IncidentState.CLOSED, frozenset({IncidentState.RECOVERED})),
}
"""Where an act leads, and from where it may be done; a note may always be made."""


class IncidentPart(SqlBase):
    """Incidents and what is said of them; they are written down whatever the mode."""

    def open_incident(self, incident: Incident, channels: tuple[str, ...]) -> Incident:
        """Keep a new incident under the next number."""
        with self._writing(always=True) as connection:
            now = self._now()
            values = {**_values(incident), "incident_id": None, "opened_at": now}
            values["began_at"] = incident.began_at or now
            result = connection.execute(TABLE.insert().values(values))
            (sequence,) = result.inserted_primary_key or (0,)
            incident_id = f"INC-{sequence:04d}"
            here = I.sequence == sequence
            connection.execute(TABLE.update().where(here).values(incident_id=incident_id))
            made = _found(connection, incident_id, lock=False)
            change = IncidentChange(
                incident.opened_by, incident_id, IncidentAct.OPENED, incident.title,
                {"kind": incident.kind.value, "severity": incident.severity.value}, channels,
            )  # fmt: skip
            _record(connection, made, change, now)
            return made

    def change_incident(self, change: IncidentChange) -> Incident:
        """Write one act; raises ConflictError where the incident does not stand for it."""
        with self._writing(always=True) as connection:
            now, before = self._now(), _found(connection, change.incident_id, lock=True)
            values = {**change.changes, "revision": before.revision + 1}
            if change.kind in AFTERWARDS:
                state, allowed = AFTERWARDS[change.kind]
                if before.state not in allowed:
                    raise ConflictError(
                        f"{before.incident_id} is {before.state}, so it cannot be {change.kind}; "
                        f"`brand-metagen incidents show {before.incident_id}` shows why",
                        now={"incident_id": before.incident_id, "state": before.state.value},
                    )
                values["state"] = state.value
            if change.kind is IncidentAct.RECOVERED:
                values.setdefault("recovered_at", now)
            if change.kind is IncidentAct.WORSENED:
                values["recovered_at"] = ""
            if change.kind is IncidentAct.CLOSED:
                values["closed_at"] = now
            here = I.incident_id == change.incident_id
            connection.execute(TABLE.update().where(here).values(values))
            made = _found(connection, change.incident_id, lock=False)
            _record(connection, made, change, now)
            return made

    def incidents(self) -> tuple[Incident, ...]:
        """All incidents, oldest first."""
        query = select(TABLE).order_by(I.sequence)
        with self._reading() as connection:
            return tuple(_incident(row) for row in connection.execute(query).mappings())

    def incident(self, incident_id: str) -> Incident:
        """One incident; raises NotFound when there is none of that id."""
        with self._reading() as connection:
            return _found(connection, incident_id, lock=False)

    def incident_events(self, incident_id: str) -> tuple[IncidentEvent, ...]:
        """What was said of an incident, oldest first."""
        query = select(EVENTS).where(E.incident_id == incident_id).order_by(E.sequence)
        with self._reading() as connection:
            return tuple(_event(row) for row in connection.execute(query).mappings())

    def carry_incident(
        self, incident: Incident, events: Sequence[IncidentEvent], actor: str
    ) -> None:
        """Take over an incident of another store, with the events that this one does not have."""
        with self._writing(always=True) as connection:
            here = I.incident_id == incident.incident_id
            known = connection.scalar(select(I.sequence).where(here))
            if known is None:
                number = int(incident.incident_id.rpartition("-")[2])
                connection.execute(TABLE.insert().values(sequence=number, **_values(incident)))
            else:
                connection.execute(TABLE.update().where(here).values(_values(incident)))
            mine = select(E.sequence).where(E.incident_id == incident.incident_id)
            had = set(connection.scalars(mine))
            for event in events:
                if event.sequence not in had:
                    connection.execute(EVENTS.insert().values(asdict(event)))
            for table in (TABLE, EVENTS):
                go_on(connection, table)
            detail = {"events": len(events), "state": incident.state.value}
            append(connection, self._now(), actor, "incident_carried", incident.incident_id, detail)


def _record(connection: Connection, made: Incident, change: IncidentChange, now: str) -> None:
    """The event, what stakeholders are told of it, and its row in the log."""
    values = {
        "incident_id": made.incident_id, "at": now, "actor": change.actor,
        "kind": change.kind.value, "note": change.note, "told": bool(change.channels),
    }  # fmt: skip
    result = connection.execute(EVENTS.insert().values(values))
    (sequence,) = result.inserted_primary_key or (0,)
    event = _event({**values, "sequence": sequence})
    for channel in change.channels:
        connection.execute(
            schema.notices.insert().values(
                case_id=made.incident_id,
                channel=channel,
                state=NoticeState.WAITING.value,
                subject=incident_words.subject(made, event),
                body=incident_words.body(made, event),
                attempts=0,
                made_at=now,
                due_at=now,
                error="",
                sent_at="",
            )
        )
    said = {name: value for name, value in change.changes.items() if value != ""}
    detail = {**said, "state": made.state.value, "note": change.note, "told": [*change.channels]}
    append(connection, now, change.actor, f"incident_{change.kind}", made.incident_id, detail)


def _found(connection: Connection, incident_id: str, *, lock: bool) -> Incident:
    query = select(TABLE).where(I.incident_id == incident_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no incident {incident_id}; `brand-metagen incidents list` shows them")
    return _incident(row)


def _values(incident: Incident) -> dict[str, Any]:
    values = {f.name: getattr(incident, f.name) for f in fields(incident)}
    for name in ("kind", "severity", "state"):
        values[name] = values[name].value
    return {**values, "actions": [dict(action) for action in incident.actions]}


def _incident(row: Mapping[Any, Any]) -> Incident:
    values = {name: value for name, value in row.items() if name != "sequence"}
    values |= {
        "kind": IncidentKind(row["kind"]),
        "severity": Severity(row["severity"]),
        "state": IncidentState(row["state"]),
        "actions": tuple(row["actions"]),
    }
    return Incident(**values)


def _event(row: Mapping[Any, Any]) -> IncidentEvent:
    return IncidentEvent(**{**row, "kind": IncidentAct(row["kind"])})
