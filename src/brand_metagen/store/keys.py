"""Idempotency keys: what a submission was answered, for as long as keys are remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError
from brand_metagen.ports import Submitted
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase

S = schema.submissions.c


def known(
    connection: Connection, since: str, actor: str, key: str, request: str
) -> Mapping[Any, Any] | None:
    """What a key of an actor's stands for since a moment; raises ConflictError when the request
    was another."""
    query = select(schema.submissions).where(S.actor == actor, S.key == key, S.given_at >= since)
    row = connection.execute(query).mappings().one_or_none() if key else None
    if row is not None and row["request"] != request:
        raise ConflictError(
            f"idempotency key {key!r} stands for another submission of yours; send a new key",
            now={"version": row["version"], "feedback_id": row["feedback_id"]},
        )
    return row


def remember(
    connection: Connection, since: str, now: str, actor: str, said: Submitted, **of_brand: Any
) -> None:
    """Keep what a key was answered, and forget those from before a moment."""
    table = schema.submissions
    connection.execute(table.delete().where(S.given_at < since))
    values = {
        "actor": actor,
        "key": said.key,
        "request": said.request,
        "reply": dict(said.reply),
        "given_at": now,
        "version": 0,
        "state": "",
        "round": 0,
        "sequence": 0,
        "feedback_id": "",
        **of_brand,
    }
    connection.execute(table.insert().values(values))


class KeyPart(SqlBase):
    """Keys of submissions that are not about one brand."""

    def recall(self, actor: str, key: str, request: str) -> Mapping[str, object] | None:
        """What a submission under this key was answered, None when it is new or forgotten; raises
        ConflictError when the key stood for another request."""
        with self._reading() as connection:
            row = known(connection, self._since(), actor, key, request)
        return None if row is None else dict(row["reply"])
