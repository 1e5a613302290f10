"""Versions of a brand: listed, compared, written by hand, brought back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from brand_metagen.app import queries, versions
from brand_metagen.app.outages import as_ours
from brand_metagen.app.versions import Manual, NewVersion
from brand_metagen.ports import BrandLine
from brand_metagen.publish.diff import diff
from brand_metagen.records import Metadata
from brand_metagen.web.api.brands import Record, record_of
from brand_metagen.web.api.fields import (
    LAST,
    Expected,
    Id,
    IdempotencyKey,
    Limit,
    Model,
    Note,
    NumberCursor,
    PageOf,
    Pair,
    TheBrand,
    correctable,
    etag,
    problems,
)
from brand_metagen.web.api.shapes import BlastShape, DiffShape
from brand_metagen.web.sign_in import Reviewer, TheServer, Viewer

router = APIRouter(tags=["versions"])
Pattern = Annotated[str, Field(min_length=1, max_length=10_000)]


class ManualIn(Model):
    """A rule as an expert writes it."""

    include: Pattern = Field(description="What must be found, in the portable subset.")
    exclude: Pattern | None = Field(None, description="What must not be found.")
    mccids: list[Id] = Field(max_length=1_000, description="The codes its rows may have.")
    notes: str = Field(min_length=1, max_length=10_000, description="Where the rule comes from.")
    dry_run: bool = Field(False, description="Only show what would come of it.")


class RollbackIn(Model):
    """An older version to bring back."""

    version: int = Field(ge=1, le=LAST, description="The version whose rule comes back.")
    note: Note
    dry_run: bool = Field(False, description="Only show what would come of it.")


class NewShape(Model):
    """A version made by hand."""

    brandid: str = Field(description="The brand.")
    version: int = Field(description="Its number.")
    diff: DiffShape = Field(description="What sets it apart from the version before.")
    blast_radius: BlastShape = Field(description="Rows of the market that change hands.")
    stored: bool = Field(description="False after a dry run.")
    replayed: bool = Field(description="Whether the same key had been used: nothing was done now.")


class TestIn(Model):
    """A pattern to run over the market of the last run, or over narratives."""

    include: Pattern = Field(description="What must be found, in the portable subset.")
    exclude: Pattern | None = Field(None, description="What must not be found.")
    mccids: list[Id] | None = Field(None, max_length=1_000, description="Only rows of these codes.")


class TestShape(Model):
    """What a pattern and codes take from the market."""

    include: str = Field(description="As it was sent.")
    exclude: str | None = Field(description="As it was sent.")
    mccids: list[str] | None = Field(description="As they were sent.")
    rows: int = Field(description="Rows taken.")
    share: float = Field(description="Their part of the market.")
    labels: list[Pair[str | int]] = Field(description="Whose they are labelled, the most first.")
    samples: list[str] = Field(description="Some of their narratives.")


@router.get("/brands/{brandid}/versions", responses=problems(404))
def listed(
    server: TheServer,
    actor: Viewer,
    line: TheBrand,
    limit: Limit = 50,
    cursor: NumberCursor = None,
) -> PageOf[Record]:
    """The brand's versions, newest first."""
    found = server.workspace.store.versions(line.brandid)[::-1]
    rest = [m for m in found if cursor is None or m.version < cursor]
    items = [Record(**record_of(m)) for m in rest[:limit]]
    return PageOf(items=items, next=str(items[-1].version) if len(rest) > limit else None)


@router.get("/brands/{brandid}/versions/{version}", responses=problems(404))
def one(server: TheServer, actor: Viewer, line: TheBrand, version: int) -> Record:
    """One version of the brand."""
    return Record(**record_of(_version(server, line, version)))


@router.get("/brands/{brandid}/diff", responses=problems(404))
def compared(
    server: TheServer,
    actor: Viewer,
    line: TheBrand,
    before: Annotated[
        int | None,
        Query(alias="from", ge=0, le=LAST, description="The one before `to` by default."),
    ] = None,
    after: Annotated[
        int | None, Query(alias="to", ge=0, le=LAST, description="The latest by default.")
    ] = None,
) -> DiffShape:
    """What sets two versions of the brand apart."""
    new = line.version if after is None else after
    old = new - 1 if before is None else before
    found = diff(_version(server, line, old), _version(server, line, new))
    return DiffShape.model_validate(found)


@router.post("/brands/{brandid}/versions", responses=problems(404, 409, 428))
def create(
    server: TheServer,
    actor: Reviewer,
    line: TheBrand,
    expected: Expected,
    manual: ManualIn,
    response: Response,
    key: IdempotencyKey = "",
) -> NewShape:
    """Write a version by hand: proven like any other, and it keeps every promise."""
    wanted = Manual(manual.include, manual.exclude, tuple(manual.mccids), manual.notes)
    live = correctable(server, line)
    made = versions.create(
        live, actor.name, line.brandid, expected, wanted, key=key, dry_run=manual.dry_run
    )
    return _told(made, expected, response)


@router.post("/brands/{brandid}/rollback", responses=problems(404, 409, 428))
def rollback(
    server: TheServer,
    actor: Reviewer,
    line: TheBrand,
    expected: Expected,
    wanted: RollbackIn,
    response: Response,
    key: IdempotencyKey = "",
) -> NewShape:
    """Bring an older version's rule back as a new version."""
    live = correctable(server, line)
    made = versions.rollback(
        live,
        actor.name,
        line.brandid,
        expected,
        wanted.version,
        note=wanted.note,
        key=key,
        dry_run=wanted.dry_run,
    )
    return _told(made, expected, response)


@router.post("/metadata/test", responses=problems(409))
def tested(server: TheServer, actor: Viewer, wanted: TestIn) -> TestShape:
    """What a pattern would take from the market; refused when it is not portable or too broad."""
    server.warm.glance()
    with as_ours():
        found = queries.try_pattern(
            server.workspace, wanted.include, wanted.exclude, wanted.mccids or None
        )
    return TestShape.model_validate(found)


def _version(server: TheServer, line: BrandLine, version: int) -> Metadata:
    return queries.metadata(server.workspace, line.brandid, version)


def _told(made: NewVersion, expected: int, response: Response) -> NewShape:
    response.headers["ETag"] = etag(made.version if made.stored else expected)
    if made.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return NewShape.model_validate(asdict(made))
