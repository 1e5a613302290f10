"""Brands changed by hand, as corrections that lie over the customer's tables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from brand_metagen.app import brand_admin, correcting, proposals, splitting, validating
from brand_metagen.app.brand_admin import Criteria, Update
from brand_metagen.app.correcting import Authority, Corrected
from brand_metagen.app.proposals import Proposal
from brand_metagen.ports import Actor, CorrectionBatch, Subject
from brand_metagen.web.api.feedback import ComboKey
from brand_metagen.web.api.fields import Id, Limit, Model, NumberCursor, PageOf, TheBrand, problems
from brand_metagen.web.sign_in import Operator, TheServer, Viewer
from brand_metagen.web.state import Server

router = APIRouter(tags=["corrections"])
BatchId = Annotated[str, Path(max_length=40, description="For example COR-0007.")]
MOST_ROWS = 10_000
"""Rows that one request may name."""


class Authorised(Model):
    """What every correction needs."""

    reason: str = Field(min_length=1, description="Why; kept with it and in the audit log.")
    authorised_by: str = Field("", max_length=200, description="Who allowed it; you by default.")
    case_id: str = Field("", max_length=40, description="The escalation it settles, if any.")
    dry_run: bool = Field(False, description="Show what would change; keep nothing.")

    def authority(self, actor: Actor) -> Authority:
        """For the application."""
        return Authority(actor.name, self.reason, self.authorised_by.strip(), self.case_id)


class UpdateIn(Authorised):
    """New values of a brand's fields, or of fields of some of its rows."""

    name: str | None = Field(None, max_length=1_000, description="The brand's right name.")
    sector: str | None = Field(None, max_length=1_000, description="The brand's right sector.")
    rows: list[ComboKey] = Field([], max_length=MOST_ROWS, description="Rows that are wrong.")
    mccid: Id | None = Field(None, description="The code these rows should have.")
    mid: Id | None = Field(None, description="The merchant id they should have.")
    narrative: str | None = Field(None, max_length=10_000, description="The text they should have.")


class NewBrandIn(Authorised):
    """A brand that the customer's tables do not have."""

    name: str = Field(min_length=1, max_length=1_000, description="Its name.")
    sector: str = Field("", max_length=1_000, description="Its sector.")
    brandid: Id = Field("", description="Its id; the one after the highest by default.")
    parent: Id = Field("", description="The brand it was a part of.")


class ReassignIn(Authorised):
    """Which rows another brand gets: of one kind any, of several kinds all."""

    to: Id = Field(description="The brand that gets them.")
    mccids: list[Id] = Field([], max_length=1_000, description="Rows with these codes.")
    words: list[str] = Field([], max_length=100, description="Rows that hold these words.")
    rows: list[ComboKey] = Field([], max_length=MOST_ROWS, description="These rows.")
    pattern: str = Field("", description="Rows whose text matches, in the portable subset.")
    everything: bool = Field(False, description="All rows.")


class PromisesShape(Model):
    """What the new brand's rule is asked to keep for rows that no word tells."""

    pattern: str = Field("", description="The include pattern; empty = as it is learned.")
    mccids_out: list[str] = Field([], description="Codes that are not its.")
    words_out: list[str] = Field([], description="Words that are not its.")
    rows: list[str] = Field([], description="Rows it must take, as CCID@BANKID.")


NO_PROMISES = PromisesShape(pattern="", mccids_out=[], words_out=[], rows=[])


class PartShape(Model):
    """A brand inside another."""

    brandid: str = Field(description="The id it gets.")
    name: str = Field(description="Its name.")
    sector: str = Field("", description="Its sector.")
    words: list[str] = Field([], description="Words beside the name that tell it.")
    mccids: list[str] = Field([], description="Codes its rows carry.")
    evidence: dict[str, Any] = Field({}, description="How its rows were told, with samples.")
    promises: PromisesShape = Field(NO_PROMISES, description="What its rule has to keep.")
    rows: list[str] | None = Field(
        None, description="Its rows as CCID@BANKID; null = those that fit words and codes."
    )


class ProposalShape(Model):
    """How a brand could be split; no parts = its rows say it is one."""

    how: str = Field("", description="What may be changed in it.")
    brandid: str = Field(description="The brand.")
    brandname: str = Field("", description="Its name.")
    why: str = Field("", description="What the analysis found.")
    bits: float = Field(0.0, description="What part and code say of each other, in bits.")
    parts: list[PartShape] = Field(max_length=100, description="The brands it becomes.")
    left: dict[str, str] = Field({}, description="Rows that nothing tells, and why.")


class SplitIn(Authorised):
    """Split a brand as proposed, or as its rows say."""

    reason: str = Field("", description="Why; needed unless it is a dry run.")
    dry_run: bool = Field(True, description="Show the proposal and what it would change.")
    proposal: ProposalShape | None = Field(
        None, description="A proposal as a human left it; null = the one its rows make."
    )


class CellShape(Model):
    """A cell that changes."""

    subject: Subject = Field(description="What it is about.")
    key: list[str] = Field(description="Which: ccid and bankid, or a brandid.")
    field: str = Field(description="Which column; empty for a brand made or ended.")
    old: str = Field(description="What it said.")
    value: str = Field(description="What it says then.")
    narrative: str = Field(description="The row's text; empty for a brand's cell.")


class CorrectedShape(Model):
    """What a correction changes, or changed."""

    batch_id: str = Field(description="The batch that undoes it; empty where nothing was kept.")
    stored: bool = Field(description="Whether anything was kept.")
    counts: dict[str, int] = Field(description="Changed cells by what they are about.")
    brands: list[str] = Field(description="Brands that a run over them would learn anew.")
    samples: list[CellShape] = Field(description="Some of the cells.")
    note: str = Field(description="Counts in words.")


class SplitShape(Model):
    """A proposal and what it changes, or changed; null where no split is proposed."""

    proposal: ProposalShape = Field(description="The proposal.")
    correction: CorrectedShape | None = Field(description="What it changes.")


class BatchShape(Model):
    """Corrections made by one act."""

    batch_id: str = Field(description="Its id.")
    actor: str = Field(description="Who made them.")
    authorised_by: str = Field(description="Who allowed them.")
    reason: str = Field(description="Why.")
    case_id: str = Field(description="The escalation they settle.")
    made_at: str = Field(description="When, UTC in ISO 8601.")
    cells: int = Field(description="How many cells.")
    samples: list[CellShape] = Field(description="The first of them.")
    undone_at: str = Field(description="When they were undone; empty = they stand.")
    undone_by: str = Field(description="By whom.")


class UndoIn(Model):
    """Why a batch is taken back."""

    reason: str = Field(min_length=1, description="Why; kept in the audit log.")
    authorised_by: str = Field("", max_length=200, description="Who allowed it; you by default.")


class BadRowShape(Model):
    """A row in quarantine."""

    ccid: str = Field(description="Combo id.")
    bankid: str = Field(description="The bank whose number it is.")
    line: int = Field(description="Its line in the file.")
    reason: str = Field(description="Why it is left out.")


class ValidationShape(Model):
    """What is wrong with a brand's data in the tables as they stand now."""

    brandid: str = Field(description="The brand.")
    brandname: str = Field(description="Its name.")
    valid: bool = Field(description="Nothing critical, nothing grave.")
    rows: int = Field(description="Rows labelled to it, bad ones included.")
    quarantined: list[BadRowShape] = Field(description="Its rows that are left out.")
    critical: dict[str, int] = Field(description="Escalation triggers among the reasons.")
    table: list[str] = Field(description="What is wrong with it in the brand tables.")
    evaluation: dict[str, Any] | None = Field(description="What the last run saw of its rows.")


@router.post("/brands", responses=problems(404, 409))
def create(server: TheServer, actor: Operator, said: NewBrandIn) -> CorrectedShape:
    """Make a brand; the next run learns it. One of that name is left as it is."""
    done = brand_admin.create(
        server.workspace, said.authority(actor), said.name, said.sector, said.brandid,
        said.parent, dry_run=said.dry_run,
    )  # fmt: skip
    return _corrected(done)


@router.patch("/brands/{brandid}", responses=problems(404, 409))
def update(server: TheServer, actor: Operator, line: TheBrand, said: UpdateIn) -> CorrectedShape:
    """Correct a brand's name or sector, or fields of its rows."""
    to = Update(
        said.name, said.sector, tuple((r.ccid, r.bankid) for r in said.rows), said.mccid,
        said.mid, said.narrative,
    )  # fmt: skip
    done = brand_admin.update(
        server.workspace, said.authority(actor), line.brandid, to, dry_run=said.dry_run
    )
    return _corrected(done)


@router.post("/brands/{brandid}/reassign", responses=problems(404, 409))
def reassign(
    server: TheServer, actor: Operator, line: TheBrand, said: ReassignIn
) -> CorrectedShape:
    """Give rows of a brand to another brand."""
    rows = tuple((r.ccid, r.bankid) for r in said.rows)
    criteria = Criteria(tuple(said.mccids), tuple(said.words), rows, said.pattern, said.everything)
    done = brand_admin.reassign(
        server.workspace, said.authority(actor), line.brandid, said.to, criteria,
        dry_run=said.dry_run,
    )  # fmt: skip
    return _corrected(done)


@router.post("/brands/{brandid}/deactivate", responses=problems(404, 409))
def deactivate(
    server: TheServer, actor: Operator, line: TheBrand, said: Authorised
) -> CorrectedShape:
    """End a brand: it is learned no more and leaves the next release."""
    done = brand_admin.deactivate(
        server.workspace, said.authority(actor), line.brandid, dry_run=said.dry_run
    )
    return _corrected(done)


@router.post("/brands/{brandid}/split", responses=problems(404, 409))
def split(server: TheServer, actor: Operator, line: TheBrand, said: SplitIn) -> SplitShape:
    """Propose how a brand is to be split, or split it; a run then learns the parts."""
    wanted = _wanted(server, line.brandid, said)
    correction = None
    if wanted.parts or not said.dry_run:
        authority = said.authority(actor)
        done = splitting.apply(server.workspace, authority, wanted, dry_run=said.dry_run)
        correction = _corrected(done)
    shape = ProposalShape.model_validate(proposals.to_json(wanted))
    return SplitShape(proposal=shape, correction=correction)


def _wanted(server: Server, brandid: str, said: SplitIn) -> Proposal:
    if said.proposal is None:
        return splitting.analyse(server.workspace, brandid)
    given = said.proposal.model_dump(exclude_none=True)
    wanted = proposals.from_json(given, "proposal")
    splitting.check_is_of(server.workspace, wanted, brandid)
    return wanted


@router.get("/brands/{brandid}/validation", responses=problems(404))
def validation(server: TheServer, actor: Viewer, line: TheBrand) -> ValidationShape:
    """What is wrong with a brand's data in the tables as they stand now."""
    found = validating.validate(server.workspace, line.brandid)
    return ValidationShape.model_validate(found)


@router.get("/corrections", responses=problems())
def listed(
    server: TheServer, actor: Viewer, limit: Limit = 50, cursor: NumberCursor = None
) -> PageOf[BatchShape]:
    """All batches, newest first, those undone included."""
    batches = list(server.workspace.store.correction_batches())[::-1]
    first = cursor or 0
    page = batches[first : first + limit]
    more = first + limit < len(batches)
    return PageOf(items=list(map(_batch, page)), next=str(first + limit) if more else None)


@router.post("/corrections/{batch_id}/undo", responses=problems(404, 409))
def undo(server: TheServer, actor: Operator, batch_id: BatchId, said: UndoIn) -> BatchShape:
    """Take a batch back, the latest on a cell first."""
    authority = Authority(actor.name, said.reason, said.authorised_by.strip())
    return _batch(correcting.undo(server.workspace, authority, batch_id))


def _corrected(done: Corrected) -> CorrectedShape:
    return CorrectedShape.model_validate(done)


def _batch(batch: CorrectionBatch) -> BatchShape:
    cells = batch.corrections
    names = BatchShape.model_fields.keys() - {"cells", "samples"}
    some = [
        CellShape(
            subject=c.subject,
            key=list(c.key),
            field=c.field,
            old=c.old,
            value=c.value,
            narrative="",
        )
        for c in cells[: correcting.SAMPLES]
    ]
    kept = {name: getattr(batch, name) for name in names}
    return BatchShape(cells=len(cells), samples=some, **kept)
