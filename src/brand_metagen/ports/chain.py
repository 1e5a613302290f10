"""What the digest of an audit row covers: the contract of every store that keeps the log."""

from __future__ import annotations

import json
from hashlib import sha256

from brand_metagen.ports.review import AuditRow


def canonical(value: object) -> str:
    """Plain data as the one JSON text that stands for it, in ASCII.

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"\\\\u00e9","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def chained(row: AuditRow) -> str:
    """SHA-256 over the digest before and the row's content."""
    content = [row.sequence, row.at, row.actor, row.action, row.subject, canonical(row.detail)]
    return sha256(f"{row.previous}\n{canonical(content)}".encode()).hexdigest()
