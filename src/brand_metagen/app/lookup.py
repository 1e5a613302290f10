"""What a reader of remarks may look up: the market the remark speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from brand_metagen.app.live import Live
from brand_metagen.constraints import Row
from brand_metagen.records import Decision
from brand_metagen.review.wanted import holding
from brand_metagen.synthesise.names import core_phrase

DOUBTFUL = 2
"""Rows that a question shows."""


class MarketLookup:
    """Codes, combos, brands and words of a market, as one brand's reviewer sees them."""

    def __init__(self, live: Live, brandid: str) -> None:
        self._live, self._brandid = live, brandid

    def code(self, mccid: str) -> bool:
        """Whether the mcc table has the code."""
        return mccid in self._live.market.mccs

    def combos(self, ccid: str) -> Sequence[Row]:
        """All rows of a combo number, one per bank."""
        return [self._live.row(i) for i in self._live.by_ccid.get(ccid, ())]

    def brands(self, name: str) -> Sequence[str]:
        """The brands of that name, however it is spelt."""
        return self._live.named.get(core_phrase(name).letters, ())

    def rows_saying(self, words: str) -> int:
        """Distinct narratives of the market that hold the words."""
        return sum(1 for _ in holding(self._live.knowledge.corpus, words))

    def samples(self) -> Sequence[Row]:
        """The rows of the brand that are hardest to tell, of different narratives."""
        return [self._live.row(i) for i in doubtful(self._live, self._brandid, DOUBTFUL)]


def doubtful(live: Live, brandid: str, most: int) -> list[int]:
    """Rows whose decision for the brand is least sure, of distinct narratives, surest last."""
    rows = live.rows(brandid)
    texts: dict[str, int] = {}
    for row in sorted({*rows.own, *rows.taken}, key=lambda i: (_sure(live, brandid, i), i)):
        texts.setdefault(live.market.combos.narrative[row], row)
        if len(texts) == most:
            break
    return list(texts.values())


def _sure(live: Live, brandid: str, row: int) -> float:
    """How far from a coin's toss the claim on a row is; left to humans comes first."""
    answer = live.answers[row]
    claim = next((c.probability for c in answer.claims if c.brandid == brandid), 0.0)
    asked = answer.decision in (Decision.REVIEW, Decision.TIE)
    return -1.0 if asked else abs(claim - 0.5)
