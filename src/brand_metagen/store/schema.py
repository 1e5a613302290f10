"""The tables. Times are UTC in ISO 8601, order is by sequence, never by clock.

What comes from the customer is Text: SQLite takes any length, so PostgreSQL must as well.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 1
"""Schema version; a store written by a newer one is refused."""

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
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
    sqlite_autoincrement=True,  # a number is never given twice, not even after a deletion
)

steps = Table(
    "steps",
    metadata,
    Column("run_id", ForeignKey("runs.run_id"), primary_key=True),
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

versions = Table(
    "metadata_versions",
    metadata,
    Column("brandid", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.run_id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("rule", String(64), nullable=False, doc="SHA-256 of (include, exclude, mccids)"),
    Column("confidence", Float, nullable=False),
    Column("record", JSON, nullable=False, doc="the line of metadata.jsonl"),
)

brands = Table(
    "brands",
    metadata,
    Column("brandid", Text, primary_key=True),
    Column("brandname", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("run_id", String(32), nullable=False),
    Column("error", Text),
)

releases = Table(
    "releases",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(32), nullable=False),
    Column("run_id", ForeignKey("runs.run_id"), nullable=False, unique=True),
    sqlite_autoincrement=True,
)
