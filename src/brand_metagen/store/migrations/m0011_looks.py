"""Looks: the version of a brand that each person saw last, and the one before."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "looks",
        Column("actor", Text, primary_key=True),
        Column("brandid", Text, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("at", String(40), nullable=False),
        Column("before", Integer, nullable=False),
        Column("before_at", String(40), nullable=False),
    )
