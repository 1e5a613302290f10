"""Version 9: which reports went to whom."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text


def upgrade() -> None:
    """Add the table."""
    identity = Text().with_variant(Text(collation="C"), "postgresql")
    op.create_table(
        "report_sendings",
        Column("kind", String(64), primary_key=True),
        Column("recipient", String(32), primary_key=True),
        Column("period", identity, primary_key=True),
        Column("first", String(10), nullable=False),
        Column("report_id", Text, nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("notice", Integer, nullable=False),
    )
