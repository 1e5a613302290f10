"""Approvals taken back after the fact: versions, approvals, brand and audit row in one act."""

from __future__ import annotations

from sqlalchemy import select

from brand_metagen.errors import ConflictError
from brand_metagen.ports import BrandState
from brand_metagen.ports.reverting import Takeback
from brand_metagen.records import Status
from brand_metagen.review.states import MOVES
from brand_metagen.store import schema, versions
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.brands import locked
from brand_metagen.store.queue import NO_CLAIM
from brand_metagen.store.versions import DECIDED

V, A = schema.versions.c, schema.approvals.c


class RevertingPart(SqlBase):
    """What an account approved, as if it had not."""

    def take_back(self, takeback: Takeback, *, always: bool = False) -> int:
        """Let versions be candidates again; a brand that stood at one of them waits for review."""
        brandid = takeback.brandid
        with self._writing(always=always) as connection:
            brand, now = locked(connection, brandid), self._now()
            if brand["version"] != takeback.expected:
                raise ConflictError(
                    f"brand {brandid} is at version {brand['version']}, not {takeback.expected}: "
                    "look at it again"
                )
            here = (V.brandid == brandid) & V.version.in_(takeback.versions)
            query = select(V.version).where(here, V.status.in_([s.value for s in DECIDED]))
            gone = sorted(connection.scalars(query))
            versions.decide(connection, [(brandid, v) for v in gone], Status.CANDIDATE)
            mine = (A.brandid == brandid) & A.version.in_(takeback.versions)
            if takeback.whose:
                mine &= A.actor == takeback.whose
            connection.execute(schema.approvals.delete().where(mine))
            state = BrandState(brand["state"])
            after = state
            stood = state in (BrandState.APPROVED, BrandState.PUBLISHED)
            if stood and brand["version"] in gone:
                after = BrandState.AWAITING_REVIEW
                assert after in MOVES[state]
                table = schema.brands
                mover = table.update().where(table.c.brandid == brandid)
                connection.execute(mover.values(state=after, **NO_CLAIM))
            standing = {"version": brand["version"], "round": brand["round"]}
            detail = {
                **standing,
                "state": after.value,
                "before": {**standing, "state": state.value},
                "whose": takeback.whose,
                "versions": gone,
                "undone": list(takeback.undone),
                "note": takeback.note,
            }
            return append(
                connection, now, takeback.actor, "revert", brandid, detail, revised=bool(gone)
            )

    def decided_versions(self) -> frozenset[tuple[str, int]]:
        """Every (brandid, version) that is approved or published."""
        query = select(V.brandid, V.version).where(V.status.in_([s.value for s in DECIDED]))
        with self._reading() as connection:
            return frozenset((brandid, version) for brandid, version in connection.execute(query))
