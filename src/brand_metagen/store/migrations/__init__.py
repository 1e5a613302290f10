"""The way from any older store to today's tables: numbered steps, each frozen once released.

Imported only when a store is new or old, because Alembic takes its time to import.
"""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from brand_metagen.store import schema
from brand_metagen.store.migrations import (
    m0001_runs,
    m0002_human_loop,
    m0003_escalations,
    m0004_learnings,
    m0005_modes,
    m0006_submissions,
    m0007_answers,
    m0008_monitoring,
    m0009_reports,
    m0010_incidents,
    m0011_looks,
)

STEPS = (
    m0001_runs.upgrade,
    m0002_human_loop.upgrade,
    m0003_escalations.upgrade,
    m0004_learnings.upgrade,
    m0005_modes.upgrade,
    m0006_submissions.upgrade,
    m0007_answers.upgrade,
    m0008_monitoring.upgrade,
    m0009_reports.upgrade,
    m0010_incidents.upgrade,
    m0011_looks.upgrade,
)
"""The step at index n leads from version n to n + 1."""


def migrate(connection: Connection, found: int) -> None:
    """Take the store from the version found (0 = empty) to today's, in the caller's transaction."""
    with Operations.context(MigrationContext.configure(connection)):
        for step in STEPS[found:]:
            step()
    table = schema.schema_version
    connection.execute(table.delete())
    connection.execute(table.insert().values(version=len(STEPS)))
