"""What humans write: queue, remarks, decisions, the audit log, accounts."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from brand_metagen.store.schema.base import ID, metadata

brands = Table(
    "brands",
    metadata,
    Column("brandid", ID, primary_key=True),
    Column("brandname", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("run_id", String(32), nullable=False),
    Column("error", Text),
    Column("confidence", Float, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("priority", Float, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", String(40)),
    Column("claimed_until", String(40)),
    Column("folded", Text, nullable=False, doc="id and name"),
    Index("brands_by_state", "state"),
)

heads = Table(
    "heads",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, doc="always 1"),
    Column("sequence", Integer, nullable=False, doc="of the audit log's last row"),
    Column("digest", String(64), nullable=False, doc="of the audit log's last row"),
    Column("revision", Integer, nullable=False, doc="changes to versions and constraints"),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False, doc="canonical JSON"),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index("audit_by_subject", "subject", "sequence"),
    Index("audit_by_action", "action", "at"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("brandid", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("given_at", String(40), nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("brandid", Text, primary_key=True),
    Column("version", Integer, nullable=False, doc="that was seen last"),
    Column("at", String(40), nullable=False, doc="when it was first seen"),
    Column("before", Integer, nullable=False, doc="seen before it, 0 = none"),
    Column("before_at", String(40), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
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
    Column("folded", Text, nullable=False, doc="brand, author and text"),
    Index("feedback_by_brand", "brandid", "sequence"),
    sqlite_autoincrement=True,
)

constraints = Table(
    "constraints",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("brandid", Text, nullable=False),
    Column("content", String(64), nullable=False, doc="SHA-256 of kind, text and row"),
    Column("body", JSON, nullable=False, doc="kind, text and row"),
    Column("author", Text, nullable=False),
    Column("given_at", String(40), nullable=False),
    Column("feedback_id", String(32), nullable=False),
    Index("constraints_by_brand", "brandid", "sequence"),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("brandid", Text, nullable=False),
    Column("content", String(64), nullable=False, doc="SHA-256 of kind, text and row"),
    Column("body", JSON, nullable=False, doc="kind, text and row"),
    Column("author", Text, nullable=False),
    Column("given_at", String(40), nullable=False),
    Column("feedback_id", String(32), nullable=False),
    Index("proposals_once", "brandid", "content", unique=True),
    sqlite_autoincrement=True,
)

submissions = Table(
    "submissions",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(24), nullable=False),
    Column("round", Integer, nullable=False),
    Column("sequence", Integer, nullable=False, doc="of the audit row"),
    Column("feedback_id", String(32), nullable=False),
    Column("reply", JSON, nullable=False),
    Column("given_at", String(40), nullable=False),
    Index("submissions_by_age", "given_at"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", Text, doc="a salted hash"),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", String(40), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("token_id", Text, nullable=False, unique=True),
    Column("name", ForeignKey("accounts.name"), nullable=False),
    Column("digest", Text, nullable=False, unique=True, doc="of the secret, which is kept nowhere"),
    Column("label", Text, nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
    sqlite_autoincrement=True,
)
