"""Numbering metadata versions: a number stands for one record of one brand, for good.

What humans decide of a version lies beside its record (`status`) and is laid over it on reading.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from brand_metagen.publish.metadata import from_record, to_record
from brand_metagen.records import Metadata, Rule, Status
from brand_metagen.store import schema

DECIDED = (Status.APPROVED, Status.PUBLISHED)
"""Humans said yes to these: new evidence for the same rule makes no new version."""
CHUNK = 300
"""Versions asked for in one statement; SQLite takes 32,766 parameters."""

V = schema.versions.c


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    rule: str
    content: str
    status: Status
    run_id: str


def rule_digest(rule: Rule | None) -> str:
    """What makes two rules the same rule: SHA-256 of (include, exclude, MCCs).

    >>> rule_digest(Rule("1", "A", None, ("5812",))) == rule_digest(Rule("2", "A", None, ("5812",)))
    True
    """
    content = [rule.include, rule.exclude, list(rule.mccids)] if rule else None
    return sha256(json.dumps(content).encode()).hexdigest()


def content_digest(record: Mapping[str, Any]) -> str:
    """What makes two versions the same version: SHA-256 of all but number and status."""
    kept = {name: value for name, value in record.items() if name not in ("version", "status")}
    return sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def save(
    connection: Connection, run_id: str, records: Sequence[Metadata]
) -> tuple[list[Metadata], bool]:
    """Number and write a run's records: the numbered ones in the same order, and whether any of
    them is new."""
    known = _known(connection)
    numbered, fresh, stored = [], [], []
    for record in records:
        history = known.get(record.brandid, [])
        values = _values(record, run_id)
        kept = _kept(history, values)
        if kept is None:
            record = replace(record, version=history[-1].version + 1 if history else 1)
            fresh.append(_values(record, run_id))
        else:
            record = replace(record, version=kept.version, status=kept.status)
            if kept.content != values["content"]:
                stored.append((record.brandid, kept.version))
        numbered.append(record)
    if fresh:
        connection.execute(schema.versions.insert(), fresh)
    old = _stored(connection, stored)
    return [old.get(record.brandid, record) for record in numbered], bool(fresh)


def add(connection: Connection, made: Metadata, run_id: str, author: str) -> Metadata:
    """Write a version that a human had made, under the brand's next number."""
    last = connection.scalar(select(func.max(V.version)).where(V.brandid == made.brandid)) or 0
    made = replace(made, version=last + 1)
    connection.execute(schema.versions.insert().values(_values(made, run_id, author)))
    return made


def author(connection: Connection, brandid: str, version: int) -> str | None:
    """Who had a version made; empty = a run."""
    query = select(V.author).where(V.brandid == brandid, V.version == version)
    found: str | None = connection.scalar(query)
    return found


def decide(connection: Connection, chosen: Iterable[tuple[str, int]], status: Status) -> None:
    """Lay a status over versions (brandid, version)."""
    chosen = sorted(chosen)
    for first in range(0, len(chosen), CHUNK):
        here = tuple_(V.brandid, V.version).in_(chosen[first : first + CHUNK])
        connection.execute(schema.versions.update().where(here).values(status=status.value))


def of_brand(connection: Connection, brandid: str) -> list[Metadata]:
    """A brand's versions, oldest first."""
    query = select(V.record, V.status).where(V.brandid == brandid).order_by(V.version)
    return [_read(row) for row in connection.execute(query).mappings()]


def latest(connection: Connection, *statuses: Status) -> list[Metadata]:
    """Every brand's highest version (of those with one of the statuses), in order of brandid."""
    top = select(V.brandid, func.max(V.version).label("version")).group_by(V.brandid)
    if statuses:
        top = top.where(V.status.in_([status.value for status in statuses]))
    highest = top.subquery()
    here = (V.brandid == highest.c.brandid) & (V.version == highest.c.version)
    rows = connection.execute(select(V.record, V.status).join(highest, here)).mappings()
    # Sorted here: databases collate text differently.
    return sorted(map(_read, rows), key=lambda record: record.brandid)


def standing(connection: Connection) -> dict[str, tuple[int, Status]]:
    """Every brand's highest version and its status, without the records."""
    query = select(V.brandid, V.version, V.status).order_by(V.version)
    found = connection.execute(query).all()
    return {brandid: (version, Status(status)) for brandid, version, status in found}


def _read(row: Mapping[Any, Any]) -> Metadata:
    return replace(from_record(row["record"]), status=Status(row["status"]))


def _known(connection: Connection) -> Mapping[str, list[_Known]]:
    """Each brand's versions, lowest first, without their evidence."""
    query = select(V.brandid, V.version, V.rule, V.content, V.status, V.run_id)
    known: dict[str, list[_Known]] = defaultdict(list)
    for brandid, version, rule, content, status, run_id in connection.execute(
        query.order_by(V.version)
    ):
        known[brandid].append(_Known(version, rule, content, Status(status), run_id))
    return known


def _kept(history: Sequence[_Known], values: Mapping[str, Any]) -> _Known | None:
    """The version that stands for the record already.

    Written by this run before, or the brand's latest with the same content; or the latest with the
    same rule, when humans decided on it.
    """
    for version in reversed(history):
        mine = version.run_id == values["run_id"] or version is history[-1]
        if version.content == values["content"] and mine:
            return version
    if history and history[-1].status in DECIDED and history[-1].rule == values["rule"]:
        return history[-1]
    return None


def _stored(connection: Connection, wanted: Sequence[tuple[str, int]]) -> dict[str, Metadata]:
    """The records of versions as they were written, by brandid."""
    found: dict[str, Metadata] = {}
    for first in range(0, len(wanted), CHUNK):
        here = tuple_(V.brandid, V.version).in_(wanted[first : first + CHUNK])
        query = select(V.brandid, V.record, V.status).where(here)
        rows = connection.execute(query).mappings()
        found |= {row["brandid"]: _read(row) for row in rows}
    return found


def _values(record: Metadata, run_id: str, author: str = "") -> dict[str, Any]:
    written = to_record(record)
    return {
        "brandid": record.brandid,
        "version": record.version,
        "run_id": run_id,
        "status": record.status.value,
        "rule": rule_digest(record.rule),
        "confidence": record.confidence,
        "record": written,
        "content": content_digest(written),
        "author": author,
    }
