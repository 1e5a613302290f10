"""Alarms: how they stand, what happened, and who knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from brand_metagen.app import watching
from brand_metagen.app.watching import Standing
from brand_metagen.ports import AlarmState
from brand_metagen.web.api.fields import Model, Note, problems
from brand_metagen.web.sign_in import Operator, TheServer, Viewer

router = APIRouter(tags=["alarms"])
Name = Annotated[str, Path(max_length=64, description="The alarm's name.")]
EVENTS = 50
"""Lines of its history that come with an alarm."""


class AlarmShape(Model):
    """An alarm and how it stands."""

    name: str = Field(description="Its name.")
    title: str = Field(description="What goes wrong.")
    state: AlarmState = Field(description="OK, ALARM or INSUFFICIENT_DATA.")
    since: str = Field(description="Since when, UTC in ISO 8601; empty = never looked at.")
    value: float | None = Field(description="What was compared; null = there was no value.")
    reason: str = Field(description="What was found.")
    rule: str = Field(description="When it goes off.")
    metric: str = Field(description="The metric it looks at.")
    threshold: float = Field(description="Above it, it goes off.")
    setting: str = Field(description="The setting that holds the threshold.")
    alarmed_at: str = Field(description="When it went off last, be it over; empty = never.")
    acknowledged_by: str = Field(description="Who said that they know; empty = nobody.")
    acknowledged_at: str = Field(description="When.")
    note: str = Field(description="What they said.")
    checked_at: str = Field(description="When somebody looked last.")
    means: str = Field(description="What it means.")
    steps: list[str] = Field(description="What to do, in order.")


class EventShape(Model):
    """A line of an alarm's history."""

    sequence: int = Field(description="Its place.")
    name: str = Field(description="The alarm.")
    at: str = Field(description="When, UTC in ISO 8601.")
    written_at: str = Field(description="When it was written down.")
    kind: str = Field(description="moved or acknowledged.")
    actor: str = Field(description="Who; system for moves.")
    before: AlarmState = Field(description="Its state before.")
    after: AlarmState = Field(description="Its state after.")
    value: float | None = Field(description="What was compared.")
    said: str = Field(description="Why, or the note.")


class AlarmWhole(AlarmShape):
    """An alarm with its history."""

    history: list[EventShape] = Field(description="Newest first.")


class Alarms(Model):
    """All alarms."""

    items: list[AlarmShape] = Field(description="In the order of the documents.")


class AcknowledgeIn(Model):
    """That somebody knows."""

    note: Note = ""


@router.get("/alarms", responses=problems())
def listed(server: TheServer, actor: Viewer) -> Alarms:
    """All alarms as they were found last."""
    return Alarms(items=list(map(_shape, watching.standings(server.workspace))))


@router.get("/alarms/{name}", responses=problems(404))
def shown(server: TheServer, actor: Viewer, name: Name) -> AlarmWhole:
    """One alarm with its history."""
    found = watching.standing(server.workspace, name)
    events = watching.history(server.workspace, name, EVENTS)
    history = list(map(EventShape.model_validate, events))
    return AlarmWhole(**_shape(found).model_dump(), history=history)


@router.post("/alarms/{name}/acknowledge", responses=problems(404, 409))
def acknowledge(server: TheServer, actor: Operator, name: Name, said: AcknowledgeIn) -> AlarmShape:
    """Say that you know; 409 where it never went off or somebody said so already."""
    return _shape(watching.acknowledge(server.workspace, actor.name, name, said.note))


def _shape(standing: Standing) -> AlarmShape:
    return AlarmShape.model_validate(watching.plain(standing))
