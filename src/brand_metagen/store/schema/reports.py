"""Which reports went to whom."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from brand_metagen.store.schema.base import ID, metadata

sendings = Table(
    "report_sendings",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("recipient", String(32), primary_key=True),
    Column("period", ID, primary_key=True),
    Column("first", String(10), nullable=False),
    Column("report_id", Text, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("notice", Integer, nullable=False),
)
