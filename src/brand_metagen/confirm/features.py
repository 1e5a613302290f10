"""What is known about one row as one brand's, as numbers for the confirmation score.

The features fall into parts that repeat apart from each other: the match (which brand, what it
matched), the code, and the row (the words around the match, rivals, merchant id).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from brand_metagen.confirm.words import Residue

AROUND = "words around the name"

NAMES = (
    "the rule's record on the market",
    "rows the brand has",
    "letters matched",
    "share of the name matched",
    "whole name matched",
    "matched by other words than the name",
    "merchant category code",
    "usual code of the brand",
    "other brands match too",
    "merchant id",
    AROUND,
    "unknown words after the name",
    "unknown words before the name",
    "word tied on by a hyphen",
    "short name among unknown words",
)
"""In the order of `vector`; these are the reasons given to humans."""

OF_MATCH, OF_CODE = 6, 2
"""How many features depend on brand and matched text alone, and then on brand and code alone."""
USUAL = 2.0
"""Log ratio from which a code is usual for a brand: over seven times as likely as anywhere."""
SHORT_NAME = 7
MOST_UNKNOWN = 3
LEAST_KNOWN, MOST_KNOWN = -6.0, 3.0
MOST_RIVALS, MOST_BESIDE_SHORT = 2, 2


Surroundings = tuple[float, int, int, bool]
"""Log odds of the known words around a match, unknown words after and before, hyphen after it."""


def surroundings(rest: Residue, worth: Callable[[str], float | None]) -> Surroundings:
    """Weigh the words; `worth` gives a word's log odds, None where it is unknown."""
    before, after = list(map(worth, rest.before)), list(map(worth, rest.after))
    known = sum(w for w in (*before, *after) if w is not None)
    unknown_after, unknown_before = after.count(None), before.count(None)
    return (
        bounded(known),
        min(unknown_after, MOST_UNKNOWN),
        min(unknown_before, MOST_UNKNOWN),
        rest.glued,
    )


def bounded(known: float) -> float:
    """Words may speak against a row more than for it."""
    return max(LEAST_KNOWN, min(MOST_KNOWN, known))


def of_match(matched: str, name: str, own: int, other: int, label_rate: float) -> tuple[float, ...]:
    """The features of what a brand's rule matched of its name, and of the rule's record.

    `own` and `other` count the narratives the rule takes.
    """
    letters = letters_of(matched)
    shared = min(len(letters), len(name))
    return (
        _record(own, other, label_rate),
        math.log1p(own) / 3,
        min(len(letters), 15) / 10,
        shared / len(name) if name else 0.0,
        float(name in letters),
        float(letters[:3] != name[:3]),
    )


def of_code(mcc: float) -> tuple[float, ...]:
    """The features of a code; `mcc` is log P(mcc | brand) / P(mcc)."""
    return (mcc / 2, float(mcc >= USUAL))


def of_row(rivals: int, mid: int, around: Surroundings, short: bool) -> tuple[float, ...]:
    """The other features; `mid` is 1 where the merchant id is the brand's, -1 where another's."""
    known, unknown_after, unknown_before, glued = around
    return (
        float(min(rivals, MOST_RIVALS)),
        float(mid),
        known,
        float(unknown_after),
        float(unknown_before),
        float(glued),
        float(short) * min(unknown_after + unknown_before, MOST_BESIDE_SHORT),
    )


def letters_of(matched: str) -> str:
    """Letters and digits of a match."""
    return "".join(filter(str.isalnum, matched))


def is_short(matched: str) -> bool:
    """Whether so little was matched that unknown words around it weigh more."""
    return len(letters_of(matched)) < SHORT_NAME


def _record(own: int, other: int, label_rate: float) -> float:
    """Log odds that what the rule takes is the brand's, against the usual label rate."""
    odds = (own + 2 * label_rate) / (other + 2 * (1 - label_rate))
    return max(-4.0, min(4.0, math.log(odds) - math.log(label_rate / (1 - label_rate))))
