"""The queue: which brand comes next, and who has it.

A claim is lent, not owned: it ends by itself. It counts as live while its end lies ahead and its
beginning does not lie ahead by more than SKEW, so that one made under a clock that was wrong by a
year ends as soon as the clock is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandLine, BrandState, Claim, Page, QueueFilter
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase, stamp
from brand_metagen.store.brands import brand_line, lines, locked, unknown
from brand_metagen.store.paging import checked_limit, checked_search, from_cursor, page, to_cursor

SKEW = timedelta(seconds=60)
"""How far the clocks of two machines that share a store may lie apart."""
NO_CLAIM = {"claimed_by": None, "claimed_at": None, "claimed_until": None}
B = schema.brands.c


class QueuePart(SqlBase):
    """Brands in order, and claims on them."""

    def line(self, brandid: str) -> BrandLine:
        """One brand; raises NotFound when there is none of that id."""
        with self._reading() as connection:
            query = lines().where(B.brandid == brandid)
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise unknown(brandid)
        return brand_line(row, self._live(row))

    def queue(self, wanted: QueueFilter, limit: int, cursor: str | None) -> Page[BrandLine]:
        """Brands by falling priority, equal ones by id in the order of their code points."""
        query = _ordered(lines().where(self._wanted(wanted), _after(cursor)))
        with self._reading() as connection:
            rows = connection.execute(query.limit(checked_limit(limit) + 1)).mappings()
            found = [brand_line(row, self._live(row)) for row in rows]
        return page(found, limit, lambda line: to_cursor(line.priority, line.brandid))

    def count_states(self) -> Mapping[BrandState, int]:
        """Brands in each state, those without any included."""
        with self._reading() as connection:
            rows = connection.execute(select(B.state, func.count()).group_by(B.state)).all()
        found = {BrandState(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in BrandState}

    def rounds(self, state: BrandState) -> Mapping[str, int]:
        """The round counters of all brands in a state."""
        query = select(B.brandid, B.round).where(B.state == state)
        with self._reading() as connection:
            found = connection.execute(query).all()
        return {row.brandid: row.round for row in found}

    def claim(self, brandid: str, actor: str, seconds: int) -> Claim:
        """Take a brand, or keep it longer; raises ConflictError while somebody else has it."""
        with self._writing() as connection:
            row = locked(connection, brandid)
            if self._live(row) and row["claimed_by"] != actor:
                raise ConflictError(
                    f"brand {brandid} is with {row['claimed_by']} until {row['claimed_until']}; "
                    "take another, or wait",
                    now={"claimed_by": row["claimed_by"], "claimed_until": row["claimed_until"]},
                )
            return self._lend(connection, brandid, actor, seconds)

    def claim_next(self, wanted: QueueFilter, actor: str, seconds: int) -> Claim | None:
        """Take the first brand that nobody has; None when there is none.

        What the actor has already is passed over, so that asking again leads on; with `free_for`
        set to the actor it counts as free.
        """
        free = true() if wanted.free_for else ~self._is_live()
        query = _ordered(select(B.brandid).where(self._wanted(wanted), free)).limit(1)
        with self._writing() as connection:
            for skip in (True, False):
                # First pass over what others are just taking, then wait for them: they may be
                # doing something else. SQLite has one writer at a time anyway.
                taking = query.with_for_update(skip_locked=skip)
                brandid: str | None = connection.scalar(taking)
                if brandid is not None:
                    return self._lend(connection, brandid, actor, seconds)
        return None

    def give_back(self, brandid: str, actor: str) -> None:
        """End the actor's claim; nothing happens when they have none."""
        mine = (B.brandid == brandid) & (B.claimed_by == actor)
        with self._writing() as connection:
            connection.execute(schema.brands.update().where(mine).values(NO_CLAIM))

    def _lend(self, connection: Any, brandid: str, actor: str, seconds: int) -> Claim:
        if seconds < 1:
            raise InputError(f"a claim lasts a second at the least, not {seconds}")
        now = self._clock()
        until = stamp(now + timedelta(seconds=seconds))
        values = {"claimed_by": actor, "claimed_at": stamp(now), "claimed_until": until}
        update = schema.brands.update().where(B.brandid == brandid).values(values)
        connection.execute(update)
        return Claim(brandid, actor, until)

    def _live(self, row: Mapping[Any, Any]) -> bool:
        now = self._clock()
        return row["claimed_by"] is not None and bool(
            row["claimed_until"] > stamp(now) and row["claimed_at"] <= stamp(now + SKEW)
        )

    def _is_live(self) -> ColumnElement[bool]:
        now = self._clock()
        return and_(
            B.claimed_by.is_not(None),
            B.claimed_until > stamp(now),
            B.claimed_at <= stamp(now + SKEW),
        )

    def _wanted(self, wanted: QueueFilter) -> ColumnElement[bool]:
        tests: list[ColumnElement[bool]] = [true()]
        if wanted.states:
            tests.append(B.state.in_([state.value for state in wanted.states]))
        if wanted.sector:
            tests.append(B.sector == wanted.sector)
        if wanted.search:
            tests.append(B.folded.contains(checked_search(wanted.search), autoescape=True))
        if wanted.confidence_below is not None:
            tests.append(B.confidence < wanted.confidence_below)
        if wanted.round_from is not None:
            tests.append(B.round >= wanted.round_from)
        if wanted.claimed_by:
            tests.append(and_(self._is_live(), B.claimed_by == wanted.claimed_by))
        if wanted.free_for:
            tests.append(or_(~self._is_live(), B.claimed_by == wanted.free_for))
        return and_(*tests)


def _after(cursor: str | None) -> ColumnElement[bool]:
    if cursor is None:
        return true()
    priority, brandid = from_cursor(cursor, float, str)
    lower = B.priority < priority
    return or_(lower, and_(B.priority == priority, B.brandid > brandid))


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(B.priority.desc(), B.brandid)
