"""Remarks and the constraints that stay of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import BINDING, AuditRow, Page, Remark, RemarkOutcome, Withdrawal
from brand_metagen.ports.chain import canonical
from brand_metagen.store import schema
from brand_metagen.store.audit import LAST, read_row
from brand_metagen.store.base import SqlBase
from brand_metagen.store.paging import checked_limit, checked_search, from_cursor, page, to_cursor

F, C, P = schema.feedback.c, schema.constraints.c, schema.proposals.c
A = schema.audit.c
REFUSED = "lesson_refused"
"""The act of refusing a lesson, in the audit log."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for a constraint, when, and in which remark."""

    author: str
    given_at: str
    feedback_id: str


def write(connection: Connection, remark: Remark, brandname: str) -> Remark:
    """Keep a remark, and its constraints when it binds; the remark with its id."""
    values = {
        **{f.name: getattr(remark, f.name) for f in fields(Remark) if f.name != "feedback_id"},
        "outcome": remark.outcome.value,
        "asked": dict(remark.asked),
        "understood": [_whole(constraint) for constraint in remark.understood],
        "not_understood": list(remark.not_understood),
        "folded": "\n".join((remark.brandid, brandname, remark.author, remark.text)).casefold(),
    }
    result = connection.execute(schema.feedback.insert().values(values))
    (sequence,) = result.inserted_primary_key or (0,)
    remark = replace(remark, feedback_id=f"FB-{sequence:06d}")
    here = F.sequence == sequence
    update = schema.feedback.update().where(here).values(feedback_id=remark.feedback_id)
    connection.execute(update)
    if remark.outcome in BINDING:
        _bind(connection, remark)
    return remark


def propose(
    connection: Connection, proposals: Mapping[str, Sequence[Constraint]], origin: Origin
) -> None:
    """Lay constraints beside similar brands; what is proposed there already is not again."""
    table = schema.proposals
    query = select(P.brandid, P.content).where(P.brandid.in_(list(proposals)))
    seen = {(brandid, content) for brandid, content in connection.execute(query)}
    fresh = []
    for brandid in sorted(proposals):
        for row in _rows(brandid, proposals[brandid], origin):
            if (brandid, row["content"]) not in seen:
                seen.add((brandid, row["content"]))
                fresh.append(row)
    if fresh:
        connection.execute(table.insert(), fresh)


def refused(connection: Connection, brandid: str | None) -> dict[int, AuditRow]:
    """The lessons refused by one brand's reviewers, or by all, by number, and who did."""
    wanted = A.action == REFUSED
    if brandid is not None:
        wanted &= A.subject == brandid
    found = connection.execute(select(schema.audit).where(wanted).order_by(A.sequence)).mappings()
    return {int(str(row.detail["number"])): row for row in map(read_row, found)}


def _bind(connection: Connection, remark: Remark) -> None:
    """What the brand was asked before is not written twice; of patterns the latest counts."""
    query = select(C.content).where(C.brandid == remark.brandid)
    seen = set(connection.scalars(query))
    origin = Origin(remark.author, remark.given_at, remark.feedback_id)
    rows = _rows(remark.brandid, remark.understood, origin)
    fresh = [
        row for row in rows if row["content"] not in seen or row["body"]["kind"] == Kind.PATTERN
    ]
    if fresh:
        connection.execute(schema.constraints.insert(), fresh)


def withdraw(connection: Connection, taken: Withdrawal, actor: str) -> tuple[Constraint, ...]:
    """Unbind a remark and say what binds no longer; what another remark asks binds in its name.

    Raises ConflictError where that is not what the actor saw.
    """
    gone, passed = _loosened(connection, taken.feedback_id)
    table = schema.constraints
    found = tuple(kept(row) for row in gone)
    if [_body(c) for c in found] != [_body(c) for c in taken.gone]:
        raise ConflictError(
            f"somebody has asked for what {taken.feedback_id} asks meanwhile; look at it again"
        )
    for row, origin in passed:
        here = C.sequence == row["sequence"]
        connection.execute(table.update().where(here).values(**asdict(origin)))
    connection.execute(table.delete().where(C.sequence.in_([row["sequence"] for row in gone])))
    here = F.feedback_id == taken.feedback_id
    said = connection.scalar(select(F.explanation).where(here))
    why = "; ".join(filter(None, (said, f"withdrawn by {actor}")))
    values = {"outcome": RemarkOutcome.WITHDRAWN.value, "explanation": why}
    connection.execute(schema.feedback.update().where(here).values(values))
    return found


def _loosened(
    connection: Connection, feedback_id: str
) -> tuple[list[RowMapping], list[tuple[RowMapping, Origin]]]:
    """The constraints of a remark: those that nobody else asks, and the others with who does."""
    bound = select(schema.constraints).where(C.feedback_id == feedback_id).order_by(C.sequence)
    rows = connection.execute(bound).mappings().all()
    binding = [outcome.value for outcome in BINDING]
    others = (
        select(F.author, F.given_at, F.feedback_id, F.understood)
        .where(F.brandid.in_({row["brandid"] for row in rows}), F.outcome.in_(binding))
        .where(F.feedback_id != feedback_id)
        .order_by(F.sequence)
    )
    asked: dict[str, Origin] = {}
    for author, given_at, other, understood in connection.execute(others):
        for said in understood:
            origin = Origin(author, given_at, other)
            asked.setdefault(_content(_body(_constraint(said))), origin)
    gone = [row for row in rows if row["content"] not in asked]
    passed = [(row, asked[row["content"]]) for row in rows if row["content"] in asked]
    return gone, passed


def _content(body: Mapping[str, Any]) -> str:
    return sha256(canonical(body).encode()).hexdigest()


def _rows(brandid: str, said: Sequence[Constraint], origin: Origin) -> list[dict[str, Any]]:
    return [
        {
            "brandid": brandid,
            "content": _content(body),
            "body": body,
            **asdict(origin),
        }
        for body in map(_body, said)
    ]


def _body(constraint: Constraint) -> dict[str, Any]:
    row = asdict(constraint.row) if constraint.row else None
    return {"kind": constraint.kind.value, "text": constraint.text, "row": row}


def _whole(constraint: Constraint) -> dict[str, Any]:
    given = {name: getattr(constraint, name) for name in ("author", "given_at", "feedback_id")}
    return {**_body(constraint), **given}


def _constraint(body: Mapping[str, Any], **given: str) -> Constraint:
    whole = {**body, **given}
    row = Row(**whole["row"]) if whole["row"] else None
    return Constraint(**{**whole, "kind": Kind(whole["kind"]), "row": row})


def kept(row: Any) -> Constraint:
    given = {name: row[name] for name in ("author", "given_at", "feedback_id")}
    return _constraint(row["body"], **given)


def _remark(row: Mapping[Any, Any]) -> Remark:
    kept = {name: value for name, value in row.items() if name not in ("sequence", "folded")}
    return Remark(
        **{
            **kept,
            "understood": tuple(_constraint(said) for said in row["understood"]),
            "not_understood": tuple(row["not_understood"]),
            "outcome": RemarkOutcome(row["outcome"]),
        }
    )


class FeedbackPart(SqlBase):
    """What reviewers said."""

    def constraints(self, brandid: str | None = None) -> Mapping[str, tuple[Constraint, ...]]:
        """What binds each brand (or one), in the order in which it was asked."""
        query = select(schema.constraints).order_by(C.sequence)
        if brandid is not None:
            query = query.where(C.brandid == brandid)
        found: dict[str, list[Constraint]] = defaultdict(list)
        with self._reading() as connection:
            for row in connection.execute(query).mappings():
                found[row["brandid"]].append(kept(row))
        return {key: tuple(found[key]) for key in sorted(found)}

    def proposals(self, brandid: str) -> tuple[Constraint, ...]:
        """What corrections of similar brands suggest here and is not asked here yet, in order."""
        bound = select(C.content).where(C.brandid == brandid)
        gone = select(F.feedback_id).where(
            F.outcome == RemarkOutcome.WITHDRAWN.value, F.feedback_id.is_not(None)
        )
        query = select(schema.proposals).where(
            P.brandid == brandid, P.content.not_in(bound), P.feedback_id.not_in(gone)
        )
        with self._reading() as connection:
            no = refused(connection, brandid)
            rows = connection.execute(query.order_by(P.sequence)).mappings()
            return tuple(kept(row) for row in rows if row["sequence"] not in no)

    def bound_by(self, feedback_id: str) -> tuple[Constraint, ...]:
        """What would bind no longer if a remark were withdrawn: what no other remark asks."""
        with self._reading() as connection:
            return tuple(map(kept, _loosened(connection, feedback_id)[0]))

    def remark(self, feedback_id: str) -> Remark:
        """One remark; raises NotFound when there is none of that id."""
        query = select(schema.feedback).where(F.feedback_id == feedback_id)
        with self._reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"no feedback {feedback_id}; `brand-metagen feedback history` lists it")
        return _remark(row)

    def remarks(
        self, brandid: str | None, search: str, limit: int, cursor: str | None
    ) -> Page[Remark]:
        """Remarks on a brand or on all, newest first; `search` is part of their text, author,
        brand id or brand name, in any case (FB-07)."""
        query = select(schema.feedback).order_by(F.sequence.desc())
        if brandid is not None:
            query = query.where(F.brandid == brandid)
        if search:
            query = query.where(F.folded.contains(checked_search(search), autoescape=True))
        if cursor is not None:
            (before,) = from_cursor(cursor, int)
            query = query.where(F.sequence < min(max(int(before), 0), LAST))
        with self._reading() as connection:
            found = list(connection.execute(query.limit(checked_limit(limit) + 1)).mappings())
        rows = page(found, limit, lambda row: to_cursor(row["sequence"]))
        return Page(tuple(map(_remark, rows.items)), rows.next)
