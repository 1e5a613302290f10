"""Decisions of an account taken back, as the store writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Takeback:
    """Approvals of one account on one brand that no longer hold.

    `expected` is the brand's version that was looked at, `versions` those that `whose`
    approved (empty = whoever did); `undone` are the audit rows that this takes back.
    """

    actor: str
    brandid: str
    expected: int
    whose: str
    versions: tuple[int, ...]
    undone: tuple[int, ...]
    note: str


class Reverting(Protocol):
    """The part of the store that takes approvals back after the fact."""

    def take_back(self, takeback: Takeback, *, always: bool = False) -> int:
        """Let versions be candidates again that were approved or published, with the row of the
        log; its sequence. A brand that stood at one of them waits for review.

        What is in force stays so until the next publication, which leaves them out. With
        `always`, also while the system is read-only. Raises ConflictError when the brand has
        moved on.
        """
        ...

    def decided_versions(self) -> frozenset[tuple[str, int]]:
        """Every (brandid, version) that is approved or published."""
        ...
