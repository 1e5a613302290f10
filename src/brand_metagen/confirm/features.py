"""What is known about one row as one brand's, as numbers for the confirmation score."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from brand_metagen.confirm.words import Residue

AROUND = "words around the name"

NAMES = (
    "the rule's record on the market",
    "rows the brand has",
    "letters matched",
    "share of the name matched",
    "whole name matched",
    "merchant category code",
    "usual code of the brand",
    AROUND,
    "unknown words after the name",
    "unknown words before the name",
    "word tied on by a hyphen",
    "other brands match too",
    "merchant id",
    "matched by other words than the name",
    "short name among unknown words",
)
"""In the order of `vector`; these are the reasons given to humans."""

USUAL = 2.0
"""Log ratio from which a code is usual for a brand: over seven times as likely as anywhere."""
SHORT_NAME = 7


@dataclass(frozen=True, slots=True)
class Sighting:
    """One rule's match on one narrative, with what is known of the row.

    `mcc` is log P(mcc | brand) / P(mcc); `mid` is 1 when the merchant id is known as this brand's,
    -1 as another's, 0 otherwise; `own` and `other` are the rule's record.
    """

    matched: str
    name: str
    residue: Residue
    mcc: float
    mid: int
    rivals: int
    own: int
    other: int


def vector(
    seen: Sighting, label_rate: float, weight: Callable[[str], float | None]
) -> tuple[float, ...]:
    """The features of one sighting, in the order of NAMES; `weight` gives a word's log odds."""
    letters = "".join(filter(str.isalnum, seen.matched))
    shared = min(len(letters), len(seen.name))
    by_name = letters[:3] == seen.name[:3]
    known = [w for w in map(weight, seen.residue.words) if w is not None]
    after = sum(weight(word) is None for word in seen.residue.after)
    before = sum(weight(word) is None for word in seen.residue.before)
    share = shared / len(seen.name) if seen.name else 0.0
    return (
        _record(seen.own, seen.other, label_rate),
        math.log1p(seen.own) / 3,
        min(len(letters), 15) / 10,
        share,
        float(seen.name in letters),
        seen.mcc / 2,
        float(seen.mcc >= USUAL),
        max(-6.0, min(3.0, sum(known))),
        float(min(after, 3)),
        float(min(before, 3)),
        float(seen.residue.glued),
        float(min(seen.rivals, 2)),
        float(seen.mid),
        float(not by_name),
        float(len(letters) < SHORT_NAME) * min(after + before, 2),
    )


def _record(own: int, other: int, label_rate: float) -> float:
    """Log odds that what the rule takes is the brand's, against the usual label rate."""
    odds = (own + 2 * label_rate) / (other + 2 * (1 - label_rate))
    return max(-4.0, min(4.0, math.log(odds) - math.log(label_rate / (1 - label_rate))))
