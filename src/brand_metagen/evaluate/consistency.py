"""How alike a brand's rows are: shapes of its narratives, and its codes against its sector."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.config import EvaluateSettings
from brand_metagen.records import Market

TOP = 5
_NUMBERS = re.compile(r"[A-Z]*[0-9][A-Z0-9]*")


@dataclass(frozen=True, slots=True)
class Consistency:
    """Shapes of a brand's narratives (numbers masked, first words kept), most frequent first."""

    shapes: int
    top: tuple[tuple[str, int], ...]
    level: str
    high_variance: bool


def consistency(narratives: Sequence[str], settings: EvaluateSettings) -> Consistency:
    """Shapes and their level: the more distinct beginnings per narrative, the less consistent."""
    shapes = Counter(shape(narrative) for narrative in narratives)
    top = tuple(sorted(shapes.items(), key=lambda x: (-x[1], x[0]))[:TOP])
    spread = len(shapes) / len(narratives) if narratives else 0.0
    level = (
        "high"
        if spread <= settings.shapes_few
        else "medium"
        if spread <= settings.shapes_many
        else "low"
    )
    many = len(narratives) >= settings.variance_rows
    return Consistency(len(shapes), top, level, many and spread > settings.shapes_many)


def shape(narrative: str) -> str:
    """The first two words with numbers masked.

    >>> shape("STARBUCKS 1234 LONDON")
    'STARBUCKS #'
    """
    return " ".join(_NUMBERS.sub("#", narrative).split(" ")[:2])


class SectorCodes:
    """Which codes are usual in a sector, read off the market: names of sectors differ by table."""

    def __init__(self, market: Market, least_share: float) -> None:
        self._market = market
        self._least = least_share
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._own: dict[str, Counter[str]] = defaultdict(Counter)
        for brandid, mccid in zip(market.combos.brandid, market.combos.mccid, strict=True):
            if brandid:
                self._counts[market.brands[brandid].sector][mccid] += 1
                self._own[brandid][mccid] += 1

    def unusual_share(self, brandid: str) -> float:
        """Share of a brand's rows under codes that its sector's other brands hardly use."""
        own = self._own[brandid]
        sector = self._counts[self._market.brands[brandid].sector]
        others = sector.total() - own.total()
        if not own or others <= 0:
            return 0.0
        rare = [m for m in own if (sector[m] - own[m]) / others < self._least]
        return sum(own[m] for m in rare) / own.total()
