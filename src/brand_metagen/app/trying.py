"""A pattern tried on the market in memory: what it takes, and against a brand's rule of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.app.live import Live
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Rule

LABELS = 10
"""Labels named; the others are counted."""
SAMPLES = 10
"""Distinct narratives shown."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Some rows: how many, the labels that most of them carry, some distinct narratives."""

    rows: int
    labels: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """What a pattern takes of the market, `share` of all rows; against a brand's rule what it gains
    and loses, both None where it is held against none."""

    whole: Taken
    share: float
    gained: Taken | None
    lost: Taken | None


def try_on(
    live: Live, include: str, exclude: str | None, mccids: Sequence[str], brandid: str = ""
) -> Try:
    """Try a pattern with codes (none = all); refused where it is not portable or too broad.

    Raises RuleError for the pattern.
    """
    check_pattern(include)
    if exclude:
        check_pattern(exclude)
    codes = tuple(mccids) or tuple(sorted(set(live.market.combos.mccid)))
    found = set(live.taking(Rule(brandid, include, exclude, codes)))
    total = len(live.market.combos)
    known = brandid in live.versions
    today = set(live.now.rows(brandid).taken) if known else set()
    return Try(
        _taken(live, found),
        len(found) / total if total else 0.0,
        _taken(live, found - today) if known else None,
        _taken(live, today - found) if known else None,
    )


def _taken(live: Live, places: set[int]) -> Taken:
    combos, rows = live.market.combos, sorted(places)
    labels = Counter(combos.brandid[row] for row in rows)
    ranked = sorted(labels.items(), key=lambda pair: (-pair[1], pair[0]))[:LABELS]
    texts = dict.fromkeys(combos.narrative[row] for row in rows)
    return Taken(len(rows), tuple(ranked), tuple(texts)[:SAMPLES])
