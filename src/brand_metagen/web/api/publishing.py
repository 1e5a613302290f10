"""Releases made public."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from brand_metagen.app import publishing
from brand_metagen.web.api.decisions import NO_NOTE, Reasoned
from brand_metagen.web.api.fields import (
    IdempotencyKey,
    Limit,
    Model,
    NumberCursor,
    PageOf,
    problems,
)
from brand_metagen.web.sign_in import Operator, TheServer, Viewer

router = APIRouter(tags=["publishing"])
ReleaseId = Annotated[str, Path(max_length=64, description="For example REL-0123456789ab.")]


class PublishedShape(Model):
    """The release in force now."""

    release: str = Field(description="Its id.")
    brands: int = Field(description="Brands it holds.")
    changed: list[str] = Field(description="Brands whose version is new in it.")
    sequence: int = Field(description="The publication's number.")
    replayed: bool = Field(description="Whether the same key had been used: nothing was done now.")


class PublicationShape(Model):
    """A release that was made public."""

    sequence: int = Field(description="The publication's number.")
    release_id: str = Field(description="The release.")
    published_at: str = Field(description="When, UTC in ISO 8601.")
    actor: str = Field(description="By whom.")
    note: str = Field(description="Why.")


@router.post("/publish", responses=problems(409))
def publish(
    server: TheServer,
    actor: Operator,
    response: Response,
    said: Reasoned = NO_NOTE,
    key: IdempotencyKey = "",
) -> PublishedShape:
    """Pack every approved version into a release and put it in force."""
    done = publishing.publish(server.workspace, actor.name, said.note, key=key)
    if done.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return PublishedShape.model_validate(done)


@router.get("/publications", responses=problems())
def history(
    server: TheServer, actor: Viewer, limit: Limit = 50, cursor: NumberCursor = None
) -> PageOf[PublicationShape]:
    """All publications, newest first; the first one is in force."""
    found = list(publishing.history(server.workspace))[::-1]
    rest = [p for p in found if cursor is None or p.sequence < cursor]
    items = [PublicationShape.model_validate(p) for p in rest[:limit]]
    return PageOf(items=items, next=str(items[-1].sequence) if len(rest) > limit else None)


@router.post("/publications/{release_id}/restore", responses=problems(404, 409))
def restore(
    server: TheServer, actor: Operator, release_id: ReleaseId, said: Reasoned = NO_NOTE
) -> PublishedShape:
    """Put an earlier release in force again."""
    done = publishing.restore(server.workspace, release_id, actor.name, said.note)
    return PublishedShape.model_validate(done)
