"""Rows judged by humans, plans of action."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from brand_metagen.store.schema.base import metadata

judgements = Table(
    "judgements",
    metadata,
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
    Index("judgements_by_row", "ccid", "bankid"),
    sqlite_autoincrement=True,
)

plans = Table(
    "plans",
    metadata,
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
