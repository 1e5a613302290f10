"""Remarks: submitted, and looked up."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import Field

from brand_metagen.app import feedback, withdrawal
from brand_metagen.app.outcomes import shown
from brand_metagen.app.understanding import Submission
from brand_metagen.ports import BrandState, Remark, RemarkOutcome, Role
from brand_metagen.web.api.fields import (
    Cursor,
    Expected,
    Id,
    IdempotencyKey,
    Limit,
    Model,
    Note,
    PageOf,
    Search,
    TheBrand,
    correctable,
    etag,
    problems,
)
from brand_metagen.web.api.shapes import Asked, BlastShape, Combo, DiffShape
from brand_metagen.web.sign_in import Reviewer, TheServer, Viewer

router = APIRouter(tags=["feedback"])


class Trouble(StrEnum):
    """What a reviewer may call the trouble."""

    WALLET = "wallet"
    AMBIGUOUS_NAME = "ambiguous_name"
    SPLIT = "split"


class ComboKey(Model):
    """A row pointed at."""

    ccid: Id = Field(description="Combo id.")
    bankid: Id = Field("", description="The bank; may be left out where only one has the number.")


class RemarkIn(Model):
    """What is said of the version: words, rows, codes, a pattern or a kind of trouble."""

    text: str = Field("", description="In plain words.")
    belongs: list[ComboKey] = Field([], max_length=1_000, description="Rows that are the brand's.")
    does_not_belong: list[ComboKey] = Field(
        [], max_length=1_000, description="Rows that are not the brand's."
    )
    mccids_in: list[Id] = Field([], max_length=1_000, description="Codes that are the brand's.")
    mccids_out: list[Id] = Field([], max_length=1_000, description="Codes that are not.")
    pattern: str | None = Field(None, max_length=10_000, description="An include pattern.")
    kind: Trouble | None = Field(None, description="A kind of trouble.")
    dry_run: bool = Field(False, description="Only show what would come of it.")


class OutcomeShape(Model):
    """What was understood, and what came of it."""

    brandid: str = Field(description="The brand.")
    outcome: RemarkOutcome = Field(description="What came of the remark.")
    understood: list[Asked] = Field(description="The constraints read from it.")
    not_understood: list[str] = Field(description="What of it could not be acted on.")
    category: str = Field(description="What kind of remark it is.")
    version: int = Field(description="The brand's latest version after it.")
    round: int = Field(description="Rounds of feedback it has had.")
    state: BrandState = Field(description="Where the brand stands now.")
    question: str | None = Field(description="What would settle it.")
    candidates: list[Combo] = Field(
        description="Rows the question is about: point at each as what belongs or does not."
    )
    explanation: str = Field(description="More on the outcome.")
    done: list[str] = Field(description="What was done to the rule.")
    listed: int = Field(description="Narratives that the rule had to name one by one.")
    diff: DiffShape | None = Field(description="What sets the new version apart.")
    blast_radius: BlastShape | None = Field(description="Rows of the market that change hands.")
    proposals: dict[str, int] = Field(
        description="Similar brands that the correction is proposed to, and how many constraints."
    )
    feedback_id: str = Field(description="The remark's id; empty after a dry run.")
    stored: bool = Field(description="False after a dry run.")


class RemarkShape(Model):
    """A remark as it is kept."""

    feedback_id: str = Field(description="The remark's id.")
    brandid: str = Field(description="The brand.")
    version: int = Field(description="The version it was about.")
    round: int = Field(description="The round it was given in.")
    author: str = Field(description="Who said it.")
    given_at: str = Field(description="When, UTC in ISO 8601.")
    text: str = Field(description="What was said.")
    asked: dict[str, object] = Field(description="What was pointed at beside the text.")
    category: str = Field(description="What kind of remark it is.")
    understood: list[Asked] = Field(description="The constraints read from it.")
    not_understood: list[str] = Field(description="What of it could not be acted on.")
    outcome: RemarkOutcome = Field(description="What came of it.")
    explanation: str = Field(description="More on the outcome.")
    made: int = Field(description="The version it led to; 0 = none.")


@router.post("/brands/{brandid}/feedback", responses=problems(404, 409, 428))
def submit(
    server: TheServer,
    actor: Reviewer,
    line: TheBrand,
    expected: Expected,
    said: RemarkIn,
    response: Response,
    key: IdempotencyKey = "",
) -> OutcomeShape:
    """Say what is wrong; the answer is a new, proven version with its effect on the market.

    Every promise made to a reviewer before is kept. 409 when the version has moved on, or when the
    remark contradicts what was asked before: both sides are named.
    """
    submission = Submission(
        text=said.text,
        belongs=tuple((key.ccid, key.bankid) for key in said.belongs),
        does_not_belong=tuple((key.ccid, key.bankid) for key in said.does_not_belong),
        mccids_in=tuple(said.mccids_in),
        mccids_out=tuple(said.mccids_out),
        pattern=said.pattern or "",
        kind=said.kind.value if said.kind else "",
    )
    live = correctable(server, line)
    done = feedback.submit(
        live, actor.name, line.brandid, expected, submission, key=key, dry_run=said.dry_run
    )
    outcome = OutcomeShape.model_validate(dict(done.reply))
    response.headers["ETag"] = etag(outcome.version if outcome.stored else expected)
    if done.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return outcome


class WithdrawIn(Model):
    """A remark taken back."""

    note: Note
    dry_run: bool = Field(False, description="Only show what would come of it.")


class WithdrawnShape(Model):
    """What no longer binds, and the version made without it."""

    brandid: str = Field(description="The brand.")
    feedback_id: str = Field(description="The remark.")
    withdrawn: list[Asked] = Field(description="What no longer binds.")
    kept: list[Asked] = Field(description="What others asked for as well, so that it binds still.")
    version: int = Field(description="The brand's latest version after it.")
    state: BrandState = Field(description="Where the brand stands now.")
    diff: DiffShape | None = Field(
        description="What sets the new version apart; null = there is none, nothing moved."
    )
    blast_radius: BlastShape | None = Field(description="Rows of the market that change hands.")
    stored: bool = Field(description="False after a dry run.")


@router.post("/feedback/{feedback_id}/withdraw", responses=problems(404, 409, 428))
def withdraw(
    server: TheServer,
    actor: Reviewer,
    feedback_id: str,
    expected: Expected,
    response: Response,
    wanted: WithdrawIn,
    key: IdempotencyKey = "",
) -> WithdrawnShape:
    """Take back what a remark of yours asked (an admin: anybody's); `If-Match` is the brand's
    version. What somebody else asked for as well still binds."""
    line = server.workspace.store.line(server.workspace.store.remark(feedback_id).brandid)
    done = withdrawal.withdraw(
        correctable(server, line),
        actor.name,
        feedback_id,
        expected,
        admin=actor.role is Role.ADMIN,
        note=wanted.note,
        key=key,
        dry_run=wanted.dry_run,
    )
    told = WithdrawnShape.model_validate(dict(done.reply))
    response.headers["ETag"] = etag(told.version if told.stored else expected)
    if done.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return told


@router.get("/brands/{brandid}/feedback", responses=problems(404))
def of_brand(
    server: TheServer,
    actor: Viewer,
    line: TheBrand,
    search: Search = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[RemarkShape]:
    """What reviewers said of the brand, newest first."""
    return _page(server, line.brandid, search, limit, cursor)


@router.get("/feedback", responses=problems())
def everywhere(
    server: TheServer, actor: Viewer, search: Search = "", limit: Limit = 50, cursor: Cursor = None
) -> PageOf[RemarkShape]:
    """What reviewers said of all brands, newest first; searched by text, author and brand."""
    return _page(server, None, search, limit, cursor)


@router.get("/feedback/{feedback_id}", responses=problems(404))
def one(server: TheServer, actor: Viewer, feedback_id: str) -> RemarkShape:
    """One remark: what was said, what was understood, and what came of it."""
    return _remark(server.workspace.store.remark(feedback_id))


def _page(
    server: TheServer, brandid: str | None, search: str, limit: int, cursor: str | None
) -> PageOf[RemarkShape]:
    found = server.workspace.store.remarks(brandid, search, limit, cursor)
    return PageOf(items=list(map(_remark, found.items)), next=found.next)


def _remark(remark: Remark) -> RemarkShape:
    fields = {name: getattr(remark, name) for name in RemarkShape.model_fields}
    understood = [Asked(**shown(constraint)) for constraint in remark.understood]
    return RemarkShape(**{**fields, "asked": dict(remark.asked), "understood": understood})
