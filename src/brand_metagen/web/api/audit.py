"""The append-only log."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from brand_metagen.app import extent
from brand_metagen.web.api.fields import Limit, Model, NumberCursor, PageOf, problems
from brand_metagen.web.sign_in import Admin, TheServer

router = APIRouter(tags=["audit"])


class AuditShape(Model):
    """One line of the log."""

    sequence: int = Field(description="Its place.")
    at: str = Field(description="When, UTC in ISO 8601.")
    actor: str = Field(description="Who.")
    action: str = Field(description="What was done.")
    subject: str = Field(description="To which brand, run, release or account.")
    detail: dict[str, Any] = Field(description="More on it.")
    previous: str = Field(description="Digest of the line before.")
    digest: str = Field(description="SHA-256 of this line and the digest before it.")


class DamageShape(Model):
    """One thing that is not what it was."""

    kind: str = Field(description="file, log, version, approval, release or run.")
    which: str = Field(description="Which one.")
    said: str = Field(description="What was found.")
    brands: list[str] = Field(description="The brands concerned; empty = all may be.")
    since: str = Field(description="Since when, UTC in ISO 8601; empty = not known.")
    todo: str = Field(description="What to do.")


class ExtentShape(Model):
    """What was looked at, and all that is damaged."""

    audit_rows: int = Field(description="Lines of the log.")
    versions: int = Field(description="Metadata versions.")
    releases: int = Field(description="Releases, published or not.")
    steps: int = Field(description="Steps of completed runs.")
    since: str = Field(description="The earliest trace of damage; empty = none is known.")
    damage: list[DamageShape] = Field(description="All that is damaged; empty = whole.")


@router.get("/audit", responses=problems())
def rows(
    server: TheServer,
    actor: Admin,
    limit: Limit = 50,
    cursor: NumberCursor = None,
) -> PageOf[AuditShape]:
    """The log in order."""
    found = server.workspace.store.audit(cursor or 0, limit)
    return PageOf(items=list(map(AuditShape.model_validate, found.items)), next=found.next)


@router.get("/audit/verify", responses=problems())
def verify(server: TheServer, actor: Admin) -> ExtentShape:
    """Check everything that has a checksum, as `verify` does: all damage is named, with what to do.

    Damage is an answer, not an error: look at `damage`.
    """
    return ExtentShape.model_validate(extent.extent(server.workspace))
