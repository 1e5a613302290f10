"""What stakeholders are told of an incident, as plain data: the same facts for every channel."""

from __future__ import annotations

from typing import Any

from brand_metagen.ports import Incident, IncidentAct, IncidentEvent, IncidentState

TEMPLATES = {
    IncidentAct.OPENED: "We are looking into it.",
    IncidentAct.NOTED: "We are at work on it.",
    IncidentAct.RECOVERED: "The system works again. The cause is still being looked into.",
    IncidentAct.WORSENED: "It is not over: what we thought was mended is not.",
    IncidentAct.CLOSED: "It is over, its cause is known, and what keeps it from coming again is "
    "decided.",
}
"""What every message begins with, by what happened."""
ENDS = frozenset({IncidentAct.RECOVERED, IncidentAct.CLOSED})


def subject(incident: Incident, event: IncidentEvent) -> str:
    """One line.

    >>> from brand_metagen.ports import IncidentKind, Severity
    >>> down = Incident("INC-0001", IncidentKind.SYSTEM_DOWN, Severity.MAJOR, IncidentState.OPEN,
    ...                 "the server does not answer", "reviews", "", "olga", "")
    >>> subject(down, IncidentEvent(1, "INC-0001", "", "olga", IncidentAct.OPENED, ""))
    'INC-0001 opened: system down (major), the server does not answer'
    """
    kind = incident.kind.value.replace("_", " ")
    return (
        f"{incident.incident_id} {event.kind}: {kind} ({incident.severity.value}), {incident.title}"
    )


def body(incident: Incident, event: IncidentEvent) -> dict[str, Any]:
    """The message from its template: state, since when, what is affected, when more follows."""
    more = "" if event.kind in ENDS else incident.next_update
    return {
        "incident": {
            "summary": TEMPLATES[event.kind],
            "what": incident.title,
            "state": incident.state.value,
            "severity": incident.severity.value,
            "since": incident.began_at,
            "affected": incident.affected,
            "note": event.note,
            "recovered": incident.recovered_at,
            "cause": incident.cause if incident.state is IncidentState.CLOSED else "",
            "next_update": more,
        },
        "event": {"kind": event.kind.value, "actor": event.actor},
        "at": event.at,
    }
