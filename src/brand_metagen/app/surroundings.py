"""What the market and the world say of the words and codes of a brand that may be several."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import combinations

from brand_metagen.app.source_tables import SourceTables
from brand_metagen.escalate.split_rows import Around
from brand_metagen.registry.brands import known_brands
from brand_metagen.registry.sectors import categories, category
from brand_metagen.synthesise.names import core_phrase
from brand_metagen.tables.normalise import normalise

SPREAD_BRANDS = 3
"""Other brands a word stands beside, from which it may be a place or what a bank prints."""
SPREAD_ROWS = 2
"""Narratives of a brand with the word, from which it counts: one may be a wrong label."""
ONE_SECTOR = 0.5
"""Share of these brands in one sector, above which the word names their trade and no place."""
CARRIED = 0.15
"""Share of a brand's rows with a code, from which the brand carries it."""
CARRYING_BRANDS = 2
"""Brands that carry two codes, from which the codes go together."""
KIND_NAMES, KIND_SHARE = 5, 0.6
"""Known brands with a word in their name, and their share in one sector: the word names a kind."""

_WORD = re.compile(r"[A-Z][A-Z']{2,29}")


def around(source: SourceTables, brandid: str) -> Around:
    """What is known besides the brand's own rows."""
    words = {word for i in source.rows(brandid) for word in _WORD.findall(source.narratives[i])}
    others = {b: rows for b, rows in source.of_brand.items() if b not in ("", brandid)}
    return Around(
        together=_of_the_world() | _of_the_market(source, others),
        spread=_spread(source, others, words),
        kinds={word: kind for word, kind in _kinds().items() if word in words},
        sectors={mccid: mcc.sector for mccid, mcc in source.mccs.items()},
    )


@cache
def _of_the_world() -> frozenset[tuple[str, str]]:
    """Pairs of codes that shops of one kind usually carry."""
    kinds = (kind.usual_mccids for kind in categories() if kind.retail)
    return frozenset(pair for codes in kinds for pair in combinations(sorted(codes), 2))


def _of_the_market(
    source: SourceTables, others: Mapping[str, Iterable[int]]
) -> frozenset[tuple[str, str]]:
    """Pairs of codes that several other brands carry."""
    pairs: Counter[tuple[str, str]] = Counter()
    for rows in others.values():
        codes = Counter(source.combos["mccid"][i] for i in rows)
        total = sum(codes.values())
        carried = sorted(m for m, n in codes.items() if n > 1 and n >= CARRIED * total)
        pairs.update(combinations(carried, 2))
    return frozenset(pair for pair, n in pairs.items() if n >= CARRYING_BRANDS)


def _spread(
    source: SourceTables, others: Mapping[str, Iterable[int]], words: set[str]
) -> frozenset[str]:
    """Words that stand beside the names of several other brands, of more than one trade."""
    sectors: dict[str, Counter[str]] = defaultdict(Counter)
    for brandid, rows in others.items():
        brand = source.brands.get(brandid)
        own = set(core_phrase(brand.brandname).words()) if brand else set()
        counts: Counter[str] = Counter()
        for narrative in {source.narratives[i] for i in rows}:
            counts.update(words.intersection(_WORD.findall(narrative)) - own)
        for word, n in counts.items():
            if n >= SPREAD_ROWS:
                sectors[word][brand.sector if brand else ""] += 1
    return frozenset(
        word
        for word, found in sectors.items()
        if (n := sum(found.values())) >= SPREAD_BRANDS
        and found.most_common(1)[0][1] <= ONE_SECTOR * n
    )


@cache
def _kinds() -> dict[str, str]:
    """Words that name a kind of shop (BURGER, PHARMACY): most names with them are of one sector."""
    sectors: dict[str, Counter[str]] = defaultdict(Counter)
    for brand in known_brands():
        if category(brand.category).retail:
            for word in set(_WORD.findall(normalise(brand.name))):
                sectors[word][brand.sector] += 1
    ranked = ((word, found.most_common(1)[0], sum(found.values()))
              for word, found in sorted(sectors.items()))  # fmt: skip
    return {word: sector for word, (sector, n), total in ranked
            if total >= KIND_NAMES and n >= KIND_SHARE * total}  # fmt: skip
