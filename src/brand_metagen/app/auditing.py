"""The audit log, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import AuditRow, Reviews

PAGE = 1_000


def rows(workspace: Workspace, after: int) -> Iterator[AuditRow]:
    """The log's rows behind a number, in order."""
    return rows_of(workspace.store, after)


def rows_of(store: Reviews, after: int) -> Iterator[AuditRow]:
    """The same of a store."""
    while page := store.audit(after, PAGE).items:
        yield from page
        after = page[-1].sequence
