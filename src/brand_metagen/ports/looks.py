"""Which version of a brand each person saw last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of a brand that somebody saw last, and the one before it (0 = none); `at` is when
    it was first seen (UTC, ISO 8601)."""

    version: int
    at: str
    before: int
    before_at: str


class Looks(Protocol):
    """What people saw of brands. Every method is one transaction."""

    def last_look(self, actor: str, brandid: str) -> Seen | None:
        """What somebody saw of a brand last; None where they never did."""
        ...

    def note_look(self, actor: str, brandid: str, version: int) -> None:
        """Remember that somebody sees a version; nothing changes where they saw it last."""
        ...
