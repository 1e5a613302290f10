"""Version 5: whether the system may change."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text


def upgrade() -> None:
    """Add the table, and its one row."""
    op.create_table(
        "modes",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("mode", String(16), nullable=False),
        Column("actor", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", String(40), nullable=False),
    )
    op.execute("INSERT INTO modes (id, mode, actor, reason, at) VALUES (1, 'normal', '', '', '')")
