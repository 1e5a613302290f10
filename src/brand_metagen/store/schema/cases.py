"""Escalations, the messages they send, corrections over the customer's tables."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from brand_metagen.store.schema.base import ID, metadata

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(32), nullable=False, unique=True),
    Column("brandid", ID, nullable=False),
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
    Column("held", String(64), unique=True, doc="brand and cause while triggers join the case"),
    Index("cases_by_brand", "brandid", "sequence"),
    sqlite_autoincrement=True,
)

case_events = Table(
    "case_events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Index("case_events_by_case", "case_id", "sequence"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
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
    Index("notices_by_state", "state", "due_at"),
    sqlite_autoincrement=True,
)

correction_batches = Table(
    "correction_batches",
    metadata,
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

corrections = Table(
    "corrections",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("batch_id", ForeignKey("correction_batches.batch_id"), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("cell", String(64), nullable=False, doc="SHA-256 of subject, key and field"),
    Column("key", JSON, nullable=False),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("stands", Boolean, nullable=False),
    Index("corrections_by_cell", "cell", "sequence"),
    Index("corrections_by_batch", "batch_id"),
    sqlite_autoincrement=True,
)
