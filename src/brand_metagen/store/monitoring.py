"""Figures that have no other record, alarms with their history, and acts by kind and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import (
    AlarmCheck,
    AlarmEvent,
    AlarmLine,
    AlarmMove,
    AlarmState,
    AuditRow,
    Measure,
    NoticeState,
)
from brand_metagen.ports.chain import canonical
from brand_metagen.store import schema
from brand_metagen.store.audit import append, read_row
from brand_metagen.store.base import SqlBase

M, A, E = schema.measures.c, schema.alarms.c, schema.alarm_events.c
SYSTEM = "system"


class MonitoringPart(SqlBase):
    """What is measured and watched."""

    def measures(self, names: Sequence[str], begin: str, end: str) -> tuple[Measure, ...]:
        """Lines of the metric table, in order of time, name and dimensions."""
        query = select(schema.measures).where(M.name.in_(names), M.at >= begin, M.at < end)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(M.at, M.name, M.key)).mappings()
            return tuple(map(_measure, rows))

    def add_measures(self, measures: Sequence[Measure], keep_from: str = "") -> None:
        """Add to what there is; what lies before `keep_from` is forgotten."""
        with self._writing(always=True) as connection:
            _one_at_a_time(connection)
            for measure in measures:
                _put(connection, measure, add=True)
            if keep_from:
                connection.execute(schema.measures.delete().where(M.at < keep_from))

    def set_measures(self, measures: Sequence[Measure]) -> None:
        """Write in place of what there is."""
        with self._writing(always=True) as connection:
            _one_at_a_time(connection)
            for measure in measures:
                _put(connection, measure, add=False)

    def acts(self, actions: Sequence[str], begin: str, end: str) -> tuple[AuditRow, ...]:
        """Rows of the audit log by action and time, in order."""
        c = schema.audit.c
        query = select(schema.audit).where(c.action.in_(actions), c.at >= begin, c.at < end)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(c.sequence)).mappings()
            return tuple(map(read_row, rows))

    def alarm_lines(self) -> tuple[AlarmLine, ...]:
        """Every alarm's line, by name."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.alarms).order_by(A.name)).mappings()
            return tuple(map(_line, rows))

    def alarms_checked(
        self, checks: Sequence[AlarmCheck], channels: Sequence[str]
    ) -> tuple[str, ...]:
        """Write every check that nobody was faster with; returns their names."""
        written = []
        with self._writing(always=True) as connection:
            _one_at_a_time(connection)
            now = self._now()
            for check in checks:
                line = _found(connection, check.seen.name) or AlarmLine(check.seen.name)
                if line == check.seen:
                    _write(connection, check, now)
                    _tell(connection, check, channels, now)
                    written.append(line.name)
        return tuple(written)

    def acknowledge_alarm(self, name: str, actor: str, note: str) -> AlarmLine:
        """Say that somebody knows; it is audited."""
        with self._writing(always=True) as connection:
            _one_at_a_time(connection)
            line, now = _found(connection, name), self._now()
            if line is None:
                raise NotFound(f"no alarm {name!r} was looked at yet; `brand-metagen alarms check`")
            _check_open(line)
            made = replace(line, acknowledged_by=actor, acknowledged_at=now, note=note)
            _put_line(connection, made)
            move = AlarmMove(line.state, line.state, now, line.value, note)
            _event(connection, name, move, now, actor, "acknowledged")
            detail = {"alarmed_at": line.alarmed_at, "state": line.state.value, "note": note}
            append(connection, now, actor, "alarm_acknowledged", f"alarm:{name}", detail)
        return made

    def alarm_events(
        self, name: str | None, limit: int, before: int | None = None
    ) -> tuple[AlarmEvent, ...]:
        """The history, newest first."""
        query = select(schema.alarm_events).order_by(E.sequence.desc()).limit(limit)
        if name is not None:
            query = query.where(E.name == name)
        if before is not None:
            query = query.where(E.sequence < before)
        with self._reading() as connection:
            return tuple(map(_read_event, connection.execute(query).mappings()))


def _one_at_a_time(connection: Connection) -> None:
    """Whoever writes here waits for whoever does so already (SQLite has one writer anyway)."""
    connection.execute(select(schema.modes).with_for_update())


def _put(connection: Connection, measure: Measure, *, add: bool) -> None:
    table = schema.measures
    dimensions = dict(measure.dimensions)
    key = sha256(canonical(dimensions).encode()).hexdigest()
    here = (
        M.name == measure.name, M.at == measure.at, M.period == measure.period, M.key == key,
    )  # fmt: skip
    values = {**asdict(measure), "dimensions": dimensions}
    there = connection.execute(select(table).where(*here)).mappings().first()
    if there is None:
        connection.execute(table.insert().values(key=key, **values))
        return
    if add:
        values["value"] += there["value"]
        values["samples"] += there["samples"]
        values["least"] = min(there["least"], measure.least)
        values["most"] = max(there["most"], measure.most)
    changed = {name: values[name] for name in ("value", "samples", "least", "most")}
    connection.execute(table.update().where(*here).values(changed))


def _measure(row: Mapping[Any, Any]) -> Measure:
    return Measure(**{name: value for name, value in row.items() if name != "key"})


def _found(connection: Connection, name: str) -> AlarmLine | None:
    row = connection.execute(select(schema.alarms).where(A.name == name)).mappings().first()
    return None if row is None else _line(row)


def _line(row: Mapping[Any, Any]) -> AlarmLine:
    return AlarmLine(**{**row, "state": AlarmState(row["state"])})


def _write(connection: Connection, check: AlarmCheck, now: str) -> None:
    line = replace(
        check.seen, value=check.value, reason=check.reason, walked_to=check.walked_to,
        checked_at=now,
    )  # fmt: skip
    for move in check.moves:
        line = replace(line, state=move.after, since=move.at)
        if move.after is AlarmState.ALARM:
            line = replace(
                line, alarmed_at=move.at, acknowledged_by="", acknowledged_at="", note=""
            )
        _event(connection, line.name, move, now, SYSTEM, "moved")
    _put_line(connection, line)


def _put_line(connection: Connection, line: AlarmLine) -> None:
    table = schema.alarms
    values = {**asdict(line), "state": line.state.value}
    update = table.update().where(A.name == line.name).values(values)
    if connection.execute(update).rowcount == 0:
        connection.execute(table.insert().values(values))


def _event(
    connection: Connection, name: str, move: AlarmMove, now: str, actor: str, kind: str
) -> None:
    values = {
        "name": name, "at": move.at, "written_at": now, "kind": kind, "actor": actor,
        "before": move.before.value, "after": move.after.value, "value": move.value,
        "said": move.reason,
    }  # fmt: skip
    connection.execute(schema.alarm_events.insert().values(values))


def _read_event(row: Mapping[Any, Any]) -> AlarmEvent:
    states = {name: AlarmState(row[name]) for name in ("before", "after")}
    return AlarmEvent(**{**row, **states})


def _tell(connection: Connection, check: AlarmCheck, channels: Sequence[str], now: str) -> None:
    for word in check.words:
        for channel in channels:
            values = {
                "case_id": f"alarm-{check.seen.name}", "channel": channel,
                "subject": word.subject, "body": dict(word.body),
                "state": NoticeState.WAITING.value, "attempts": 0, "made_at": now, "due_at": now,
                "error": "", "sent_at": "",
            }  # fmt: skip
            connection.execute(schema.notices.insert().values(values))


def _check_open(line: AlarmLine) -> None:
    if not line.alarmed_at:
        raise ConflictError(f"{line.name} never went off; there is nothing to acknowledge")
    if line.acknowledged_at:
        raise ConflictError(
            f"{line.acknowledged_by} acknowledged {line.name} at {line.acknowledged_at[:16]}: "
            f"{line.note or 'no note'}",
            now={"name": line.name, "acknowledged_by": line.acknowledged_by,
                 "acknowledged_at": line.acknowledged_at},
        )  # fmt: skip
