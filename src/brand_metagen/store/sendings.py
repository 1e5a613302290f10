"""Reports that go out: claimed and written down as messages in one transaction, once for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError
from brand_metagen.ports import NoticeState, Outgoing, Sending
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase

TABLE = schema.sendings
C = TABLE.c
ORDER = (C.kind, C.recipient, C.period)


class SendingPart(SqlBase):
    """Which reports went to whom."""

    def sendings(self) -> tuple[Sending, ...]:
        """All of them, in the order of kind, recipient and period."""
        with self._reading() as connection:
            found = connection.execute(select(TABLE)).mappings()
            made = (Sending(**_plain(row)) for row in found)
            return tuple(sorted(made, key=lambda s: (s.kind, s.recipient, s.period)))

    def send_report(self, report: Outgoing) -> int:
        """Claim a report's periods and write its message, both or neither."""
        with self._writing(always=True) as connection:
            names = [name for name, _ in report.periods]
            here = (C.kind == report.kind, C.recipient == report.recipient, C.period.in_(names))
            taken = connection.execute(select(C.period).where(*here).order_by(C.period)).scalars()
            if found := list(taken):
                raise ConflictError(
                    f"the {report.kind} report of {', '.join(found)} is {report.recipient}'s "
                    "already; it is not sent twice"
                )
            notice = self._tell(connection, report)
            common = {
                "kind": report.kind, "recipient": report.recipient, "notice": notice,
                "report_id": report.report_id, "made_at": self._now(),
            }  # fmt: skip
            rows = [{**common, "period": name, "first": first} for name, first in report.periods]
            connection.execute(TABLE.insert(), rows)
            return notice

    def _tell(self, connection: Connection, report: Outgoing) -> int:
        if not report.channel:
            return 0
        now = self._now()
        values = {
            "case_id": report.report_id, "channel": report.channel, "subject": report.subject,
            "state": NoticeState.WAITING.value, "body": dict(report.body), "attempts": 0,
            "made_at": now, "due_at": now, "error": "", "sent_at": "",
        }  # fmt: skip
        result = connection.execute(schema.notices.insert().values(values))
        (sequence,) = result.inserted_primary_key or (0,)
        return int(sequence)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return dict(row)
