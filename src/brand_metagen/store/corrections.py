"""Corrections: a batch, its cells, the brands it makes or ends and the audit row, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.constraints import Constraint
from brand_metagen.errors import ConflictError, InputError, NotFound
from brand_metagen.ports import (
    BrandState,
    Correction,
    CorrectionBatch,
    Remark,
    RemarkOutcome,
    Subject,
)
from brand_metagen.ports.chain import canonical
from brand_metagen.records import Status
from brand_metagen.review.states import check_move, revived
from brand_metagen.store import feedback, schema, versions
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.brands import folded, locked
from brand_metagen.store.queue import NO_CLAIM

B, C = schema.correction_batches.c, schema.corrections.c
ENDED = BrandState.DEACTIVATED
NO_PROMISES: Mapping[str, Sequence[Constraint]] = MappingProxyType({})
CELLS_AT_ONCE = 500
"""Cells asked for in one statement: SQLite takes 999 parameters on old builds."""


class CorrectionPart(SqlBase):
    """Batches of corrections, made and taken back."""

    def correct(
        self,
        corrections: Sequence[Correction],
        actor: str,
        authorised_by: str,
        reason: str,
        case_id: str = "",
        promises: Mapping[str, Sequence[Constraint]] = NO_PROMISES,
    ) -> CorrectionBatch:
        """Keep a batch with its audit row; brands that it makes or ends change their state with it.

        `promises` are what the rules of brands that it makes have to keep, as after a remark.

        Raises InputError for an empty batch or a cell named twice, ConflictError for a cell that
        says something else than `old` by now, a new brand whose id is taken, and a brand that may
        not be deactivated.
        """
        if not corrections:
            raise InputError("there is nothing to correct")
        with self._writing() as connection:
            _hold(connection, corrections)
            _check_cells(connection, corrections)
            now, kept = self._now(), [_moved(connection, c) for c in corrections]
            values = {
                "actor": actor, "authorised_by": authorised_by, "reason": reason,
                "case_id": case_id, "made_at": now, "undone_at": "", "undone_by": "",
            }  # fmt: skip
            batch_id = _insert(connection, values, kept)
            for brandid, asked in sorted(promises.items()):
                if asked:
                    _promise(connection, brandid, asked, batch_id, values)
            detail = {
                "reason": reason, "authorised_by": authorised_by, "case_id": case_id,
                "cells": len(kept), **_brands(kept),
            }  # fmt: skip
            revised = any(promises.values()) or any(c.subject is Subject.INACTIVE for c in kept)
            append(connection, now, actor, "corrected", batch_id, detail, revised=revised)
            return CorrectionBatch(batch_id=batch_id, corrections=tuple(kept), **values)

    def corrections(self) -> tuple[Correction, ...]:
        """All that stand, in the order in which they were made."""
        query = select(schema.corrections).where(C.stands).order_by(C.sequence)
        with self._reading() as connection:
            return tuple(_correction(row) for row in connection.execute(query).mappings())

    def correction_batches(self) -> tuple[CorrectionBatch, ...]:
        """All batches, oldest first, those undone included."""
        with self._reading() as connection:
            return _batches(connection)

    def undo_corrections(self, batch_id: str, actor: str, reason: str) -> CorrectionBatch:
        """Take a batch back; the latest on a cell first (ConflictError otherwise).

        A brand it made is deactivated, a brand it ended stands where it stood.
        """
        with self._writing() as connection:
            batch = _batch(connection, batch_id)
            _hold(connection, batch.corrections)
            batch = _batch(connection, batch_id)  # as it stands now that nobody else writes
            if batch.undone_at:
                raise ConflictError(
                    f"{batch_id} was undone by {batch.undone_by} at {batch.undone_at}"
                )
            _check_latest(connection, batch)
            for correction in reversed(batch.corrections):
                _back(connection, correction)
            now = self._now()
            undone = replace(batch, undone_at=now, undone_by=actor)
            connection.execute(
                schema.correction_batches.update()
                .where(B.batch_id == batch_id)
                .values(undone_at=now, undone_by=actor)
            )
            connection.execute(
                schema.corrections.update().where(C.batch_id == batch_id).values(stands=False)
            )
            detail = {"reason": reason, "cells": len(batch.corrections),
                      **_brands(batch.corrections)}  # fmt: skip
            revised = any(c.subject is not Subject.COMBO for c in batch.corrections)
            append(connection, now, actor, "correction_undone", batch_id, detail, revised=revised)
            return undone


def cell_of(correction: Correction) -> str:
    """SHA-256 of subject, key and field: what a correction is about."""
    named = [correction.subject.value, list(correction.key), correction.field]
    return sha256(canonical(named).encode()).hexdigest()


def _hold(connection: Connection, corrections: Iterable[Correction]) -> None:
    """Let nobody else correct until the transaction ends, and nobody else move these brands.

    Brands first, in order of their ids, as everybody locks; the head of the log lets one batch in
    at a time.
    """
    about = (Subject.NEW_BRAND, Subject.INACTIVE)
    brandids = {c.key[0] for c in corrections if c.subject in about}
    table = schema.brands
    for brandid in sorted(brandids):
        connection.execute(select(table).where(table.c.brandid == brandid).with_for_update())
    connection.execute(select(schema.heads).with_for_update())


def _check_cells(connection: Connection, corrections: Sequence[Correction]) -> None:
    """Raise unless every cell says what the batch takes it to say."""
    wanted = {cell_of(c): c for c in corrections}
    if len(wanted) != len(corrections):
        raise InputError("a batch corrects each cell once")
    standing = _standing(connection, wanted)
    for cell, correction in wanted.items():
        before = standing.get(cell)
        if before is None:
            continue
        says = before["value"]
        once = correction.subject in (Subject.NEW_BRAND, Subject.INACTIVE)
        if once or says != correction.old:
            where = " ".join((*correction.key, correction.field)).strip()
            raise ConflictError(
                f"{where} was corrected by {before['batch_id']} (it says {says!r} by now); look at "
                "it again, or undo that batch first",
                now={"batch_id": before["batch_id"], "value": says},
            )


def _standing(connection: Connection, cells: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    """The last correction that stands on each of some cells."""
    found: dict[str, Mapping[Any, Any]] = {}
    asked = sorted(cells)
    for first in range(0, len(asked), CELLS_AT_ONCE):
        some = asked[first : first + CELLS_AT_ONCE]
        query = select(schema.corrections).where(C.cell.in_(some), C.stands).order_by(C.sequence)
        found |= {row["cell"]: row for row in connection.execute(query).mappings()}
    return found


def _check_latest(connection: Connection, batch: CorrectionBatch) -> None:
    """Raise when a later batch stands on a cell of this one, or uses a brand that it made."""
    standing = _standing(connection, map(cell_of, batch.corrections))
    later = {row["batch_id"] for row in standing.values()} - {batch.batch_id}
    made = [c.key[0] for c in batch.corrections if c.subject is Subject.NEW_BRAND]
    if made:
        query = select(schema.corrections).where(C.stands, C.batch_id != batch.batch_id)
        for row in connection.execute(query).mappings():
            of_brand = row["field"] == "brandid" and row["value"] in made
            if of_brand or (row["subject"] != Subject.COMBO and row["key"][0] in made):
                later.add(row["batch_id"])
    if later:
        names = ", ".join(sorted(later))
        raise ConflictError(f"{names} builds on {batch.batch_id}: undo that first")


def _insert(
    connection: Connection, values: Mapping[str, str], corrections: Sequence[Correction]
) -> str:
    table = schema.correction_batches
    result = connection.execute(table.insert().values(values))
    (sequence,) = result.inserted_primary_key or (0,)
    batch_id = f"COR-{sequence:04d}"
    connection.execute(table.update().where(B.sequence == sequence).values(batch_id=batch_id))
    rows = [
        {
            "batch_id": batch_id, "subject": c.subject.value, "cell": cell_of(c),
            "key": list(c.key), "field": c.field, "old": c.old, "value": c.value,
            "sector": c.sector, "parent": c.parent, "stands": True,
        }
        for c in corrections
    ]  # fmt: skip
    connection.execute(schema.corrections.insert(), rows)
    return batch_id


def _promise(
    connection: Connection,
    brandid: str,
    asked: Sequence[Constraint],
    batch_id: str,
    values: Mapping[str, str],
) -> None:
    """Bind what was asked as a remark on the brand, which has no version yet."""
    brand = locked(connection, brandid)
    remark = Remark(
        brandid=brandid,
        version=brand["version"],
        author=values["actor"],
        text=values["reason"],
        asked={"batch": batch_id},
        category="correction",
        understood=tuple(asked),
        not_understood=(),
        outcome=RemarkOutcome.HELD,
        explanation=f"asked with {batch_id}",
        round=brand["round"],
        given_at=values["made_at"],
    )
    feedback.write(connection, remark, brand["brandname"])


def _moved(connection: Connection, correction: Correction) -> Correction:
    """The correction as it is kept, its brand moved: made anew, or ended."""
    if correction.subject is Subject.NEW_BRAND:
        _make(connection, correction)
    if correction.subject is not Subject.INACTIVE:
        return correction
    brandid = correction.key[0]
    was = _state(connection, brandid)
    check_move(brandid, was, ENDED)
    _set_state(connection, brandid, ENDED)
    return replace(correction, old=was.value, value="")


def _make(connection: Connection, correction: Correction) -> None:
    """A row in `brands`; one that a batch made before, and its undoing ended, comes back."""
    brandid, name = correction.key[0], correction.value
    table = schema.brands
    query = select(table).where(table.c.brandid == brandid).with_for_update()
    known = connection.execute(query).mappings().one_or_none()
    facts: dict[str, Any] = {
        "brandname": name,
        "sector": correction.sector,
        "folded": folded(brandid, name),
    }
    if known is not None:
        made = (C.subject == Subject.NEW_BRAND.value) & (C.cell == cell_of(correction))
        ours = connection.scalar(select(C.sequence).where(made).limit(1)) is not None
        if not ours or known["state"] != ENDED:
            raise ConflictError(f"the id {brandid!r} is taken by the brand {known['brandname']!r}")
        connection.execute(table.update().where(table.c.brandid == brandid).values(facts))
        _set_state(connection, brandid, BrandState.UNPROCESSED)
        return
    counts = dict.fromkeys(("version", "rows", "round", "corrections", "failures"), 0)
    rest = {"confidence": 0.0, "priority": 0.0, "run_id": "", "reason": "not learned yet"}
    state = BrandState.UNPROCESSED.value
    values = {"brandid": brandid, "state": state, **facts, **counts, **rest}
    connection.execute(table.insert().values(values))


def _back(connection: Connection, correction: Correction) -> None:
    """Undo what `_moved` did."""
    brandid = correction.key[0]
    if correction.subject is Subject.NEW_BRAND:
        now = _state(connection, brandid)
        if now is not ENDED:
            check_move(brandid, now, ENDED)
            _set_state(connection, brandid, ENDED)
    elif correction.subject is Subject.INACTIVE and _state(connection, brandid) is ENDED:
        status = versions.standing(connection).get(brandid, (0, None))[1]
        was, held = BrandState(correction.old), _escalated(connection, brandid)
        back = revived(was, public=status is Status.PUBLISHED, held=held)
        _set_state(connection, brandid, back)


def _escalated(connection: Connection, brandid: str) -> bool:
    """Whether a case holds the brand."""
    cases = schema.cases.c
    query = select(cases.sequence).where(cases.brandid == brandid, cases.held.is_not(None))
    return connection.scalar(query.limit(1)) is not None


def _state(connection: Connection, brandid: str) -> BrandState:
    return BrandState(locked(connection, brandid)["state"])


def _set_state(connection: Connection, brandid: str, state: BrandState) -> None:
    table = schema.brands
    values = {"state": state.value, **NO_CLAIM}
    connection.execute(table.update().where(table.c.brandid == brandid).values(values))


def _brands(corrections: Iterable[Correction]) -> dict[str, list[str]]:
    """What a batch does to brands, for the log."""
    corrections = tuple(corrections)
    made = [c.key[0] for c in corrections if c.subject is Subject.NEW_BRAND]
    ended = [c.key[0] for c in corrections if c.subject is Subject.INACTIVE]
    return {"brands_made": made, "brands_ended": ended}


def _batch(connection: Connection, batch_id: str) -> CorrectionBatch:
    found = _batches(connection, batch_id)
    if not found:
        raise NotFound(f"no batch {batch_id!r}; `brand-metagen brands corrections` shows them")
    return found[0]


def _batches(connection: Connection, batch_id: str | None = None) -> tuple[CorrectionBatch, ...]:
    batches = select(schema.correction_batches).order_by(B.sequence)
    cells = select(schema.corrections).order_by(C.sequence)
    if batch_id is not None:
        batches, cells = batches.where(B.batch_id == batch_id), cells.where(C.batch_id == batch_id)
    held: dict[str, list[Correction]] = {}
    for row in connection.execute(cells).mappings():
        held.setdefault(row["batch_id"], []).append(_correction(row))
    return tuple(
        CorrectionBatch(
            **{name: value for name, value in row.items() if name != "sequence"},
            corrections=tuple(held.get(row["batch_id"], ())),
        )
        for row in connection.execute(batches).mappings()
    )


def _correction(row: Mapping[Any, Any]) -> Correction:
    return Correction(
        Subject(row["subject"]), tuple(row["key"]), row["field"], row["old"], row["value"],
        row["sector"], row["parent"],
    )  # fmt: skip
