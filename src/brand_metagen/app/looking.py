"""What a person saw of a brand before, so that a page can say what is new to them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, ServiceError
from brand_metagen.records import Metadata, Status


@dataclass(frozen=True, slots=True)
class Before:
    """The version that somebody saw before this one, and when (UTC, ISO 8601)."""

    version: int
    at: str


def look(workspace: Workspace, actor: str, brandid: str, version: int) -> Before | None:
    """Remember that somebody sees a brand's version, and say which one they saw before it.

    The answer stays the same however often the same version is looked at. None where they saw
    none before. Nothing is remembered while the system is read-only or somebody else holds the
    store: a page is not to fail because of it.
    """
    store = workspace.store
    known = store.last_look(actor, brandid)
    if known is None or known.version != version:
        # Read-only, another page of theirs was as quick, or the store is not let go.
        with suppress(ConflictError, ServiceError):
            store.note_look(actor, brandid, version)
    if known is None:
        return None
    if known.version != version:
        return Before(known.version, known.at)
    return Before(known.before, known.before_at) if known.before else None


class Against(StrEnum):
    """What a version can be held against."""

    DECIDED = "decided"
    """The last one that was approved or published."""
    SEEN = "seen"
    """The one that the reader saw before."""
    LAST = "last"
    """The version before."""
    FIRST = "first"
    """The first one, where none was approved: rows stood so before anybody asked for more."""


def comparable(versions: Sequence[Metadata], seen: Before | None) -> dict[Against, Metadata]:
    """The earlier versions that the latest of `versions`, which are in order, can be held against;
    against the first of them it is said what approving would change."""
    earlier = versions[:-1]
    good = [m for m in earlier if m.status in (Status.APPROVED, Status.PUBLISHED)]
    known = {m.version: m for m in earlier}
    found = {
        Against.DECIDED: good[-1] if good else None,
        Against.LAST: earlier[-1] if earlier else None,
        Against.SEEN: known.get(seen.version) if seen else None,
        Against.FIRST: earlier[0] if earlier and not good else None,
    }
    return {against: record for against, record in found.items() if record is not None}
