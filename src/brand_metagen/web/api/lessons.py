"""Lessons that reviews of other brands propose: listed, adopted, refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from brand_metagen.app import lessons as using
from brand_metagen.ports import Fate
from brand_metagen.web.api.fields import Id, Model, problems
from brand_metagen.web.api.shapes import Asked
from brand_metagen.web.sign_in import Reviewer, TheServer, Viewer

router = APIRouter(tags=["lessons"])


class LessonShape(Model):
    """What feedback on one brand proposes to another."""

    lesson_id: str = Field(description="LSN-000001.")
    brandid: str = Field(description="The brand it is proposed to.")
    learned_on: str = Field(description="The brand whose review taught it.")
    constraint: Asked = Field(description="What it asks, by whom, when and in which remark.")
    fate: Fate = Field(description="What became of it.")
    decided_by: str = Field(description="Who adopted or refused it.")
    decided_at: str = Field(description="When, UTC in ISO 8601; empty = not yet.")
    note: str = Field(description="Why it was refused.")


class TriedShape(LessonShape):
    """A lesson and what asking the brand for it does."""

    own_rows: int = Field(description="Rows it shuts out that are labelled to the brand.")
    others_rows: int = Field(description="The same, labelled to others.")
    unlabelled_rows: int = Field(description="The same, without a label.")
    outcome: str = Field(description="What came of it, as of a remark; refused = no rule keeps it.")
    gained: int = Field(description="Rows confirmed newly.")
    lost: int = Field(description="Rows confirmed no longer.")
    version: int = Field(description="The brand's version after it.")
    proven: bool = Field(description="Whether the market bears it out.")
    refused: str = Field(description="Why no rule keeps it.")


class AdoptIn(Model):
    """Whether only to show what would come of it."""

    dry_run: bool = Field(False, description="Store nothing.")


class RefuseIn(Model):
    """Why a lesson does not hold for the brand."""

    note: str = Field(min_length=1, max_length=10_000, description="In words.")


@router.get("/lessons", responses=problems())
def listed(
    server: TheServer,
    actor: Viewer,
    brandid: Annotated[Id, Query(description="Only those proposed to this brand.")] = "",
    fate: Annotated[Fate | None, Query(description="Only these.")] = None,
) -> list[LessonShape]:
    """What reviews of brands propose to others, oldest first, and what became of it."""
    found = server.workspace.store.lessons(brandid or None)
    return [LessonShape(**using.plain(x)) for x in found if fate in (None, x.fate)]


@router.post("/lessons/{lesson_id}/adopt", responses=problems(404, 409))
def adopt(server: TheServer, actor: Reviewer, lesson_id: Id, how: AdoptIn) -> TriedShape:
    """Ask the brand for what another brand's review taught, as a remark of yours."""
    using.lesson_of(server.workspace, lesson_id)
    live = server.warm.current()
    done = using.adopt(live, actor.name, lesson_id, dry_run=how.dry_run)
    return TriedShape(**using.plain_tried(done))


@router.post("/lessons/{lesson_id}/refuse", responses=problems(404, 409))
def refuse(server: TheServer, actor: Reviewer, lesson_id: Id, why: RefuseIn) -> LessonShape:
    """Refuse a lesson for its brand; it is not proposed there any more."""
    done = using.refuse(server.workspace, actor.name, lesson_id, why.note)
    return LessonShape(**using.plain(done))
