"""Escalations: a case, its events, its brand, the messages and the audit row commit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, or_, select, true

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.escalate import words
from brand_metagen.escalate.states import HOLDING, check_act
from brand_metagen.ports import (
    Act,
    BrandState,
    Case,
    CaseAct,
    CaseEvent,
    CaseFilter,
    CaseOrder,
    CaseState,
    Cause,
    Level,
    Method,
    NoticeState,
    Opening,
    Page,
)
from brand_metagen.review.states import MOVES
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.brands import locked
from brand_metagen.store.paging import checked_limit, from_cursor, page, to_cursor
from brand_metagen.store.queue import NO_CLAIM

C = schema.cases.c
INTERNAL = frozenset({"sequence", "held"})
SYSTEM = "system"
"""Who opens the cases that nobody opened by hand."""


class CasePart(SqlBase):
    """Cases and what happens to them."""

    def open_case(self, opening: Opening, actor: str) -> tuple[Case, bool]:
        """Open a case, or join the open one of the same brand and cause (then True)."""
        with self._writing(always=True) as connection:
            if opening.brandid:
                locked(connection, opening.brandid)
            return open_in(connection, opening, actor, self._now())

    def case(self, case_id: str) -> Case:
        """One case; raises NotFound when there is none of that id."""
        with self._reading() as connection:
            return _case(_found(connection, case_id, lock=False))

    def cases(self, wanted: CaseFilter, limit: int, cursor: str | None) -> Page[Case]:
        """Cases that are wanted, in the order wanted; equal ones the newest first."""
        column, falling = _ORDERS[wanted.order]
        query = select(schema.cases).where(_wanted(wanted), _after(column, falling, cursor))
        ordered = (column.desc() if falling else column.asc(), C.sequence.desc())
        with self._reading() as connection:
            query = query.order_by(*ordered).limit(checked_limit(limit) + 1)
            rows = list(connection.execute(query).mappings())
        found = page(rows, limit, lambda row: to_cursor(row[column.name], row["sequence"]))
        return Page(tuple(map(_case, found.items)), found.next)

    def case_events(self, case_id: str | None = None) -> tuple[CaseEvent, ...]:
        """What happened to a case, or to all, oldest first."""
        table = schema.case_events
        query = select(table).order_by(table.c.sequence)
        if case_id is not None:
            query = query.where(table.c.case_id == case_id)
        with self._reading() as connection:
            return tuple(_event(row) for row in connection.execute(query).mappings())

    def act_on_case(self, act: CaseAct) -> Case:
        """Write one act; raises ConflictError when the case moved on or may not move so."""
        with self._writing(always=True) as connection:
            brandid = _found(connection, act.case_id, lock=False)["brandid"]
            if brandid:
                locked(connection, brandid)  # before the case, as everybody locks
            return act_in(connection, act, self._now())


def act_in(connection: Connection, act: CaseAct, now: str) -> Case:
    """Act within the caller's transaction, which holds the row of the case's brand."""
    case = _case(_found(connection, act.case_id, lock=True))
    return _Acting(connection, case, act, now).record()


def open_in(connection: Connection, opening: Opening, actor: str, now: str) -> tuple[Case, bool]:
    """Open or join within the caller's transaction, which holds the brand's row."""
    held = _held(opening.brandid, opening.cause)
    query = select(schema.cases).where(C.held == held).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is not None:
        case = _case(row)
        if _told_before(connection, case, opening):
            return case, True
        return _join(connection, case, opening, actor, now), True
    facts = _brand_facts(connection, opening.brandid)
    values = {
        "case_id": _number(connection, now),
        "brandid": opening.brandid,
        "brandname": opening.brandname,
        "cause": opening.cause.value,
        "level": int(opening.level),
        "state": CaseState.OPEN.value,
        "reason": opening.reason,
        **facts,
        "opened_by": actor,
        "opened_at": now,
        "assigned_to": opening.assignee,
        "paused": False,
        "joined": 0,
        "method": None,
        **dict.fromkeys(("resolution", "resolved_at", "preventive", "lessons", "closed_at"), ""),
        "revision": 0,
        "held": held,
    }
    connection.execute(schema.cases.insert().values(values))
    case = _case(values)
    act = CaseAct(
        actor, case.case_id, Act.OPENED, opening.reason, detail=opening.facts,
        channels=opening.channels,
    )  # fmt: skip
    return _Acting(connection, case, act, now).record(), False


def _join(connection: Connection, case: Case, opening: Opening, actor: str, now: str) -> Case:
    """The same trigger again; a case that was thought resolved was not."""
    again = case.state is CaseState.RESOLVED
    act = CaseAct(
        actor, case.case_id, Act.REOPENED if again else Act.JOINED, opening.reason,
        CaseState.IN_PROGRESS if again else None, {"joined": case.joined + 1}, opening.facts,
        channels=opening.channels,
    )  # fmt: skip
    return _Acting(connection, case, act, now).record()


def _told_before(connection: Connection, case: Case, opening: Opening) -> bool:
    """Whether a run that does a step again told this case of the same before."""
    run_id = opening.facts.get("run_id")
    table = schema.case_events
    query = select(table.c.detail).where(table.c.case_id == case.case_id)
    return run_id is not None and any(
        detail.get("run_id") == run_id for detail in connection.scalars(query)
    )


@dataclass(frozen=True, slots=True)
class _Acting:
    """An act on a case whose row, and whose brand's row, are locked."""

    connection: Connection
    case: Case
    act: CaseAct
    now: str

    def record(self) -> Case:
        case, act = self.case, self.act
        if act.expected is not None and act.expected != case.revision:
            raise ConflictError(
                f"case {case.case_id} has moved on since you looked; look at it again",
                now={"case_id": case.case_id, "state": case.state, "revision": case.revision},
            )
        check_act(case.case_id, case.state, act.kind, act.state)
        changed = self._changed()
        event = self._event()
        self._tell(changed, event)
        self._move_brand(changed)
        append(self.connection, self.now, act.actor, f"case_{act.kind}", case.case_id, {
            "brandid": case.brandid, "state": changed.state.value, "before": case.state.value,
            "note": act.note, **{name: _plain(v) for name, v in act.changes.items()},
            "detail": dict(act.detail),
        })  # fmt: skip
        return changed

    def _changed(self) -> Case:
        state = self.act.state or self.case.state
        values = {name: _plain(value) for name, value in self.act.changes.items()}
        values |= {"state": state.value, "revision": self.case.revision + 1}
        if state not in HOLDING:
            values["held"] = None
        times = {CaseState.RESOLVED: "resolved_at", CaseState.CLOSED: "closed_at"}
        if state is not self.case.state and state in times:
            values[times[state]] = self.now
        if self.act.kind is Act.REOPENED:
            values |= {"resolved_at": "", "method": None, "resolution": ""}
        table = schema.cases
        self.connection.execute(table.update().where(C.case_id == self.case.case_id).values(values))
        return _case(_found(self.connection, self.case.case_id, lock=False))

    def _event(self) -> CaseEvent:
        act = self.act
        values = {
            "case_id": act.case_id, "at": self.now, "actor": act.actor, "kind": act.kind.value,
            "note": act.note, "detail": {**act.detail},
        }  # fmt: skip
        result = self.connection.execute(schema.case_events.insert().values(values))
        (sequence,) = result.inserted_primary_key or (0,)
        return CaseEvent(sequence, act.case_id, self.now, act.actor, act.kind, act.note, act.detail)

    def _tell(self, case: Case, event: CaseEvent) -> None:
        if event.kind not in words.TOLD:
            return
        for channel in self.act.channels:
            values = {
                "case_id": case.case_id, "channel": channel, "state": NoticeState.WAITING.value,
                "subject": words.subject(case, event), "body": words.body(case, event),
                "attempts": 0, "made_at": self.now, "due_at": self.now, "error": "", "sent_at": "",
            }  # fmt: skip
            self.connection.execute(schema.notices.insert().values(values))

    def _move_brand(self, case: Case) -> None:
        if not case.brandid:
            return
        if self.act.kind in (Act.OPENED, Act.REOPENED):
            _put_brand(self.connection, case.brandid, BrandState.ESCALATED)
        elif self.act.frees_brand and not _held_by_another(self.connection, case):
            _put_brand(
                self.connection, case.brandid, BrandState.AWAITING_REVIEW, BrandState.ESCALATED
            )


def _put_brand(
    connection: Connection, brandid: str, state: BrandState, only_from: BrandState | None = None
) -> None:
    """Move a brand where its table of moves allows it."""
    table = schema.brands
    query = select(table.c.state).where(table.c.brandid == brandid)
    now = BrandState(connection.execute(query).scalar_one())
    if state in MOVES[now] and now in (only_from, now if only_from is None else only_from):
        here = table.c.brandid == brandid
        connection.execute(table.update().where(here).values(state=state, **NO_CLAIM))


def _held_by_another(connection: Connection, case: Case) -> bool:
    states = [state.value for state in (CaseState.OPEN, CaseState.IN_PROGRESS)]
    query = select(C.case_id).where(
        C.brandid == case.brandid, C.case_id != case.case_id, C.state.in_(states)
    )
    return connection.scalar(query.limit(1)) is not None


def _held(brandid: str, cause: Cause) -> str:
    return sha256(f"{cause}\n{brandid}".encode()).hexdigest()


def _number(connection: Connection, now: str) -> str:
    """The next id of this year, `ESC-YYYY-NNN`."""
    table, year = schema.case_numbers, int(now[:4])
    query = select(table.c.last).where(table.c.year == year).with_for_update()
    last = connection.scalar(query)
    if last is None:
        connection.execute(table.insert().values(year=year, last=1))
    else:
        connection.execute(table.update().where(table.c.year == year).values(last=last + 1))
    return f"ESC-{year}-{(last or 0) + 1:03d}"


def _brand_facts(connection: Connection, brandid: str) -> dict[str, Any]:
    table = schema.brands
    query = select(table.c.round, table.c.version, table.c.confidence)
    row = connection.execute(query.where(table.c.brandid == brandid)).mappings().one_or_none()
    return dict(row) if row else {"round": 0, "version": 0, "confidence": 0.0}


def _found(connection: Connection, case_id: str, *, lock: bool) -> Mapping[Any, Any]:
    query = select(schema.cases).where(C.case_id == case_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no case {case_id}; `brand-metagen escalations list` shows them")
    return row


_ORDERS: Mapping[CaseOrder, tuple[Column[Any], bool]] = {
    CaseOrder.NEWEST: (C.sequence, True),
    CaseOrder.CONFIDENCE: (C.confidence, False),
    CaseOrder.ID: (C.case_id, False),
    CaseOrder.NAME: (C.brandname, False),
}


def _after(column: Column[Any], falling: bool, cursor: str | None) -> ColumnElement[bool]:
    if cursor is None:
        return true()
    kind = {"sequence": int, "confidence": float}.get(column.name, str)
    place, sequence = from_cursor(cursor, kind, int)
    further = column < place if falling else column > place
    return or_(further, and_(column == place, C.sequence < sequence))


def _wanted(wanted: CaseFilter) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = [true()]
    if wanted.states:
        tests.append(C.state.in_([state.value for state in wanted.states]))
    exact = {
        C.level: int(wanted.level) if wanted.level else None,
        C.cause: wanted.cause.value if wanted.cause else None,
        C.brandid: wanted.brandid or None,
        C.assigned_to: wanted.assigned_to or None,
    }
    tests += [column == value for column, value in exact.items() if value is not None]
    if wanted.opened_from:
        tests.append(C.opened_at >= wanted.opened_from)
    if wanted.opened_before:
        tests.append(C.opened_at < wanted.opened_before)
    return and_(*tests)


def _case(row: Mapping[Any, Any]) -> Case:
    values = {name: value for name, value in row.items() if name not in INTERNAL}
    values |= {
        "cause": Cause(row["cause"]),
        "level": Level(row["level"]),
        "state": CaseState(row["state"]),
        "method": Method(row["method"]) if row["method"] else None,
    }
    return Case(**values)


def _event(row: Mapping[Any, Any]) -> CaseEvent:
    return CaseEvent(**{**row, "kind": Act(row["kind"])})


def _plain(value: object) -> object:
    """An enumeration's value, as the database and JSON hold it."""
    return getattr(value, "value", value)
