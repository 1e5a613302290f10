"""Which answers are kept, under which key, and for how long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brand_metagen.config import McpSettings
from brand_metagen.errors import ConflictError
from brand_metagen.files import sha256
from brand_metagen.mcp.cleaning import SHAPES, cleaned
from brand_metagen.mcp.failures import Failure
from brand_metagen.ports import Answer, AnswerCache

LONGEST_KEY = 200
"""Characters of a key; of a longer one a digest stands for the rest."""
SKEW = timedelta(minutes=5)
"""How far clocks of one workspace may differ; an answer from further ahead was kept before a clock
was set back, and is asked anew."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Clock = Callable[[], datetime]


def key_of(tool: str, arguments: Mapping[str, Any]) -> str:
    """The key of a question: `tool:` and its first argument, then the others by name.

    >>> key_of("search_brands", {"query": "Starbucks"})
    'search_brands:Starbucks'
    >>> key_of("search_brands", {"query": "Next", "limit": 5})
    'search_brands:Next:limit=5'
    """
    parts = list(arguments.items())
    first = [_told(parts[0][1])] if parts else []
    rest = [f"{name}={_told(value)}" for name, value in sorted(parts[1:])]
    key = ":".join([tool, *first, *rest])
    return key if len(key) <= LONGEST_KEY else f"{key[:120]}…{sha256(key.encode())[:32]}"


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def lifetime(tool: str, settings: McpSettings) -> float:
    """Seconds an answer to a tool is fresh (requirements section 0)."""
    known = {
        "get_brand_info": settings.brand_info_seconds,
        "search_brands": settings.search_seconds,
        "validate_sector": settings.sector_seconds,
    }
    return known.get(tool, settings.external_seconds)


@dataclass(frozen=True)
class Keeper:
    """The cache as the client uses it. `data` names the data that answers about our own brands
    depend on: when it changes they are no longer good."""

    cache: AnswerCache
    settings: McpSettings
    data: str
    clock: Clock

    def fresh(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Answer | None:
        """The kept answer while it is fresh, counted as found or not."""
        key = key_of(tool, arguments)
        found, now = self._good(server, key, tool), self.clock()
        if found is not None and not moment(found.made_at) - SKEW <= now < moment(
            found.fresh_until
        ):
            found = None
        self._count(server, key, tool, hit=found is not None)
        return found

    def last_good(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Answer | None:
        """The last answer, no longer fresh, for when its server does not answer."""
        found = self._good(server, key_of(tool, arguments), tool)
        if found is None:
            return None
        until = moment(found.fresh_until)
        longest = timedelta(seconds=self.settings.last_good_seconds)
        return found if self.clock() < until + longest else None

    def age(self, answer: Answer) -> float:
        """Seconds since it was made; none when the clock has been set back."""
        return max(0.0, (self.clock() - moment(answer.made_at)).total_seconds())

    def keep(
        self, server: str, tool: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Keep an answer for as long as it is fresh, in place of the one before."""
        now = self.clock()
        until = now + timedelta(seconds=lifetime(tool, self.settings))
        size = len(json.dumps(answer, ensure_ascii=False).encode())
        kept = Answer(
            server,
            key_of(tool, arguments),
            tool,
            dict(arguments),
            dict(answer),
            self.data if tool in SHAPES else "",
            stamp(now),
            stamp(until),
            size=size,
        )
        # While the system is read-only nothing is kept, and everything answered.
        with suppress(ConflictError):
            self.cache.keep_answer(kept, self.settings.cache_entries)

    def _good(self, server: str, key: str, tool: str) -> Answer | None:
        """The kept answer where it rests on today's data and is as it was kept."""
        found = self.cache.kept_answer(server, key)
        if found is None or (tool in SHAPES and found.data != self.data):
            return None
        return None if any(faults_of(found)) else found

    def _count(self, server: str, key: str, tool: str, *, hit: bool) -> None:
        # A figure that is missing is better than an answer that is.
        with suppress(ConflictError):
            self.cache.count_answer(server, key, tool, hit=hit)


def stamp(at: datetime) -> str:
    """A moment as the store keeps it."""
    return at.isoformat(timespec="milliseconds")


def moment(stamped: str) -> datetime:
    """The moment of a stamp; the beginning of time for what is none.

    >>> moment("2026-01-01T00:00:00.000+00:00").year, moment("soon").year
    (2026, 1970)
    """
    with suppress(ValueError):
        found = datetime.fromisoformat(stamped)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return NEVER


def faults_of(answer: Answer) -> Iterator[str]:
    """What is wrong with an answer as it is kept."""
    if answer.key != key_of(answer.tool, answer.arguments):
        yield "its key is not that of its question"
    if NEVER in (moment(answer.made_at), moment(answer.fresh_until)):
        yield "its times cannot be read"
    if moment(answer.made_at) > moment(answer.fresh_until):
        yield "it was made after it ceased to be fresh"
    if answer.size != len(json.dumps(answer.answer, ensure_ascii=False).encode()):
        yield "it has another size than when it was kept"
    if answer.tool in SHAPES:
        try:
            cleaned(answer.tool, answer.answer, ())
        except Failure as failure:
            yield str(failure)
