"""What the reader of remarks may look up, and what it makes of a remark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from brand_metagen.constraints import Constraint, Row


class Category(StrEnum):
    """What a remark is about (FB-02)."""

    TOO_BROAD = "regex_too_broad"
    TOO_NARROW = "regex_too_narrow"
    MCC = "mccid_incorrect"
    WALLET = "wallet_handling"
    AMBIGUOUS = "ambiguous_name"
    GENERAL = "general"


class Lookup(Protocol):
    """The market a remark speaks of. Every call is asked for one thing and costs the same."""

    def code(self, mccid: str) -> bool:
        """Whether the mcc table has such a code."""
        ...

    def combos(self, ccid: str) -> Sequence[Row]:
        """All rows of a ccid, one for each bank that has it, in the order of the banks."""
        ...

    def brands(self, name: str) -> Sequence[str]:
        """Ids of the brands of this name, in whatever case and spelling."""
        ...

    def rows_saying(self, words: str) -> int:
        """How many narratives that come into question for the brand hold the words.

        `words` are normalised; what is tied by blanks in them may be tied by nothing or a hyphen.
        """
        ...

    def samples(self) -> Sequence[Row]:
        """Rows of the brand that the system is least sure of, the least sure first."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A remark as understood.

    `not_understood` are its clauses that nothing came of, verbatim; `noted` says in plain words
    what was heard but needs nothing done, or why something was refused. `question` is what to ask
    back, `candidates` the (at most two) rows whose answer would settle it.
    """

    understood: tuple[Constraint, ...] = ()
    not_understood: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    category: Category = Category.GENERAL
    question: str | None = None
    candidates: tuple[Row, ...] = ()

    @property
    def echo(self) -> tuple[str, ...]:
        """What was understood, line by line, to be confirmed by who said it."""
        return tuple(map(str, self.understood))
