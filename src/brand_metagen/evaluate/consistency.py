"""How alike a brand's rows are: shapes of its narratives, and its codes against its sector."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from brand_metagen.config import EvaluateSettings
from brand_metagen.records import Market

TOP = 5
_NUMBERS = re.compile(r"[A-Z]*[0-9][A-Z0-9]*")


@dataclass(frozen=True, slots=True)
class Consistency:
    """Shapes of a brand's narratives (numbers and tails masked), most frequent first."""

    shapes: int
    top: tuple[tuple[str, int], ...]
    level: str
    high_variance: bool


def consistency(
    narratives: Sequence[str], settings: EvaluateSettings, tails: AbstractSet[str] = frozenset()
) -> Consistency:
    """Shapes and their level: the more distinct beginnings per narrative, the less consistent.

    `tails` are words that end anybody's narratives; pass them without the brand's own words.
    """
    shapes = Counter(shape(narrative, tails) for narrative in narratives)
    top = tuple(sorted(shapes.items(), key=lambda x: (-x[1], x[0]))[:TOP])
    spread = len(shapes) / len(narratives) if narratives else 0.0
    many = len(narratives) >= settings.variance_rows
    varies = many and spread > settings.shapes_many
    return Consistency(len(shapes), top, _level(spread, settings), varies)


def _level(spread: float, settings: EvaluateSettings) -> str:
    if spread <= settings.shapes_few:
        return "high"
    return "medium" if spread <= settings.shapes_many else "low"


def shape(narrative: str, tails: AbstractSet[str] = frozenset()) -> str:
    """The first two words, numbers and (but for the first word) tails masked.

    >>> shape("STARBUCKS 1234 LONDON"), shape("STARBUCKS LONDON", {"LONDON"})
    ('STARBUCKS #', 'STARBUCKS ~')
    """
    words = narrative.split(" ", 2)[:2]
    masked = ["~" if i and word in tails else word for i, word in enumerate(words)]
    return _NUMBERS.sub("#", " ".join(masked))


def tail_words(market: Market, least_brands: int) -> frozenset[str]:
    """Words that end narratives of at least so many brands: towns, countries, LTD, found so."""
    enders: dict[str, set[str]] = defaultdict(set)
    for narrative, label in zip(market.combos.narrative, market.combos.brandid, strict=True):
        if label and " " in narrative:
            enders[narrative.rpartition(" ")[2]].add(label)
    return frozenset(word for word, brands in enders.items() if len(brands) >= least_brands)


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

    def unusual(self, brandid: str) -> frozenset[str]:
        """Codes of a brand that its sector's other brands hardly use; none if it has no others."""
        own = self._own[brandid]
        sector = self._counts[self._market.brands[brandid].sector]
        others = sector.total() - own.total()
        if others <= 0:
            return frozenset()
        return frozenset(m for m in own if (sector[m] - own[m]) / others < self._least)

    def unusual_share(self, brandid: str) -> float:
        """Share of a brand's rows under such codes."""
        own = self._own[brandid]
        return sum(own[m] for m in self.unusual(brandid)) / own.total() if own else 0.0
