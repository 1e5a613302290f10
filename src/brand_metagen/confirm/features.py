"""What is known about one row as one brand's, as numbers for the confirmation score.

The features fall into parts that repeat apart from each other: the match (which brand, what it
matched), the code, and the row (the words around the match, rivals, merchant id).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

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
    "words that speak against it",
    "words of other merchants",
    "single letter before the name",
)
"""In the order of `vector`; these are the reasons given to humans."""

SIGNS = (0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, -1, -1, -1, -1, 1, 1, -1)
"""What each may do to the score: raise it (1), lower it (-1), either (0). A usual code never speaks
against a row, an unknown word never for one, whatever a market's chance says."""

OF_MATCH, OF_CODE = 6, 2
"""How many features depend on brand and matched text alone, and then on brand and code alone."""
USUAL = 2.0
"""Log ratio from which a code is usual for a brand: over seven times as likely as anywhere."""
SHORT_NAME = 7
MOST_UNKNOWN = 3
LEAST_KNOWN, MOST_KNOWN = -6.0, 3.0
MOST_RIVALS, MOST_BESIDE_SHORT = 2, 2


class Surroundings(NamedTuple):
    """Log odds of the known words around a match, unknown words after and before, a hyphen after
    it, the log odds below nothing alone, those of words that stand elsewhere, a letter before."""

    known: float
    unknown_after: int
    unknown_before: int
    glued: bool
    against: float
    strange: float
    initial: bool


def surroundings(
    rest: Residue, worth: Callable[[str], float | None], strange: Callable[[str], float]
) -> Surroundings:
    """Weigh the words; `worth` gives a word's log odds, None where it is unknown, and `strange`
    those of a word that stands elsewhere."""
    before, after = list(map(worth, rest.before)), list(map(worth, rest.after))
    known = [w for w in (*before, *after) if w is not None]
    return Surroundings(
        bounded(sum(known)),
        min(after.count(None), MOST_UNKNOWN),
        min(before.count(None), MOST_UNKNOWN),
        rest.glued,
        bounded(sum(min(0.0, w) for w in known)),
        bounded(sum(map(strange, rest.words))),
        rest.initial,
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
    unknown = around.unknown_after + around.unknown_before
    return (
        float(min(rivals, MOST_RIVALS)),
        float(mid),
        around.known,
        float(around.unknown_after),
        float(around.unknown_before),
        float(around.glued),
        float(short) * min(unknown, MOST_BESIDE_SHORT),
        around.against,
        around.strange,
        float(around.initial),
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
