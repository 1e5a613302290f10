"""The append-only log."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from brand_metagen.app import auditing
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


class VerifiedShape(Model):
    """What was found whole."""

    audit_rows: int = Field(description="Lines of the log.")
    releases: int = Field(description="Published releases.")


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
def verify(server: TheServer, actor: Admin) -> VerifiedShape:
    """Check the chain of digests from the first line to the last, and every published file."""
    return VerifiedShape.model_validate(auditing.verify(server.workspace))
