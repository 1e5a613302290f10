"""Which version of a brand each person saw last."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from brand_metagen.ports import Seen
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase

L = schema.looks.c


class LookPart(SqlBase):
    """Looks as the port shows them."""

    def last_look(self, actor: str, brandid: str) -> Seen | None:
        """What somebody saw of a brand last; None where they never did."""
        query = select(L.version, L.at, L.before, L.before_at).where(_of(actor, brandid))
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Seen(*row)

    def note_look(self, actor: str, brandid: str, version: int) -> None:
        """Remember that somebody sees another version now; the last one is the one before then."""
        table, here = schema.looks, _of(actor, brandid)
        with self._writing() as connection:
            seen = {"version": version, "at": self._now()}
            moved = table.update().where(here, L.version != version)
            moved = moved.values(**seen, before=L.version, before_at=L.at)
            known = select(L.version).where(here)
            if connection.execute(moved).rowcount or connection.scalar(known) is not None:
                return
            first = {"actor": actor, "brandid": brandid, "before": 0, "before_at": ""}
            connection.execute(table.insert().values(**first, **seen))


def _of(actor: str, brandid: str) -> ColumnElement[bool]:
    return and_(L.actor == actor, L.brandid == brandid)
