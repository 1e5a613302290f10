"""Messages to be sent: each try is claimed before it is made, so that no two processes make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from brand_metagen.ports import Notice, NoticeState
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase, stamp

TABLE = schema.notices
C = TABLE.c


class NoticePart(SqlBase):
    """The messages that acts on cases leave."""

    def notices(self, state: NoticeState | None = None) -> tuple[Notice, ...]:
        """All messages, or those in one state, oldest first."""
        query = TABLE.select().order_by(C.sequence)
        if state is not None:
            query = query.where(C.state == state.value)
        with self._reading() as connection:
            return tuple(_notice(row) for row in connection.execute(query).mappings())

    def notices_due(self) -> tuple[Notice, ...]:
        """Waiting messages whose time has come, oldest first."""
        query = TABLE.select().where(C.state == NoticeState.WAITING.value, C.due_at <= self._now())
        with self._reading() as connection:
            rows = connection.execute(query.order_by(C.sequence)).mappings()
            return tuple(map(_notice, rows))

    def claim_notice(self, notice: Notice, seconds: float) -> Notice | None:
        """Take a message for one try; None when another process did so since it was read."""
        due_at = stamp(self._clock() + timedelta(seconds=seconds))
        claimed = replace(notice, attempts=notice.attempts + 1, due_at=due_at)
        values = {"attempts": claimed.attempts, "due_at": due_at}
        unchanged = (
            C.sequence == notice.sequence, C.state == NoticeState.WAITING.value,
            C.attempts == notice.attempts, C.due_at == notice.due_at,
        )  # fmt: skip
        with self._writing(always=True) as connection:
            done = connection.execute(TABLE.update().where(*unchanged).values(values))
            return claimed if done.rowcount else None

    def notice_done(self, notice: Notice, state: NoticeState, error: str, wait: float) -> None:
        """What came of a claimed try: sent, waiting for another in `wait` seconds, or given up."""
        now = self._clock()
        values = {
            "state": state.value,
            "error": error,
            "due_at": stamp(now + timedelta(seconds=wait)),
            "sent_at": stamp(now) if state is NoticeState.SENT else "",
        }
        ours = (
            C.sequence == notice.sequence, C.attempts == notice.attempts,
            C.due_at == notice.due_at, C.state == NoticeState.WAITING.value,
        )  # fmt: skip
        with self._writing(always=True) as connection:
            connection.execute(TABLE.update().where(*ours).values(values))

    def retry_notices(self) -> int:
        """Let messages that were given up wait again, with all their tries."""
        values = {"state": NoticeState.WAITING.value, "attempts": 0, "due_at": self._now()}
        given_up = C.state == NoticeState.FAILED.value
        with self._writing(always=True) as connection:
            return connection.execute(TABLE.update().where(given_up).values(values)).rowcount


def _notice(row: Mapping[Any, Any]) -> Notice:
    return Notice(**{**row, "state": NoticeState(row["state"])})
