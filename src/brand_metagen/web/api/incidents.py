"""Emergencies: incidents, and what may change meanwhile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from brand_metagen.app import incidents
from brand_metagen.app.guards import said
from brand_metagen.ports import IncidentKind, IncidentState, Mode, Severity
from brand_metagen.web.api.fields import Model, problems
from brand_metagen.web.sign_in import Operator, TheServer, Viewer

router = APIRouter(tags=["emergencies"])
LONGEST = 10_000
"""Characters of what is said; the setting review.remark_chars may allow fewer."""

Said = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Minutes = Annotated[int | None, Field(ge=1, le=incidents.MOST_MINUTES)]
IncidentId = Annotated[str, Path(max_length=32, description="INC-NNNN.")]


class Action(Model):
    """What keeps it from coming again."""

    owner: str = Field(min_length=1, max_length=200, description="Who does it.")
    due: str = Field(max_length=10, description="By which day, as 2026-11-30.")
    what: Said = Field(description="What.")


class IncidentShape(Model):
    """One incident. Times are UTC in ISO 8601, empty = not yet."""

    incident_id: str = Field(description="INC-NNNN.")
    kind: IncidentKind = Field(description="Which procedure it follows.")
    severity: Severity = Field(description="How bad it is.")
    state: IncidentState = Field(description="Where it stands.")
    title: str = Field(description="What is wrong.")
    affected: str = Field(description="What is affected.")
    began_at: str = Field(description="Since when.")
    opened_by: str = Field(description="Who wrote it down.")
    opened_at: str = Field(description="When.")
    next_update: str = Field(description="When stakeholders hear more.")
    recovered_at: str = Field(description="When the system worked again.")
    closed_at: str = Field(description="When it was closed.")
    cause: str = Field(description="The cause, once it is known.")
    actions: list[Action] = Field(description="What keeps it from coming again.")
    revision: int = Field(description="Grows with every act.")


class IncidentsShape(Model):
    """All incidents."""

    items: list[IncidentShape] = Field(description="Oldest first.")


class MomentShape(Model):
    """One line of a timeline."""

    at: str = Field(description="When.")
    actor: str = Field(description="Who.")
    what: str = Field(description="What was said or done.")
    source: str = Field(description="note or log.")


class IncidentFileShape(Model):
    """An incident with its timeline."""

    incident: IncidentShape = Field(description="The incident.")
    timeline: list[MomentShape] = Field(description="Notes and acts of the log, oldest first.")
    left_out: int = Field(description="Acts that only the log has.")
    minutes_to_recovery: float | None = Field(description="null = not yet, or clocks disagree.")


class NewIncident(Model):
    """An incident to be written down."""

    kind: IncidentKind = Field(description="Which procedure it follows.")
    title: Said = Field(description="What is wrong, for everybody to read.")
    affected: Said = Field(description="What is affected, for everybody to read.")
    severity: Severity = Field(Severity.MAJOR, description="How bad it is.")
    since: str = Field("", max_length=40, description="When it began; empty = now.")
    next_update: Minutes = Field(None, description="Minutes until stakeholders hear more.")
    tell: bool = Field(False, description="Tell stakeholders.")


class NewNote(Model):
    """What is known now."""

    text: Said = Field(description="In words.")
    affected: str = Field("", max_length=LONGEST, description="What is affected now.")
    severity: Severity | None = Field(None, description="How bad it is now.")
    next_update: Minutes = Field(None, description="Minutes until stakeholders hear more.")
    recovered: bool = Field(False, description="The system works again.")
    tell: bool = Field(False, description="Tell stakeholders.")


class Ending(Model):
    """How an incident ends."""

    cause: Said = Field(description="What the cause was.")
    actions: list[Action] = Field(min_length=1, max_length=100, description="Who does what.")
    tell: bool = Field(False, description="Tell stakeholders.")


class ModeShape(Model):
    """What may change, and who said so why and when."""

    mode: Mode = Field(description="normal, paused or read_only.")
    actor: str = Field(description="Who; empty = it was never set.")
    reason: str = Field(description="Why.")
    at: str = Field(description="When.")


class NewMode(Model):
    """What may change from now on."""

    mode: Mode = Field(description="normal, paused or read_only.")
    reason: Said = Field(description="Why.")


@router.get("/incidents", responses=problems())
def listed(
    server: TheServer,
    actor: Viewer,
    open_only: Annotated[bool, Query(description="Without those that are closed.")] = False,
) -> IncidentsShape:
    """All incidents, or those that are not closed."""
    found = incidents.listed(server.workspace, open_only=open_only)
    return IncidentsShape(items=list(map(IncidentShape.model_validate, found)))


@router.post("/incidents", status_code=201, responses=problems())
def opened(server: TheServer, actor: Operator, wanted: NewIncident) -> IncidentShape:
    """Write down that something is wrong."""
    made = incidents.open_incident(
        server.workspace, actor.name, wanted.kind, wanted.severity, wanted.title, wanted.affected,
        since=wanted.since, next_update=wanted.next_update, tell=wanted.tell,
    )  # fmt: skip
    return IncidentShape.model_validate(made)


@router.get("/incidents/{incident_id}", responses=problems(404))
def shown(server: TheServer, actor: Operator, incident_id: IncidentId) -> IncidentFileShape:
    """One incident with its timeline."""
    found = incidents.shown(server.workspace, incident_id)
    return IncidentFileShape(
        incident=IncidentShape.model_validate(found.incident),
        timeline=list(map(MomentShape.model_validate, found.timeline)),
        left_out=found.left_out,
        minutes_to_recovery=found.durations.to_recovery,
    )


@router.post("/incidents/{incident_id}/note", responses=problems(404, 409))
def noted(
    server: TheServer, actor: Operator, incident_id: IncidentId, wanted: NewNote
) -> IncidentShape:
    """Add what is known now, or that the system works again."""
    workspace, name = server.workspace, actor.name
    if wanted.recovered:
        made = incidents.recovered(workspace, name, incident_id, wanted.text, tell=wanted.tell)
    else:
        made = incidents.note(
            workspace, name, incident_id, wanted.text, next_update=wanted.next_update,
            affected=wanted.affected, severity=wanted.severity, tell=wanted.tell,
        )  # fmt: skip
    return IncidentShape.model_validate(made)


@router.post("/incidents/{incident_id}/close", responses=problems(404, 409))
def closed(
    server: TheServer, actor: Operator, incident_id: IncidentId, wanted: Ending
) -> IncidentShape:
    """End an incident that was recovered from."""
    actions = [action.model_dump() for action in wanted.actions]
    made = incidents.close(
        server.workspace, actor.name, incident_id, wanted.cause, actions, tell=wanted.tell
    )
    return IncidentShape.model_validate(made)


@router.get("/mode", responses=problems())
def mode(server: TheServer, actor: Viewer) -> ModeShape:
    """What may change now."""
    return ModeShape.model_validate(server.workspace.store.mode())


@router.put("/mode", responses=problems())
def set_mode(server: TheServer, actor: Operator, wanted: NewMode) -> ModeShape:
    """Pause the system, make it read-only, or let everything go on."""
    reason = said(server.workspace, wanted.reason, "say why")
    done = server.workspace.store.set_mode(wanted.mode, actor.name, reason)
    return ModeShape.model_validate(done)
