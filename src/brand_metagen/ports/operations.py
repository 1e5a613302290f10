"""The system as a whole: whether it may change, and all it holds, for backups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Mode(StrEnum):
    """What may change."""

    NORMAL = "normal"
    PAUSED = "paused"
    """No run begins or goes on and nothing is published; people may review."""
    READ_ONLY = "read_only"
    """Nothing changes but cases, messages, accounts, tokens, how runs end and the log itself."""


@dataclass(frozen=True, slots=True)
class ModeLine:
    """The mode, and who set it why and when (empty = it was never set)."""

    mode: Mode
    actor: str = ""
    reason: str = ""
    at: str = ""

    @property
    def said(self) -> str:
        """The mode in words.

        >>> ModeLine(Mode.READ_ONLY, "olga", "a move", "2026-01-02T03:04:05.000+00:00").said
        'the system is read-only since 2026-01-02T03:04 (olga: a move)'
        """
        what = self.mode.value.replace("_", "-")
        return f"the system is {what} since {self.at[:16]} ({self.actor}: {self.reason})"


@dataclass(frozen=True, slots=True)
class Head:
    """What a store holds: its schema, and the last row of its audit log."""

    schema: int
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """Something in the store that is not what was written: which, whose (empty = nobody's),
    when it was written (empty = not known), and what was found."""

    which: str
    subject: str
    at: str
    said: str


class Snapshot(Protocol):
    """Everything in a store at one moment."""

    @property
    def head(self) -> Head:
        """Where its audit log ends."""
        ...

    def tables(self) -> Iterator[tuple[str, Iterator[Mapping[str, Any]]]]:
        """Each table with its rows as plain data, so ordered that what is referred to comes
        first."""
        ...


class Operations(Protocol):
    """The part of the store that operators use. Every method is one transaction."""

    def mode(self) -> ModeLine: ...

    def set_mode(self, mode: Mode, actor: str, reason: str) -> ModeLine:
        """Change what may change, with its row in the audit log."""
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """All tables as they are at one moment, whoever writes meanwhile."""
        ...

    def fill(self, tables: Iterator[tuple[str, Iterator[Mapping[str, Any]]]]) -> Head:
        """Fill an empty store with what a snapshot held; raises ConflictError when it is not."""
        ...

    def broken_audit(self, most: int) -> tuple[BrokenRow, ...]:
        """Rows of the log that are missing or not what they were, at most so many of them."""
        ...

    def broken_versions(self, most: int) -> tuple[BrokenRow, ...]:
        """Metadata versions whose record is not the one that was written, at most so many."""
        ...

    def broken_pages(self) -> tuple[str, ...]:
        """What the database itself says of its file; empty where it finds nothing."""
        ...
