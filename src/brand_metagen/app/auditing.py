"""Look at the audit log, and check that it and what was published are what they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import IntegrityError
from brand_metagen.ports import AuditRow, Reviews
from brand_metagen.publish.release import METADATA, load

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole."""

    audit_rows: int
    releases: int


def verify(workspace: Workspace) -> Verified:
    """Walk the chain and re-hash every published release; raises IntegrityError at the first row or
    file that is not what it was."""
    rows = workspace.store.verify_audit()
    published = {p.release_id for p in workspace.store.publications()}
    for release_id in sorted(published):
        found = load(workspace.releases / release_id / METADATA)
        if found.id != release_id:
            raise IntegrityError(f"the folder of {release_id} holds {found.id}")
    return Verified(rows, len(published))


def rows(workspace: Workspace, after: int) -> Iterator[AuditRow]:
    """The log's rows behind a number, in order."""
    return rows_of(workspace.store, after)


def rows_of(store: Reviews, after: int) -> Iterator[AuditRow]:
    """The same of a store."""
    while page := store.audit(after, PAGE).items:
        yield from page
        after = page[-1].sequence
