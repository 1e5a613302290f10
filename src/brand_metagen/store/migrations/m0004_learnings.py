"""Version 4: rows that humans judge by lot, and plans of action."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Integer, String, Text


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "judgements",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("sample_id", String(32), nullable=False),
        Column("brandid", Text, nullable=False),
        Column("ccid", Text, nullable=False),
        Column("bankid", Text, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("narrative", Text, nullable=False),
        Column("asked_at", String(40), nullable=False),
        Column("right", Boolean),
        Column("actor", Text, nullable=False),
        Column("at", String(40), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("judgements_by_row", "judgements", ["ccid", "bankid"])
    op.create_table(
        "plans",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("plan_id", String(32), unique=True),
        Column("state", String(8), nullable=False),
        Column("due", String(40), nullable=False),
        Column("author", Text, nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("body", JSON, nullable=False),
        Column("result", JSON, nullable=False),
        Column("reviewed_at", String(40), nullable=False),
        sqlite_autoincrement=True,
    )
