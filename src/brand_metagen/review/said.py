"""What is said of the things a remark names."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from brand_metagen.review.things import Thing


class Say(StrEnum):
    """What is said of a thing."""

    IN = "in"
    OUT = "out"
    FINE = "fine"
    NOTHING = "nothing"
    """Over and done with."""
    ENDS = "ends"
    UNCLEAR = "unclear"


OPPOSITE = {Say.IN: Say.OUT, Say.OUT: Say.IN, Say.FINE: Say.OUT}
VERBS = ("move", "shut_out", "add", "keep", "take", "miss", "appear", "swap")
"""Meanings of verbs, in the order in which they are tried."""
STATES = ("belong", "ours", "others", "wrong", "go", "fine", "fine_with", "missing")
"""Meanings of what things may be said to be."""


@dataclass(slots=True)
class Said:
    """A thing, and what was said of it; None while nothing was."""

    thing: Thing
    flip: bool = False
    """Whether the opposite is meant, as of what is excepted."""
    say: Say | None = None
    described: bool = False
    """Whether it was only said what kind of thing it is: "12345 is a pub"."""
    complaint: bool = False
    """Said by describing what the rule does: "which is fine" takes it back."""


@dataclass(slots=True)
class Heard:
    """What came of one clause."""

    said: list[Said] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    """Meanings without a thing: broad, narrow, split, ambiguous, wallet, praise, fine, …"""
    others: list[str] = field(default_factory=list)
    """Ids of other brands that rows were said to be."""
