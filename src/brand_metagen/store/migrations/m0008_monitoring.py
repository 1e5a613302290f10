"""Version 8: figures that have no other record, alarms, and acts found by kind and time."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, Float, Integer, String, Text


def upgrade() -> None:
    """Add the tables, and an index to the audit log."""
    op.create_table(
        "measures",
        Column("name", String(64), primary_key=True),
        Column("at", String(40), primary_key=True),
        Column("period", Integer, primary_key=True, autoincrement=False),
        Column("key", String(64), primary_key=True),
        Column("dimensions", JSON, nullable=False),
        Column("unit", String(16), nullable=False),
        Column("value", Float, nullable=False),
        Column("samples", Integer, nullable=False),
        Column("least", Float, nullable=False),
        Column("most", Float, nullable=False),
    )
    op.create_index("measures_by_age", "measures", ["at"])
    op.create_table(
        "alarms",
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
    op.create_table(
        "alarm_events",
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
        sqlite_autoincrement=True,
    )
    op.create_index("alarm_events_by_name", "alarm_events", ["name", "sequence"])
    op.create_index("audit_by_action", "audit", ["action", "at"])
