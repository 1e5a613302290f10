"""Single narratives answered by the rules."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter
from pydantic import Field

from brand_metagen.app import answering
from brand_metagen.app.answering import Asked
from brand_metagen.errors import InputError
from brand_metagen.records import Decision
from brand_metagen.web.api.fields import Id, Model, problems
from brand_metagen.web.sign_in import TheServer, Viewer

router = APIRouter(tags=["classify"])


class What(StrEnum):
    """Whose rules answer."""

    LATEST = "latest"
    PUBLISHED = "published"


class RowIn(Model):
    """A row to classify."""

    narrative: str = Field(max_length=65_536, description="The text as it stands on a statement.")
    mccid: Id = Field(description="Merchant category code.")
    mid: Id = Field("", description="Merchant id, where it is known.")


class ClassifyIn(Model):
    """Rows to classify."""

    items: list[RowIn] = Field(description="The rows.")
    what: What = Field(
        What.LATEST, description="By every brand's latest version, or by the release in force."
    )


class AnswerShape(Model):
    """What becomes of a row."""

    brandid: str = Field(description="The best candidate; empty = nobody.")
    decision: Decision = Field(description="What was decided.")
    confidence: float = Field(description="Probability that the row is that brand's.")
    reason: str = Field(description="Why.")


class Answers(Model):
    """The answers in order."""

    items: list[AnswerShape] = Field(description="One for each row that was sent.")


@router.post("/classify", responses=problems(409))
def classify(server: TheServer, actor: Viewer, asked: ClassifyIn) -> Answers:
    """Whose each narrative is, how surely, and why."""
    most = server.workspace.settings.serve.classify_items
    if len(asked.items) > most:
        raise InputError(f"{len(asked.items):,} rows; send {most:,} at the most at once")
    rows = [Asked(row.narrative, row.mccid, row.mid) for row in asked.items]
    if asked.what is What.PUBLISHED:
        found = server.published.answer(server.workspace, rows)
    else:
        found = answering.latest(server.latest, server.warm.glance(), rows)
    return Answers(items=list(map(AnswerShape.model_validate, found)))
