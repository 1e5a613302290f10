"""The audit log: every row's digest covers the row and the digest before it.

Who writes a row first locks the head, so that concurrent writers keep one chain. The head also
counts what changed (`revision`), and shows when the log's tail was cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen import tracing
from brand_metagen.errors import IntegrityError
from brand_metagen.ports import AuditRow, Page
from brand_metagen.ports.chain import canonical, chained
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase
from brand_metagen.store.paging import checked_limit, page

STEP = 1_000
"""Rows checked at a time."""
LAST = 2**31 - 1


def append(
    connection: Connection,
    at: str,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
    *,
    revised: bool = False,
) -> int:
    """Write a row and return its sequence; `revised` = versions or constraints changed with it.

    On PostgreSQL every other writer waits from here until the transaction ends: call it last.
    The detail says under which trace it was done, where there is one.
    """
    if trace := tracing.current().trace:
        detail = {**detail, "trace": trace}
    heads = schema.heads
    head = connection.execute(select(heads).with_for_update()).mappings().one()
    row = AuditRow(
        head["sequence"] + 1, at, actor, action, subject, detail, head["digest"], digest=""
    )
    digest = chained(row)
    connection.execute(
        schema.audit.insert().values(
            sequence=row.sequence,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=canonical(detail),
            previous=row.previous,
            digest=digest,
        )
    )
    connection.execute(
        heads.update().values(
            sequence=row.sequence, digest=digest, revision=heads.c.revision + int(revised)
        )
    )
    return row.sequence


def revise(connection: Connection) -> None:
    """Count a change to versions that has no row of its own."""
    heads = schema.heads
    connection.execute(heads.update().values(revision=heads.c.revision + 1))


def latest_of(connection: Connection, subject: str) -> AuditRow | None:
    """What was done last to a brand, a run or an account."""
    table = schema.audit
    query = select(table).where(table.c.subject == subject)
    query = query.order_by(table.c.sequence.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else read_row(row)


class AuditPart(SqlBase):
    """The audit log as the port shows it."""

    def note(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> int:
        """Append a row of its own; its sequence."""
        with self._writing(always=True) as connection:
            return append(connection, self._now(), actor, action, subject, detail)

    def revision(self) -> int:
        """Grows with every change to versions, their status or constraints, whoever made it."""
        with self._reading() as connection:
            found: int | None = connection.scalar(select(schema.heads.c.revision))
        return found or 0

    def audit(self, after: int, limit: int) -> Page[AuditRow]:
        """Rows in order, those after a sequence (0 = from the first); `next` is a sequence."""
        table = schema.audit
        query = select(table).where(table.c.sequence > min(max(after, 0), LAST))
        query = query.order_by(table.c.sequence).limit(checked_limit(limit) + 1)
        with self._reading() as connection:
            found = [read_row(row) for row in connection.execute(query).mappings()]
        return page(found, limit, lambda row: str(row.sequence))

    def recent(
        self,
        limit: int,
        actor: str = "",
        actions: Sequence[str] = (),
        *,
        subject: str = "",
        before: int = 0,
    ) -> tuple[AuditRow, ...]:
        """The last rows, newest first: an actor's, of some actions, of a subject, those before a
        sequence; empty or 0 = all."""
        table = schema.audit
        query = select(table).order_by(table.c.sequence.desc()).limit(checked_limit(limit))
        if actor:
            query = query.where(table.c.actor == actor)
        if actions:
            query = query.where(table.c.action.in_(actions))
        if subject:
            query = query.where(table.c.subject == subject)
        if before > 0:
            query = query.where(table.c.sequence < min(before, LAST))
        with self._reading() as connection:
            return tuple(read_row(row) for row in connection.execute(query).mappings())

    def verify_audit(self) -> int:
        """Check the whole chain and return its length; raises IntegrityError at the first break."""
        previous, expected = "", 1
        with self._reading() as connection:
            head = connection.execute(select(schema.heads)).mappings().one_or_none()
            if head is None:
                raise IntegrityError("the audit log has lost its head")
            while rows := _step(connection, expected):
                for row in rows:
                    check_row(row, expected, previous)
                    previous, expected = row["digest"], expected + 1
        if (expected - 1, previous) != (head["sequence"], head["digest"]):
            raise IntegrityError(
                f"the audit log ends with row {expected - 1}, its head says {head['sequence']}: "
                f"{_broken_end(expected, head['sequence'])}"
            )
        return expected - 1


def _broken_end(expected: int, last: int) -> str:
    if expected <= last:
        return f"row {expected} is missing"
    return f"row {last + 1} was added" if expected > last + 1 else f"row {last} is not that one"


def _step(connection: Connection, first: int) -> list[Any]:
    table = schema.audit
    query = select(table).where(table.c.sequence >= first).order_by(table.c.sequence).limit(STEP)
    return list(connection.execute(query).mappings())


def steps(connection: Connection) -> Iterator[Any]:
    """Every row of the log in order, whatever is wrong with it."""
    after = 0
    while rows := _step(connection, after + 1):
        yield from rows
        after = rows[-1]["sequence"]


def check_row(row: Any, expected: int, previous: str) -> None:
    """Raise IntegrityError unless a row is what it was, and the one after those before."""
    sequence = row["sequence"]
    if sequence != expected:
        raise IntegrityError(f"audit row {expected} is missing: {sequence} follows its predecessor")
    if row["previous"] != previous:
        raise IntegrityError(f"audit row {sequence} does not continue the row before it")
    try:
        read = read_row(row)
    except ValueError as error:
        raise IntegrityError(f"audit row {sequence} has been tampered with: {error}") from error
    if canonical(read.detail) != row["detail"] or chained(read) != row["digest"]:
        raise IntegrityError(f"audit row {sequence} has been tampered with")


def read_row(row: Any) -> AuditRow:
    """A row as the port shows it."""
    read = AuditRow(**row)
    return replace(read, detail=json.loads(row["detail"]))
