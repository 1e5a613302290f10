"""Figures that have no other record, and alarms."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text

from brand_metagen.store.schema.base import metadata

measures = Table(
    "measures",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", String(40), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True, doc="SHA-256 of the dimensions"),
    Column("dimensions", JSON, nullable=False),
    Column("unit", String(16), nullable=False),
    Column("value", Float, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("least", Float, nullable=False),
    Column("most", Float, nullable=False),
    Index("measures_by_age", "at"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("state", String(24), nullable=False),
    Column("since", String(40), nullable=False),
    Column("value", Float),
    Column("reason", Text, nullable=False),
    Column("alarmed_at", String(40), nullable=False),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_at", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("walked_to", String(40), nullable=False),
    Column("checked_at", String(40), nullable=False),
)

alarm_events = Table(
    "alarm_events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("written_at", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("before", String(24), nullable=False),
    Column("after", String(24), nullable=False),
    Column("value", Float),
    Column("said", Text, nullable=False),
    Index("alarm_events_by_name", "name", "sequence"),
    sqlite_autoincrement=True,
)
