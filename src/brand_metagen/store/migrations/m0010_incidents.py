"""Incidents: what was wrong with the system as a whole, and what was said of it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Text


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "incidents",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("incident_id", String(32), unique=True),
        Column("kind", String(24), nullable=False),
        Column("severity", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("title", Text, nullable=False),
        Column("affected", Text, nullable=False),
        Column("began_at", String(40), nullable=False),
        Column("opened_by", Text, nullable=False),
        Column("opened_at", String(40), nullable=False),
        Column("next_update", String(40), nullable=False),
        Column("recovered_at", String(40), nullable=False),
        Column("closed_at", String(40), nullable=False),
        Column("cause", Text, nullable=False),
        Column("actions", JSON, nullable=False),
        Column("revision", Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "incident_events",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("incident_id", String(32), ForeignKey("incidents.incident_id"), nullable=False),
        Column("at", String(40), nullable=False),
        Column("actor", Text, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("note", Text, nullable=False),
        Column("told", Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("incident_events_by_incident", "incident_events", ["incident_id", "sequence"])
