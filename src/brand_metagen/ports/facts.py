"""What is asked of the commercial world, and the answers that are kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from brand_metagen.records import Brand


class Known(StrEnum):
    """Whether the world knows a brand."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    """Somebody looked, and there is none of that name."""
    UNAVAILABLE = "unavailable"
    """Nobody who was asked could answer; not the same as unknown."""


class Fit(StrEnum):
    """How a sector fits what is known of a brand (MCP-08)."""

    STRONG = "strong"
    VALID = "valid"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    """Nothing is known that could be held against it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a source says of a brand. It is data for human eyes and decides nothing.

    `alignment` is the share, 0 to 1, of the codes known of the brand that lie in its sector (None =
    not known); `alternatives` up to three sectors that fit better; `mentions` short pieces of text
    from sources that only know text; `age_seconds` how old the answer is (0 = asked now).
    """

    brandid: str
    known: Known
    name: str = ""
    sector: str = ""
    fit: Fit = Fit.UNKNOWN
    alignment: float | None = None
    alternatives: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    wikidata: str = ""
    mentions: tuple[str, ...] = ()
    source: str = ""
    age_seconds: float = 0.0
    note: str = ""


class Facts(Protocol):
    """Somebody who knows brands. Never raises for an outage: the answer says `unavailable`."""

    def about(self, brand: Brand) -> Fact: ...


MarketUse = Mapping[str, tuple[str, Mapping[str, int]]]
"""By brandid: its sector, and how many rows labelled to it carry each code."""
FactsSource = Callable[[MarketUse], AbstractContextManager[Facts]]
"""Opens what is asked, and closes it again, whatever happened meanwhile."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered once, as it is kept.

    `key` is `tool:argument…`; `data` stands for the data that the answer depends on (a fingerprint,
    empty = none); times are UTC in ISO 8601, `used_at` that of the last use; `size` is in bytes.
    """

    server: str
    key: str
    tool: str
    arguments: Mapping[str, object]
    answer: Mapping[str, object]
    data: str
    made_at: str
    fresh_until: str
    used_at: str = ""
    hits: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class CacheDay:
    """How often answers of one tool were found on one day (UTC), and how often not."""

    day: str
    tool: str
    hits: int
    misses: int


class AnswerCache(Protocol):
    """The part of the store that keeps answers. Every method is one transaction."""

    def kept_answer(self, server: str, key: str) -> Answer | None:
        """The answer, fresh or not; nothing is counted."""
        ...

    def keep_answer(self, answer: Answer, most: int) -> None:
        """Keep an answer in place of the one before; beyond `most`, those used longest ago go."""
        ...

    def count_answer(self, server: str, key: str, tool: str, *, hit: bool) -> None:
        """Count that an answer was looked for, and found (then it is used now) or not."""
        ...

    def kept_answers(self) -> tuple[Answer, ...]:
        """All answers, by server and key."""
        ...

    def drop_answers(self, pattern: str, *, other_data: str | None = None) -> int:
        """Forget answers whose key (or `server/key`) fits a pattern with `*`, in any case; with
        `other_data` only those that depend on other data than that. Says how many."""
        ...

    def cache_days(self) -> tuple[CacheDay, ...]:
        """Counts by day and tool, in order."""
        ...
