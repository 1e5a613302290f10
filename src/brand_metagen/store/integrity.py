"""How far damage goes: every broken row of the log, every version that is not what was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text

from brand_metagen.errors import IntegrityError
from brand_metagen.ports import BrokenRow
from brand_metagen.publish.metadata import from_record
from brand_metagen.store import schema
from brand_metagen.store.audit import check_row, steps
from brand_metagen.store.base import SqlBase
from brand_metagen.store.versions import content_digest, rule_digest

V = schema.versions.c
STEP = 1_000
"""Versions read at a time."""


class IntegrityPart(SqlBase):
    """Looking on behind the first break, where `verify_audit` stops."""

    def broken_audit(self, most: int) -> tuple[BrokenRow, ...]:
        """Rows of the log that are missing or not what they were, at most so many of them."""
        found: list[BrokenRow] = []
        previous, expected, last = "", 1, ""
        with self._reading() as connection:
            for row in steps(connection):
                if row["sequence"] > expected:
                    missing = f"{expected} to {row['sequence'] - 1}"
                    found.append(BrokenRow(f"audit row {missing}", "", last, "missing"))
                    expected, previous = row["sequence"], row["previous"]
                try:
                    check_row(row, expected, previous)
                except IntegrityError as error:
                    which = f"audit row {row['sequence']}"
                    found.append(BrokenRow(which, row["subject"], row["at"], str(error)))
                previous, expected, last = row["digest"], row["sequence"] + 1, row["at"]
                if len(found) >= most:
                    return tuple(found)
            head = connection.execute(select(schema.heads)).mappings().one_or_none()
        if head is None or (head["sequence"], head["digest"]) != (expected - 1, previous):
            told = "is lost" if head is None else f"says {head['sequence']}"
            said = f"it ends with row {expected - 1}, its head {told}"
            found.append(BrokenRow("the audit log's end", "", last, said))
        return tuple(found)

    def broken_versions(self, most: int) -> tuple[BrokenRow, ...]:
        """Metadata versions whose record is not the one that was written, at most so many."""
        found = []
        for row in self._versions():
            why = _wrong(row)
            if why:
                which = f"version {row['version']} of brand {row['brandid']}"
                found.append(BrokenRow(which, row["brandid"], "", why))
                if len(found) >= most:
                    break
        return tuple(found)

    def broken_pages(self) -> tuple[str, ...]:
        """What the database itself says of its file; PostgreSQL checks its pages by itself."""
        with self._reading() as connection:
            if connection.dialect.name != "sqlite":
                return ()
            said = connection.scalars(text("PRAGMA quick_check(20)")).all()
        return tuple(str(line) for line in said if line != "ok")

    def _versions(self) -> Iterator[Any]:
        columns = (V.brandid, V.version, V.rule, V.content, V.record)
        query = select(*columns).order_by(V.brandid, V.version)
        with self._reading() as connection:
            yield from connection.execute(query).mappings().yield_per(STEP)


def _wrong(row: Any) -> str:
    record = row["record"]
    if content_digest(record) != row["content"]:
        return "its record is not the one that was written"
    try:
        same = rule_digest(from_record(record).rule) == row["rule"]
    except (KeyError, TypeError, ValueError) as error:
        return f"its record cannot be read: {error!r}"
    named = (record.get("brandid"), record.get("version")) == (row["brandid"], row["version"])
    if not named:
        return "its record is that of another version"
    return "" if same else "its rule is not the one that was written"
