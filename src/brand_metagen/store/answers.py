"""Answers of other servers: kept within a bound, found again, forgotten on request."""

from __future__ import annotations

from dataclasses import asdict, replace
from fnmatch import translate
from re import IGNORECASE
from re import compile as compiled

from sqlalchemy import Connection, and_, func, or_, select

from brand_metagen.ports import Answer, CacheDay
from brand_metagen.store import schema
from brand_metagen.store.base import SqlBase

A, D = schema.answers.c, schema.answer_days.c
ORDER = (A.server, A.key)


class AnswerPart(SqlBase):
    """The cache as the port shows it."""

    def kept_answer(self, server: str, key: str) -> Answer | None:
        """The answer, fresh or not; nothing is counted."""
        with self._reading() as connection:
            return _read(connection, server, key)

    def keep_answer(self, answer: Answer, most: int) -> None:
        """Keep an answer in place of the one before; beyond `most`, those used longest ago go."""
        table = schema.answers
        with self._writing() as connection:
            now = self._now()
            connection.execute(table.delete().where(A.server == answer.server, A.key == answer.key))
            connection.execute(table.insert().values(asdict(replace(answer, used_at=now))))
            _trim(connection, most)

    def count_answer(self, server: str, key: str, tool: str, *, hit: bool) -> None:
        """Count that an answer was looked for, and found (then it is used now) or not."""
        column = D.hits if hit else D.misses
        with self._writing() as connection:
            now = self._now()
            if hit:
                found = and_(A.server == server, A.key == key)
                update = schema.answers.update().where(found)
                connection.execute(update.values(hits=A.hits + 1, used_at=now))
            where = and_(D.day == now[:10], D.tool == tool)
            counted = schema.answer_days.update().where(where).values({column: column + 1})
            if connection.execute(counted).rowcount == 0:
                first = {"day": now[:10], "tool": tool, "hits": int(hit), "misses": int(not hit)}
                connection.execute(schema.answer_days.insert().values(first))

    def kept_answers(self) -> tuple[Answer, ...]:
        """All answers, by server and key."""
        with self._reading() as connection:
            keys = sorted((server, key) for server, key in connection.execute(select(*ORDER)))
            try:
                rows = connection.execute(select(schema.answers)).mappings()
                found = [Answer(**row) for row in rows]
            except ValueError:  # one is spoilt: each by itself, so that it can be found
                read = (_read(connection, server, key) for server, key in keys)
                found = [answer for answer in read if answer is not None]
        return tuple(sorted(found, key=lambda a: (a.server, a.key)))

    def drop_answers(self, pattern: str, *, other_data: str | None = None) -> int:
        """Forget answers whose key (or `server/key`) fits the pattern; says how many."""
        fits = compiled(translate(pattern), IGNORECASE).match
        query = select(A.server, A.key)
        if other_data is not None:
            query = query.where(A.data != "", A.data != other_data)
        with self._writing() as connection:
            found = [
                (server, key)
                for server, key in connection.execute(query)
                if fits(key) or fits(f"{server}/{key}")
            ]
            _drop(connection, found)
        return len(found)

    def cache_days(self) -> tuple[CacheDay, ...]:
        """Counts by day and tool, in order."""
        query = select(schema.answer_days).order_by(D.day, D.tool)
        with self._reading() as connection:
            return tuple(CacheDay(**row) for row in connection.execute(query).mappings())


def _trim(connection: Connection, most: int) -> None:
    count = connection.scalar(select(func.count()).select_from(schema.answers)) or 0
    if count > most:
        query = select(*ORDER).order_by(A.used_at, A.made_at, *ORDER).limit(count - most)
        _drop(connection, [(server, key) for server, key in connection.execute(query)])


def _drop(connection: Connection, keys: list[tuple[str, str]]) -> None:
    for first in range(0, len(keys), 100):
        some = [and_(A.server == s, A.key == k) for s, k in keys[first : first + 100]]
        connection.execute(schema.answers.delete().where(or_(*some)))


def _read(connection: Connection, server: str, key: str) -> Answer | None:
    """One answer; of a spoilt one what can be read, without its content."""
    where = (A.server == server, A.key == key)
    try:
        row = connection.execute(select(schema.answers).where(*where)).mappings().one_or_none()
        return None if row is None else Answer(**row)
    except ValueError:
        plain = [column for column in A if column.name not in ("answer", "arguments")]
        left = connection.execute(select(*plain).where(*where)).mappings().one()
        return Answer(**left, answer={}, arguments={})
