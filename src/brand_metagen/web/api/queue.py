"""The queue of brands, and who has which."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from brand_metagen.ports import BrandLine, BrandState, QueueFilter
from brand_metagen.web.api.fields import (
    Cursor,
    Id,
    Limit,
    Model,
    PageOf,
    Search,
    TheBrand,
    problems,
)
from brand_metagen.web.sign_in import Reviewer, TheServer, Viewer

router = APIRouter(tags=["queue"])


class QueueItem(Model):
    """A brand in the queue."""

    brandid: str = Field(description="The brand's id.")
    brandname: str = Field(description="Its name.")
    version: int = Field(description="Its latest version; 0 = none yet.")
    confidence: float = Field(description="Probability that a reviewer approves it unchanged.")
    rows: int = Field(description="Rows its rule takes or that are labelled to it.")
    round: int = Field(description="Rounds of feedback it has had.")
    priority: float = Field(description="Expected corrected transactions per look.")
    reason: str = Field(description="Why a human should look, most telling first.")
    sector: str = Field(description="Its sector.")
    state: BrandState = Field(description="Where it stands.")
    corrections: int = Field(description="Rounds of all time.")
    approvals: int = Field(description="Approvals of the latest version.")
    claimed_by: str | None = Field(description="Who has it now.")
    claimed_until: str | None = Field(description="Until when, UTC in ISO 8601.")


class Wanted(Model):
    """Which brands count."""

    sector: Id = Field("", description="Only this sector.")
    search: Id = Field("", description="Part of an id or a name, in any case.")
    confidence_below: float | None = Field(None, description="Only less sure ones.")


class Claimed(Model):
    """A brand lent to one reviewer."""

    brandid: str = Field(description="The brand.")
    actor: str = Field(description="Who has it.")
    until: str = Field(description="Until when, UTC in ISO 8601; claim again to keep it.")


def item(line: BrandLine) -> QueueItem:
    """A brand as the queue shows it."""
    return QueueItem.model_validate(line)


@router.get("/review/queue", responses=problems())
def queue(
    server: TheServer,
    actor: Viewer,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[list[BrandState] | None, Query(description="Brands in these states.")] = None,
    sector: Annotated[str, Query(max_length=200, description="Only this sector.")] = "",
    search: Search = "",
    confidence_below: Annotated[float | None, Query(description="Only less sure ones.")] = None,
    round_from: Annotated[
        int | None, Query(ge=0, le=10_000, description="Only after so many rounds.")
    ] = None,
    claimed_by: Annotated[str, Query(max_length=200, description="Only what they have.")] = "",
    free: Annotated[bool, Query(description="Only what nobody else than you has.")] = False,
) -> PageOf[QueueItem]:
    """Brands that wait for a reviewer, what is worth most first."""
    wanted = QueueFilter(
        states=tuple(state) if state else (BrandState.AWAITING_REVIEW,),
        sector=sector,
        search=search,
        confidence_below=confidence_below,
        round_from=round_from,
        claimed_by=claimed_by,
        free_for=actor.name if free else "",
    )
    found = server.workspace.store.queue(wanted, limit, cursor)
    return PageOf(items=list(map(item, found.items)), next=found.next)


@router.post("/review/next", responses={**problems(), 204: {"description": "Nothing waits"}})
def claim_next(
    server: TheServer, actor: Reviewer, response: Response, wanted: Wanted | None = None
) -> QueueItem | None:
    """Take the first brand that nobody has; what you have already is passed over."""
    wanted = wanted or Wanted.model_validate({})
    chosen = QueueFilter(
        sector=wanted.sector, search=wanted.search, confidence_below=wanted.confidence_below
    )
    store, seconds = server.workspace.store, server.workspace.settings.review.claim_seconds
    claim = store.claim_next(chosen, actor.name, seconds)
    if claim is None:
        response.status_code = 204
        return None
    return item(store.line(claim.brandid))


@router.post("/brands/{brandid}/claim", responses=problems(404, 409))
def claim(server: TheServer, actor: Reviewer, line: TheBrand) -> Claimed:
    """Take a brand, or keep it longer; 409 while somebody else has it."""
    seconds = server.workspace.settings.review.claim_seconds
    found = server.workspace.store.claim(line.brandid, actor.name, seconds)
    return Claimed.model_validate(found)


@router.delete("/brands/{brandid}/claim", status_code=204, responses=problems(404))
def give_back(server: TheServer, actor: Reviewer, line: TheBrand) -> None:
    """Let others have it; nothing happens when you have no claim."""
    server.workspace.store.give_back(line.brandid, actor.name)
