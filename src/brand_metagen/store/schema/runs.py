"""Runs, versions and releases."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, String, Table, Text

from brand_metagen.store.schema.base import metadata

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
    Column("status", String(16), nullable=False, doc="what humans decided; all else never changes"),
    Column("rule", String(64), nullable=False, doc="SHA-256 of (include, exclude, mccids)"),
    Column("confidence", Float, nullable=False),
    Column("record", JSON, nullable=False, doc="the line of metadata.jsonl as first written"),
    Column("content", String(64), nullable=False, doc="SHA-256 of the record, number and status"),
    Column("author", Text, nullable=False, doc="who had it made; empty = a run"),
)

releases = Table(
    "releases",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(32), nullable=False),
    Column("run_id", ForeignKey("runs.run_id"), nullable=False, unique=True),
    sqlite_autoincrement=True,
)

publications = Table(
    "publications",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(32), nullable=False),
    Column("published_at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)
