"""Answers of other servers, and how often they were of use."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from brand_metagen.store.schema.base import metadata

answers = Table(
    "answers",
    metadata,
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
    Index("answers_by_use", "used_at"),
)

answer_days = Table(
    "answer_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("tool", Text, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
)
