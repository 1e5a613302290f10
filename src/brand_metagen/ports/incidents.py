"""Incidents as the store keeps them: what is wrong with the system as a whole, since when, and what
was done about it (REP-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class IncidentKind(StrEnum):
    """Which procedure it follows (EMG-01 to EMG-03)."""

    SYSTEM_DOWN = "system_down"
    DATA_CORRUPTION = "data_corruption"
    SECURITY = "security"
    OTHER = "other"


class Severity(StrEnum):
    """How bad it is for those who rely on the system."""

    CRITICAL = "critical"
    """Nobody can work, or what is published is wrong."""
    MAJOR = "major"
    """Some cannot work, or work is slow or unsure."""
    MINOR = "minor"
    """Hardly anybody notices."""


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    RECOVERED = "recovered"
    """The system works again; cause and actions are still to be written down."""
    CLOSED = "closed"


class IncidentAct(StrEnum):
    """What happens to an incident; the `kind` of an event."""

    OPENED = "opened"
    NOTED = "noted"
    RECOVERED = "recovered"
    WORSENED = "worsened"
    """It was thought over, and is not."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. Times are UTC in ISO 8601, empty = not yet; `began_at` may lie before
    `opened_at`. `affected` is for everybody to read; `next_update` is when stakeholders hear more.

    `actions` hold owner, due and what.
    """

    incident_id: str
    kind: IncidentKind
    severity: Severity
    state: IncidentState
    title: str
    affected: str
    began_at: str
    opened_by: str
    opened_at: str
    next_update: str = ""
    recovered_at: str = ""
    closed_at: str = ""
    cause: str = ""
    actions: tuple[Mapping[str, str], ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One thing that was said of an incident or done to it, in the order in which it was
    written; `told` = stakeholders were told of it."""

    sequence: int
    incident_id: str
    at: str
    actor: str
    kind: IncidentAct
    note: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """One act of a person on one incident: event, incident, messages and audit row commit
    together. `changes` are fields of the incident."""

    actor: str
    incident_id: str
    kind: IncidentAct
    note: str = ""
    changes: Mapping[str, object] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    """Where word of it goes; none = nobody is told."""


class Incidents(Protocol):
    """The part of the store that keeps incidents. Every method is one transaction."""

    def open_incident(self, incident: Incident, channels: tuple[str, ...]) -> Incident:
        """Keep a new incident under the next number (`incident_id` and `opened_at` are set)."""
        ...

    def change_incident(self, change: IncidentChange) -> Incident:
        """Write one act; raises NotFound, or ConflictError when it may not be done any more."""
        ...

    def incidents(self) -> tuple[Incident, ...]:
        """All incidents, oldest first."""
        ...

    def incident(self, incident_id: str) -> Incident:
        """One incident; raises NotFound when there is none of that id."""
        ...

    def incident_events(self, incident_id: str) -> tuple[IncidentEvent, ...]:
        """What was said of an incident, oldest first."""
        ...

    def carry_incident(
        self, incident: Incident, events: Sequence[IncidentEvent], actor: str
    ) -> None:
        """Take over an incident of another store as it stands there, with the events that this
        one does not have: a restore must not lose the record of why it was made."""
        ...
