"""The state of the system as a whole."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from brand_metagen.store.schema.base import metadata

modes = Table(
    "modes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, doc="always 1"),
    Column("mode", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
)
