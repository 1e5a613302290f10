"""Version 2: what humans write. Queue, remarks, decisions, audit log, publications, accounts.

Versions are fixed from here on: what a human decides of one lies in `status`, beside its record.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    bindparam,
    column,
    select,
    table,
)

from brand_metagen.store.migrations.triggers import fix_versions, guard_audit

_FACTS = {"confidence": Float, "rows": Integer, "priority": Float}
_COUNTS = ("round", "corrections", "failures")


def upgrade() -> None:
    """Add the tables and columns of the human loop, and fill them from what is there."""
    _versions()
    _brands()
    _audit()
    _reviews()
    _promises("constraints")
    _promises("proposals")
    op.create_index("constraints_by_brand", "constraints", ["brandid", "sequence"])
    op.create_index("proposals_once", "proposals", ["brandid", "content"], unique=True)
    _accounts()
    fix_versions()
    guard_audit()


def _versions() -> None:
    op.add_column(
        "metadata_versions", Column("content", String(64), nullable=False, server_default="")
    )
    op.add_column("metadata_versions", Column("author", Text, nullable=False, server_default=""))
    versions = table(
        "metadata_versions",
        column("brandid", Text),
        column("version", Integer),
        column("content", String),
        column("record", JSON),
    )
    found = op.get_bind().execute(select(versions)).mappings()
    digests = [
        {"b": row["brandid"], "v": row["version"], "digest": _content(row["record"])}
        for row in found
    ]
    if digests:
        here = (versions.c.brandid == bindparam("b")) & (versions.c.version == bindparam("v"))
        update = versions.update().where(here).values(content=bindparam("digest"))
        op.get_bind().execute(update, digests)


def _content(record: dict[str, Any]) -> str:
    kept = {name: value for name, value in record.items() if name not in ("version", "status")}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _brands() -> None:
    for name in _COUNTS:
        op.add_column("brands", Column(name, Integer, nullable=False, server_default="0"))
    for name, kind in _FACTS.items():
        op.add_column("brands", Column(name, kind, nullable=False, server_default="0"))
    for name in ("reason", "folded"):
        op.add_column("brands", Column(name, Text, nullable=False, server_default=""))
    op.add_column("brands", Column("claimed_by", Text))
    op.add_column("brands", Column("claimed_at", String(40)))
    op.add_column("brands", Column("claimed_until", String(40)))
    op.create_index("brands_by_state", "brands", ["state"])
    if op.get_bind().dialect.name == "postgresql":
        # Ordered by code point, as SQLite and Python do it.
        op.execute('ALTER TABLE brands ALTER COLUMN brandid TYPE TEXT COLLATE "C"')
    names = ("brandid", "brandname", "version", *_FACTS, "reason", "folded")
    brands = table("brands", *map(column, names))
    versions = table(
        "metadata_versions", column("brandid"), column("version"), column("record", JSON)
    )
    latest = (brands.c.brandid == versions.c.brandid) & (brands.c.version == versions.c.version)
    query = select(brands.c.brandid, brands.c.brandname, versions.c.record).outerjoin_from(
        brands, versions, latest
    )
    facts = [
        {"b": brandid, **_facts(record or {}), "folded": f"{brandid}\n{name}".casefold()}
        for brandid, name, record in op.get_bind().execute(query)
    ]
    if facts:
        update = brands.update().where(brands.c.brandid == bindparam("b"))
        op.get_bind().execute(update, facts)


def _facts(record: dict[str, Any]) -> dict[str, Any]:
    """What decides a brand's place in the queue, from its latest version."""
    confidence = float(record.get("confidence", 0.0))
    rows = int(record.get("evidence", {}).get("rows", 0))
    return {
        "confidence": confidence,
        "rows": rows,
        "reason": next(iter(record.get("reasons", ())), ""),
        "priority": round(max(rows, 1) * (1 - confidence), 6),
    }


def _audit() -> None:
    op.create_table(
        "heads",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("sequence", Integer, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("revision", Integer, nullable=False),
    )
    op.execute("INSERT INTO heads (id, sequence, digest, revision) VALUES (1, 0, '', 0)")
    op.create_table(
        "audit",
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        Column("at", String(40), nullable=False),
        Column("actor", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
    )
    op.create_index("audit_by_subject", "audit", ["subject", "sequence"])


def _reviews() -> None:
    op.create_table(
        "approvals",
        Column("brandid", Text, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("actor", Text, primary_key=True),
        Column("given_at", String(40), nullable=False),
    )
    op.create_table(
        "feedback",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("feedback_id", String(32), unique=True),
        Column("brandid", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("author", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("asked", JSON, nullable=False),
        Column("category", Text, nullable=False),
        Column("understood", JSON, nullable=False),
        Column("not_understood", JSON, nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("explanation", Text, nullable=False),
        Column("round", Integer, nullable=False),
        Column("made", Integer, nullable=False),
        Column("given_at", String(40), nullable=False),
        Column("folded", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("feedback_by_brand", "feedback", ["brandid", "sequence"])
    op.create_table(
        "submissions",
        Column("actor", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("request", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("state", String(24), nullable=False),
        Column("round", Integer, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("feedback_id", String(32), nullable=False),
        Column("reply", JSON, nullable=False),
    )


def _promises(name: str) -> None:
    op.create_table(
        name,
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("brandid", Text, nullable=False),
        Column("content", String(64), nullable=False),
        Column("body", JSON, nullable=False),
        Column("author", Text, nullable=False),
        Column("given_at", String(40), nullable=False),
        Column("feedback_id", String(32), nullable=False),
        sqlite_autoincrement=True,
    )


def _accounts() -> None:
    op.create_table(
        "publications",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("release_id", String(32), nullable=False),
        Column("published_at", String(40), nullable=False),
        Column("actor", Text, nullable=False),
        Column("note", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accounts",
        Column("name", Text, primary_key=True),
        Column("role", String(16), nullable=False),
        Column("password", Text),
        Column("disabled", Boolean, nullable=False),
        Column("created_at", String(40), nullable=False),
    )
    op.create_table(
        "tokens",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("token_id", Text, nullable=False, unique=True),
        Column("name", Text, ForeignKey("accounts.name"), nullable=False),
        Column("digest", Text, nullable=False, unique=True),
        Column("label", Text, nullable=False),
        Column("expires_at", String(40), nullable=False),
        Column("created_at", String(40), nullable=False),
        Column("revoked_at", String(40)),
        sqlite_autoincrement=True,
    )
