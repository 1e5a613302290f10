"""Version 1: runs and their steps, metadata versions, brands, releases."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, String, Text


def upgrade() -> None:
    """Make the tables of a new store."""
    op.create_table("schema_version", Column("version", Integer, primary_key=True))
    _runs()
    _brands()


def _runs() -> None:
    op.create_table(
        "runs",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("run_id", String(32), unique=True),
        Column("source", Text, nullable=False),
        Column("settings", Text, nullable=False),
        Column("only", JSON, nullable=False),
        Column("state", String(16), nullable=False),
        Column("wish", String(8), nullable=False),
        Column("created_at", String(40), nullable=False),
        Column("finished_at", String(40)),
        Column("error", Text),
        Column("summary", JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "steps",
        Column("run_id", String(32), ForeignKey("runs.run_id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("starts", Integer, nullable=False),
        Column("completions", Integer, nullable=False),
        Column("seconds", Float, nullable=False),
        Column("digest", String(64)),
        Column("stats", JSON, nullable=False),
        Column("started_at", String(40), nullable=False),
        Column("finished_at", String(40)),
        Column("error", Text),
    )
    op.create_table(
        "releases",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("release_id", String(32), nullable=False),
        Column("run_id", String(32), ForeignKey("runs.run_id"), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )


def _brands() -> None:
    op.create_table(
        "metadata_versions",
        Column("brandid", Text, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("run_id", String(32), ForeignKey("runs.run_id"), nullable=False),
        Column("status", String(16), nullable=False),
        Column("rule", String(64), nullable=False),
        Column("confidence", Float, nullable=False),
        Column("record", JSON, nullable=False),
    )
    op.create_table(
        "brands",
        Column("brandid", Text, primary_key=True),
        Column("brandname", Text, nullable=False),
        Column("sector", Text, nullable=False),
        Column("state", String(24), nullable=False),
        Column("version", Integer, nullable=False),
        Column("run_id", String(32), nullable=False),
        Column("error", Text),
    )
