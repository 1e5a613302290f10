"""Version 7: answers of other servers, and how often they were of use."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, Integer, String, Text


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "answers",
        Column("server", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("tool", Text, nullable=False),
        Column("arguments", JSON, nullable=False),
        Column("answer", JSON, nullable=False),
        Column("data", String(64), nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("fresh_until", String(40), nullable=False),
        Column("used_at", String(40), nullable=False),
        Column("hits", Integer, nullable=False),
        Column("size", Integer, nullable=False),
    )
    op.create_index("answers_by_use", "answers", ["used_at"])
    op.create_table(
        "answer_days",
        Column("day", String(10), primary_key=True),
        Column("tool", Text, primary_key=True),
        Column("hits", Integer, nullable=False),
        Column("misses", Integer, nullable=False),
    )
