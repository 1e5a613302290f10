"""The tables as the migrations leave them (a test holds both equal).

Times are UTC in ISO 8601, always as many characters, so that they compare as text; order is by
sequence, never by clock. `folded` columns hold what is searched, in lower case.
What comes from the customer is Text: SQLite takes any length, so PostgreSQL must as well.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 3
"""Schema version: the migrations that were done. A store written by a newer one is refused."""

metadata = MetaData()

ID = Text().with_variant(Text(collation="C"), "postgresql")
"""An id in the order of its code points, as SQLite and Python have it."""

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

releases = Table(
    "releases",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(32), nullable=False),
    Column("run_id", ForeignKey("runs.run_id"), nullable=False, unique=True),
    sqlite_autoincrement=True,
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
)

approvals = Table(
    "approvals",
    metadata,
    Column("brandid", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("given_at", String(40), nullable=False),
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

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(32), nullable=False, unique=True),
    Column("brandid", ID, nullable=False),
    Column("brandname", Text, nullable=False),
    Column("cause", String(32), nullable=False),
    Column("level", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("assigned_to", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("joined", Integer, nullable=False),
    Column("method", String(32)),
    Column("resolution", Text, nullable=False),
    Column("resolved_at", String(40), nullable=False),
    Column("preventive", Text, nullable=False),
    Column("lessons", Text, nullable=False),
    Column("closed_at", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("held", String(64), unique=True, doc="brand and cause while triggers join the case"),
    Index("cases_by_brand", "brandid", "sequence"),
    sqlite_autoincrement=True,
)

case_events = Table(
    "case_events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Index("case_events_by_case", "case_id", "sequence"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("due_at", String(40), nullable=False),
    Column("error", Text, nullable=False),
    Column("sent_at", String(40), nullable=False),
    Index("notices_by_state", "state", "due_at"),
    sqlite_autoincrement=True,
)

correction_batches = Table(
    "correction_batches",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("batch_id", String(32), unique=True),
    Column("actor", Text, nullable=False),
    Column("authorised_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("undone_at", String(40), nullable=False),
    Column("undone_by", Text, nullable=False),
    sqlite_autoincrement=True,
)

corrections = Table(
    "corrections",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("batch_id", ForeignKey("correction_batches.batch_id"), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("cell", String(64), nullable=False, doc="SHA-256 of subject, key and field"),
    Column("key", JSON, nullable=False),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("stands", Boolean, nullable=False),
    Index("corrections_by_cell", "cell", "sequence"),
    Index("corrections_by_batch", "batch_id"),
    sqlite_autoincrement=True,
)
