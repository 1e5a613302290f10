"""Numbering metadata versions: a number stands for one rule of one brand, for good."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from brand_metagen.publish.metadata import from_record, to_record
from brand_metagen.records import Metadata, Rule, Status
from brand_metagen.store import schema

UNDECIDED = (Status.CANDIDATE, Status.ABSTAINED)
"""Nobody has said yes to these yet, so their evidence may still be brought up to date."""


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    rule: str
    status: Status
    run_id: str


def rule_digest(rule: Rule | None) -> str:
    """What makes two rules the same rule: SHA-256 of (include, exclude, MCCs).

    >>> rule_digest(Rule("1", "A", None, ("5812",))) == rule_digest(Rule("2", "A", None, ("5812",)))
    True
    """
    content = [rule.include, rule.exclude, list(rule.mccids)] if rule else None
    return sha256(json.dumps(content).encode()).hexdigest()


def save(connection: Connection, run_id: str, records: Sequence[Metadata]) -> list[Metadata]:
    """Number and write the records; the numbered ones in the same order."""
    table = schema.versions
    known = _known(connection)
    numbered, fresh, changed = [], [], []
    for record in records:
        history = known.get(record.brandid, [])
        kept = _kept(history, run_id, rule_digest(record.rule))
        if kept is None:
            record = replace(record, version=history[-1].version + 1 if history else 1)
            fresh.append(_values(record, run_id))
        elif kept.status in UNDECIDED:
            record = replace(record, version=kept.version)
            keys = {"key_brandid": record.brandid, "key_version": record.version}
            changed.append({**_values(record, run_id), **keys})
        else:
            record = replace(record, version=kept.version, status=kept.status)
        numbered.append(record)
    if fresh:
        connection.execute(table.insert(), fresh)
    if changed:
        here = (table.c.brandid == bindparam("key_brandid")) & (
            table.c.version == bindparam("key_version")
        )
        connection.execute(table.update().where(here), changed)
    return numbered


def latest(connection: Connection) -> list[Metadata]:
    """Every brand's highest version, in order of brandid."""
    table = schema.versions
    top = (
        select(table.c.brandid, func.max(table.c.version).label("version"))
        .group_by(table.c.brandid)
        .subquery()
    )
    query = select(table.c.record).join(
        top, (table.c.brandid == top.c.brandid) & (table.c.version == top.c.version)
    )
    found = [from_record(record) for record in connection.scalars(query)]
    # Sorted here: databases collate text differently.
    return sorted(found, key=lambda record: record.brandid)


def _known(connection: Connection) -> Mapping[str, list[_Known]]:
    """Each brand's versions, lowest first, without their evidence."""
    table = schema.versions
    query = select(
        table.c.brandid, table.c.version, table.c.rule, table.c.status, table.c.run_id
    ).order_by(table.c.version)
    known: dict[str, list[_Known]] = defaultdict(list)
    for brandid, version, rule, status, run_id in connection.execute(query):
        known[brandid].append(_Known(version, rule, Status(status), run_id))
    return known


def _kept(history: Sequence[_Known], run_id: str, rule: str) -> _Known | None:
    """The version the rule has already: written by this run before, or the brand's latest."""
    for version in reversed(history):
        if version.rule == rule and (version.run_id == run_id or version is history[-1]):
            return version
    return None


def _values(record: Metadata, run_id: str) -> dict[str, Any]:
    return {
        "brandid": record.brandid,
        "version": record.version,
        "run_id": run_id,
        "status": record.status.value,
        "rule": rule_digest(record.rule),
        "confidence": record.confidence,
        "record": to_record(record),
    }
