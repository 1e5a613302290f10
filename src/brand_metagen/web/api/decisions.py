"""What a reviewer decides of the version on the screen."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from brand_metagen.app import decisions
from brand_metagen.app.decisions import Decided
from brand_metagen.ports import BrandState, Verdict
from brand_metagen.web.api.fields import (
    Expected,
    IdempotencyKey,
    Model,
    Note,
    TheBrand,
    etag,
    problems,
)
from brand_metagen.web.sign_in import Operator, Reviewer, TheServer

router = APIRouter(tags=["decisions"])
RESPONSES = problems(404, 409, 428)


class Reasoned(Model):
    """A note beside a decision."""

    note: Note


class RoundShape(Model):
    """A round counter corrected by hand."""

    round: int = Field(ge=0, le=1_000, description="What the counter should say.")
    note: str = Field(min_length=1, description="Why it is corrected.")


class DecidedShape(Model):
    """What a decision left."""

    brandid: str = Field(description="The brand.")
    action: str = Field(description="What was done.")
    version: int = Field(description="The version it was done to.")
    state: BrandState = Field(description="Where the brand stands now.")
    round: int = Field(description="Rounds of feedback it has had.")
    replayed: bool = Field(description="Whether the same key had been used: nothing was done now.")


NO_NOTE = Reasoned(note="")


ACTS = {
    Verdict.APPROVE: "Approve the version; where two have to, it counts as one of them.",
    Verdict.REJECT: "Reject the version; the brand stays in the queue for feedback.",
    Verdict.FLAG: "Hand the brand to an expert.",
    Verdict.UNDO: "Take an approval back, until it is published.",
}
"""What may be decided, at an address each."""


def _add(verdict: Verdict, description: str) -> None:
    def decide(
        server: TheServer,
        actor: Reviewer,
        line: TheBrand,
        expected: Expected,
        response: Response,
        said: Reasoned = NO_NOTE,
        key: IdempotencyKey = "",
    ) -> DecidedShape:
        done = decisions.decide(
            server.workspace, actor.name, line.brandid, verdict, expected, note=said.note, key=key
        )
        return _told(done, response)

    path = f"/brands/{{brandid}}/{verdict.value}"
    router.post(path, name=verdict.value, description=description, responses=RESPONSES)(decide)


for verdict, description in ACTS.items():
    _add(verdict, description)


@router.post("/brands/{brandid}/round", responses=problems(404, 409))
def set_round(
    server: TheServer, actor: Operator, line: TheBrand, wanted: RoundShape, response: Response
) -> DecidedShape:
    """Correct a round counter that is stuck."""
    done = decisions.set_round(
        server.workspace, actor.name, line.brandid, wanted.round, wanted.note
    )
    return _told(done, response)


def _told(done: Decided, response: Response) -> DecidedShape:
    response.headers["ETag"] = etag(done.version)
    if done.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return DecidedShape.model_validate(done)
