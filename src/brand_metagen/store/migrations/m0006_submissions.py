"""Version 6: idempotency keys have an age, so that they can be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import Column, String, column, table


def upgrade() -> None:
    """Keys that are there already age from now on."""
    op.add_column("submissions", Column("given_at", String(40), nullable=False, server_default=""))
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    op.execute(table("submissions", column("given_at")).update().values(given_at=now))
    op.create_index("submissions_by_age", "submissions", ["given_at"])
