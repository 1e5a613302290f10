"""Version 3: escalations, the messages they send, and corrections over the customer's tables."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, String, Text

_ID = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    _cases()
    _messages()
    _corrections()


def _cases() -> None:
    op.create_table(
        "case_numbers",
        Column("year", Integer, primary_key=True, autoincrement=False),
        Column("last", Integer, nullable=False),
    )
    op.create_table(
        "cases",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("case_id", String(32), nullable=False, unique=True),
        Column("brandid", _ID, nullable=False),
        Column("brandname", Text, nullable=False),
        Column("cause", String(32), nullable=False),
        Column("level", Integer, nullable=False),
        Column("state", String(16), nullable=False),
        Column("reason", Text, nullable=False),
        Column("round", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        Column("confidence", Float, nullable=False),
        Column("opened_by", Text, nullable=False),
        Column("opened_at", String(40), nullable=False),
        Column("assigned_to", Text, nullable=False),
        Column("paused", Boolean, nullable=False),
        Column("joined", Integer, nullable=False),
        Column("method", String(32)),
        Column("resolution", Text, nullable=False),
        Column("resolved_at", String(40), nullable=False),
        Column("preventive", Text, nullable=False),
        Column("lessons", Text, nullable=False),
        Column("closed_at", String(40), nullable=False),
        Column("revision", Integer, nullable=False),
        Column("held", String(64), unique=True),
        sqlite_autoincrement=True,
    )
    op.create_index("cases_by_brand", "cases", ["brandid", "sequence"])
    op.create_table(
        "case_events",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("case_id", String(32), ForeignKey("cases.case_id"), nullable=False),
        Column("at", String(40), nullable=False),
        Column("actor", Text, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("note", Text, nullable=False),
        Column("detail", JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("case_events_by_case", "case_events", ["case_id", "sequence"])


def _messages() -> None:
    op.create_table(
        "notices",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("case_id", Text, nullable=False),
        Column("channel", String(16), nullable=False),
        Column("subject", Text, nullable=False),
        Column("body", JSON, nullable=False),
        Column("state", String(16), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("due_at", String(40), nullable=False),
        Column("error", Text, nullable=False),
        Column("sent_at", String(40), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_by_state", "notices", ["state", "due_at"])


def _corrections() -> None:
    op.create_table(
        "correction_batches",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("batch_id", String(32), unique=True),
        Column("actor", Text, nullable=False),
        Column("authorised_by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("case_id", Text, nullable=False),
        Column("made_at", String(40), nullable=False),
        Column("undone_at", String(40), nullable=False),
        Column("undone_by", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "corrections",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("batch_id", String(32), ForeignKey("correction_batches.batch_id"), nullable=False),
        Column("subject", String(16), nullable=False),
        Column("cell", String(64), nullable=False),
        Column("key", JSON, nullable=False),
        Column("field", Text, nullable=False),
        Column("old", Text, nullable=False),
        Column("value", Text, nullable=False),
        Column("sector", Text, nullable=False),
        Column("parent", Text, nullable=False),
        Column("stands", Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_by_cell", "corrections", ["cell", "sequence"])
    op.create_index("corrections_by_batch", "corrections", ["batch_id"])
