"""Opinions on rows that the model is not sure of, worth what reviewed rows show them to be worth.

An opinion counts for nothing until enough rows with one have been reviewed; then it shifts the log
odds of its row by how much likelier it is of rows that belong, and never beyond what that shows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.confirm.model import Thresholds

SMOOTHING = 1.0
"""Reviewed rows added to each count: Laplace's rule, so that no opinion is ever proof."""


class Verdict(StrEnum):
    """What is thought of a row: the brand's, another's, or no telling."""

    THEIRS = "theirs"
    NOT_THEIRS = "not_theirs"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was thought of the rows of one narrative and code for a brand."""

    brandid: str
    narrative: str
    mccid: str
    verdict: Verdict

    @property
    def key(self) -> str:
        """What tells the rows it is about."""
        return row_key(self.brandid, self.narrative, self.mccid)


def row_key(brandid: str, narrative: str, mccid: str) -> str:
    """A brand's claim on the rows of one narrative and code; narratives hold no tab."""
    return f"{brandid}\t{mccid}\t{narrative}"


def keyed(key: str) -> tuple[str, str, str]:
    """The narrative, code and brand of a key.

    >>> keyed(row_key("12", "ACME LEEDS", "5812"))
    ('ACME LEEDS', '5812', '12')
    """
    brandid, mccid, narrative = key.split("\t", 2)
    return narrative, mccid, brandid


@dataclass(frozen=True, slots=True)
class Worth:
    """Log odds per verdict, from so many reviewed rows."""

    shift: Mapping[Verdict, float]
    outcomes: int


def worth(outcomes: Sequence[tuple[Verdict, bool]], least: int) -> Worth | None:
    """What verdicts are worth, from (verdict, whether the row belonged); None below `least`, and
    where only one kind of row has been seen.

    >>> ten = [(Verdict.THEIRS, True)] * 9 + [(Verdict.THEIRS, False)]
    >>> ten += [(Verdict.NOT_THEIRS, False)] * 9 + [(Verdict.NOT_THEIRS, True)]
    >>> round(worth(ten, 20).shift[Verdict.THEIRS], 2), worth(ten, 21)
    (1.61, None)
    """
    sides = [Counter(v for v, belongs in outcomes if belongs is side) for side in (True, False)]
    theirs, others = (side.total() for side in sides)
    if len(outcomes) < least or not theirs or not others:
        return None
    kinds = len(Verdict) * SMOOTHING
    shift = {
        v: math.log((sides[0][v] + SMOOTHING) / (theirs + kinds))
        - math.log((sides[1][v] + SMOOTHING) / (others + kinds))
        for v in Verdict
    }
    shift[Verdict.UNSURE] = 0.0
    return Worth(shift, len(outcomes))


def shifts(opinions: Iterable[Opinion], found: Worth | None) -> dict[str, float]:
    """The log odds by which each opinion shifts its row; none while they are worth nothing."""
    if found is None:
        return {}
    named = {o.key: round(found.shift[o.verdict], 6) for o in opinions}
    return {key: shift for key, shift in sorted(named.items()) if shift}


def shifted(probability: float, shift: float, limits: Thresholds) -> float:
    """A probability after an opinion; outside the not-sure band it stays as it is.

    >>> band = Thresholds(0.8, 0.4, 0.8, 0.2)
    >>> shifted(0.6, 1.5, band), shifted(0.9, -1.5, band)
    (0.870509, 0.9)
    """
    if not limits.exclude < probability < limits.confirm:
        return probability
    odds = math.log(probability / (1 - probability)) + shift
    return round(1 / (1 + math.exp(-odds)), 6)
