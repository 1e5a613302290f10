"""Brands: their record, their rows, and what binds them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from brand_metagen.app import iterating
from brand_metagen.app.brand_rows import brand_rows
from brand_metagen.app.outcomes import shown
from brand_metagen.app.reviewing import commercial_facts
from brand_metagen.errors import NotFound
from brand_metagen.ports import BrandLine, BrandState, Fit, Known, QueueFilter
from brand_metagen.publish.metadata import to_record
from brand_metagen.records import Decision, Metadata, Status
from brand_metagen.web.api.fields import (
    Cursor,
    Limit,
    Model,
    PageOf,
    Pair,
    Search,
    TheBrand,
    etag,
    problems,
)
from brand_metagen.web.api.queue import QueueItem, item
from brand_metagen.web.api.shapes import Asked
from brand_metagen.web.sign_in import TheServer, Viewer

router = APIRouter(tags=["brands"])


class Record(Model):
    """A metadata version: a rule with its evidence."""

    brandid: str = Field(description="The brand's id.")
    brandname: str = Field(description="Its name.")
    sector: str = Field(description="Its sector.")
    version: int = Field(description="The version's number; 0 = none yet.")
    status: Status = Field(description="What the version is.")
    regex: str | None = Field(
        description="The whole rule as one pattern for engines with look-ahead; null = no rule."
    )
    include: str | None = Field(description="What must be found, in the portable subset.")
    exclude: str | None = Field(description="What must not be found.")
    mccids: list[str] = Field(description="The codes its rows may have.")
    confidence: float = Field(description="Probability that a reviewer approves it unchanged.")
    requires_confirmation: bool = Field(description="Whether a human should look.")
    reasons: list[str] = Field(description="Why, most telling first.")
    evidence: dict[str, Any] = Field(description="What the rule does on the market, with samples.")


class BrandShape(Record):
    """A brand: its latest version and where it stands."""

    state: BrandState = Field(description="Where the brand stands.")
    round: int = Field(description="Rounds of feedback it has had.")
    corrections: int = Field(description="Rounds of all time.")
    approvals: int = Field(description="Approvals of this version.")
    claimed_by: str | None = Field(description="Who has it now.")
    claimed_until: str | None = Field(description="Until when, UTC in ISO 8601.")


class RowShape(Model):
    """A row as this brand sees it."""

    ccid: str = Field(description="Combo id.")
    bankid: str = Field(description="The bank whose number it is.")
    mid: str = Field(description="Merchant id.")
    mccid: str = Field(description="Merchant category code.")
    narrative: str = Field(description="The text, normalised.")
    given_brandid: str = Field(description="Whose it is labelled; empty = nobody's.")
    brandid: str = Field(description="Who has the row, the best candidate; empty = nobody.")
    decision: Decision = Field(
        description="What became of this brand's claim: excluded = the rule takes the row, but it "
        "is not the brand's; unmatched = the rule does not take it."
    )
    confidence: float = Field(description="Probability of this brand's claim; 0 = it has none.")
    reason: str = Field(description="Why.")


class AdviceShape(Model):
    """A reason not to go another round."""

    stop: str = Field(description="Which rule says so, such as good enough or near the limit.")
    says: str = Field(description="Why, with its figures.")
    do: str = Field(description="What to do instead.")


class RoundShape(Model):
    """One round of feedback."""

    round: int = Field(description="The round it was.")
    feedback_id: str = Field(description="The remark.")
    author: str = Field(description="Who gave it.")
    given_at: str = Field(description="When, UTC in ISO 8601.")
    category: str = Field(description="What it was about.")
    version: int = Field(description="The version it was on.")
    made: int = Field(description="The version it led to.")
    confidence: Pair[float] = Field(description="Before and after.")
    taken: Pair[int] = Field(description="Rows the rule takes, before and after.")
    same_as: int = Field(description="The version whose rule or rows it brought back; 0 = none.")
    gain: float = Field(description="Confidence gained.")


class IterationsShape(Model):
    """A brand's rounds, and the reasons there are to stop."""

    brandid: str = Field(description="The brand.")
    state: BrandState = Field(description="Where it stands.")
    round: int = Field(description="Its round counter.")
    counted: int = Field(description="What the log says the counter has to be.")
    limit: int = Field(description="Rounds before it escalates.")
    rounds: list[RoundShape] = Field(description="Its rounds, oldest first.")
    stops: list[AdviceShape] = Field(description="Reasons to stop, the gravest first.")


class FactShape(Model):
    """What the commercial world was found to know of a brand; for people, it decides no row."""

    brandid: str = Field(description="The brand's id.")
    known: Known = Field(description="Whether it is known; unavailable = nobody could answer.")
    name: str = Field(description="Its name there; empty = not known.")
    sector: str = Field(description="Its sector there.")
    fit: Fit = Field(description="How the customer's sector fits what is known.")
    alignment: float | None = Field(description="Share of its codes in the sector, 0 to 1.")
    alternatives: list[str] = Field(description="Sectors that fit better, up to three.")
    aliases: list[str] = Field(description="Other names.")
    regions: list[str] = Field(description="Two-letter countries.")
    wikidata: str = Field(description="Its item there, such as Q487494.")
    mentions: list[str] = Field(description="Texts of sources that only know text.")
    source: str = Field(description="Who said it.")
    age_seconds: float = Field(description="How old the answer was; 0 = asked then.")
    note: str = Field(description="What went wrong with others that were asked, and near names.")


class Rows(PageOf[RowShape]):
    """A page of a brand's rows."""

    counts: dict[Decision, int] | None = Field(
        description="Rows of each decision on all pages; on the first page only."
    )


def record_of(metadata: Metadata) -> dict[str, Any]:
    """The contract's fields."""
    return to_record(metadata)


def not_yet(line: BrandLine) -> Metadata:
    """What stands for the version of a brand that has none."""
    why = line.error or "not learned yet"
    return Metadata(
        line.brandid, line.brandname, line.sector, 0, Status.ABSTAINED, None, 0.0, True, (why,)
    )


@router.get("/brands", responses=problems())
def brands(
    server: TheServer,
    actor: Viewer,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[list[BrandState] | None, Query(description="Only these states.")] = None,
    search: Search = "",
) -> PageOf[QueueItem]:
    """All brands, whatever their state, in the order of the queue."""
    wanted = QueueFilter(states=tuple(state or ()), search=search)
    found = server.workspace.store.queue(wanted, limit, cursor)
    return PageOf(items=list(map(item, found.items)), next=found.next)


@router.get("/brands/{brandid}", responses=problems(404))
def brand(server: TheServer, actor: Viewer, line: TheBrand, response: Response) -> BrandShape:
    """A brand's latest version and where it stands; the `ETag` is the version."""
    versions = server.workspace.store.versions(line.brandid)
    latest = versions[-1] if versions else not_yet(line)
    response.headers["ETag"] = etag(latest.version)
    standing = {name: getattr(line, name) for name in BrandShape.model_fields.keys()
                - Record.model_fields.keys()}  # fmt: skip
    return BrandShape(**record_of(latest), **standing)


@router.get("/brands/{brandid}/rows", responses=problems(404, 409))
def rows(
    server: TheServer,
    actor: Viewer,
    line: TheBrand,
    decision: Annotated[Decision | None, Query(description="Only rows so decided.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Rows:
    """Rows labelled to the brand, taken by its rule or holding its name, by (ccid, bankid)."""
    found = brand_rows(server.warm.glance(line), line.brandid, decision, limit, cursor)
    return Rows(
        items=list(map(RowShape.model_validate, found.rows.items)),
        next=found.rows.next,
        counts=dict(found.counts) if cursor is None else None,
    )


@router.get("/brands/{brandid}/iterations", responses=problems(404))
def brand_iterations(server: TheServer, actor: Viewer, line: TheBrand) -> IterationsShape:
    """A brand's rounds of feedback, and the reasons there are not to go another one."""
    found = iterating.rounds_of(server.workspace, line.brandid)
    return IterationsShape.model_validate(iterating.plain(found))


@router.get("/brands/{brandid}/facts", responses=problems(404))
def facts(server: TheServer, actor: Viewer, line: TheBrand) -> FactShape:
    """What the last completed run was told of the brand by servers or the packaged table."""
    found = commercial_facts(server.workspace).get(line.brandid)
    if found is None:
        raise NotFound(f"no completed run has asked about brand {line.brandid}")
    return FactShape.model_validate(dict(found))


@router.get("/brands/{brandid}/constraints", responses=problems(404))
def constraints(server: TheServer, actor: Viewer, line: TheBrand) -> list[Asked]:
    """What reviewers asked of the brand's rule, which every version keeps, oldest first."""
    found = server.workspace.store.constraints(line.brandid).get(line.brandid, ())
    return [Asked(**shown(constraint)) for constraint in found]


@router.get("/brands/{brandid}/proposals", responses=problems(404))
def proposals(server: TheServer, actor: Viewer, line: TheBrand) -> list[Asked]:
    """What corrections of similar brands suggest here; nothing of it is applied."""
    found = server.workspace.store.proposals(line.brandid)
    return [Asked(**shown(constraint)) for constraint in found]
