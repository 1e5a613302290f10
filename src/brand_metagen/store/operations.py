"""Whether the system may change, and everything it holds, out and in again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, select

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Head, Mode, ModeLine, Snapshot
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase

CHUNK = 500
"""Rows written at once."""
BY_MIGRATION = frozenset({"schema_version", "heads", "modes"})
"""Tables that a new store has rows in."""

Rows = Iterator[Mapping[str, Any]]


class OperationsPart(SqlBase):
    """What operators do to the whole."""

    def mode(self) -> ModeLine:
        """What may change now."""
        with self._reading() as connection:
            row = connection.execute(select(schema.modes)).mappings().one()
        return ModeLine(Mode(row["mode"]), row["actor"], row["reason"], row["at"])

    def set_mode(self, mode: Mode, actor: str, reason: str) -> ModeLine:
        """Change what may change; it is written down even while nothing else may be."""
        table = schema.modes
        with self._writing(always=True) as connection:
            now = self._now()
            before = connection.execute(select(table.c.mode).with_for_update()).scalar_one()
            values = {"mode": mode.value, "actor": actor, "reason": reason, "at": now}
            connection.execute(table.update().values(values))
            detail = {"mode": mode.value, "before": before, "reason": reason}
            append(connection, now, actor, "mode", "system", detail)
        return ModeLine(mode, actor, reason, now)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """All tables as they are at one moment, whoever writes meanwhile."""
        with self._reading() as connection:
            yield _Snapshot(connection, _head(connection))

    def fill(self, tables: Iterator[tuple[str, Rows]]) -> Head:
        """Fill an empty store, in one transaction; raises ConflictError when it is not empty."""
        with self._writing(always=True) as connection:
            if connection.scalar(select(func.count()).select_from(schema.audit)):
                raise ConflictError("the store to be filled holds something already")
            for name, rows in tables:
                self._fill(connection, name, rows)
            return _head(connection)

    def _fill(self, connection: Connection, name: str, rows: Rows) -> None:
        table = schema.metadata.tables.get(name)
        if table is None:
            raise InputError(f"the backup holds a table {name!r} that this program does not know")
        if name == "schema_version":
            return
        if name == "audit":
            self._fill_audit(connection, rows)
            return
        if name in BY_MIGRATION:
            if name == "modes":
                connection.execute(table.update(), list(rows))
            return
        while chunk := list(islice(rows, CHUNK)):
            connection.execute(table.insert(), [dict(row) for row in chunk])
        go_on(connection, table)

    def _fill_audit(self, connection: Connection, rows: Rows) -> None:
        """Row by row with its head, which the database lets move on one by one only."""
        heads = schema.heads
        for row in rows:
            connection.execute(schema.audit.insert().values(dict(row)))
            values = {"sequence": row["sequence"], "digest": row["digest"]}
            connection.execute(heads.update().values(values))


@dataclass(frozen=True, slots=True)
class _Snapshot:
    connection: Connection
    head: Head

    def tables(self) -> Iterator[tuple[str, Rows]]:
        for table in schema.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key.columns)
            yield table.name, map(dict, self.connection.execute(query).mappings())


def _head(connection: Connection) -> Head:
    row = connection.execute(select(schema.heads)).mappings().one()
    return Head(schema.VERSION, row["sequence"], row["digest"])


def go_on(connection: Connection, table: Table) -> None:
    """Let the next number of a table follow those filled in; SQLite sees to it by itself."""
    key = table.autoincrement_column
    if connection.dialect.name == "postgresql" and key is not None:
        last = connection.scalar(select(func.max(key)))
        if last is not None:
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            connection.execute(select(func.setval(sequence, last)))
