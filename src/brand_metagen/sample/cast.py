"""Who takes part in the made-up market: brands from the registry, with their size and habits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum
from random import Random

from brand_metagen.config import SampleSettings
from brand_metagen.registry.brands import KnownBrand, known_brands, squeeze
from brand_metagen.registry.sectors import category, sector_of_mcc
from brand_metagen.sample.layouts import Place, layouts
from brand_metagen.sample.spelling import habits, written
from brand_metagen.sample.words import words

MOST_CODES = 4
"""Usual codes of one brand (the customers' brands carry 1-4)."""
LONGEST_NAME = 40
"""Characters; longer ones are descriptions rather than names."""
MAIN_CATEGORIES = (
    "shop/supermarket",
    "shop/department_store",
    "shop/clothes",
    "amenity/fuel",
    "amenity/restaurant",
    "tourism/hotel",
)
"""What a brand with several categories is first of all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that could take part: its sector, its usual codes, and the squeezed first word."""

    name: str
    sector: str
    mccids: tuple[str, ...]
    head: str


@dataclass(frozen=True, slots=True)
class Cast:
    """One brand of the market as its rows are drawn from it."""

    brandid: str
    candidate: Candidate
    rows: int
    spellings: tuple[str, ...]
    mccids: tuple[str, ...]
    places: tuple[Place, ...]
    layout_weights: tuple[float, ...]
    """Cumulative, in the order of `layouts()`."""


def new_mid(rng: Random) -> str:
    """A merchant id: M and nine digits."""
    return f"M{rng.randrange(10**9):09}"


def _candidates() -> list[list[Candidate]]:
    """The registry's shops by how near they are: United Kingdom, Ireland, elsewhere."""
    grouped: defaultdict[str, list[KnownBrand]] = defaultdict(list)
    for brand in known_brands():
        key = squeeze(written(brand.name))
        if len(key) >= 3 and len(brand.name) <= LONGEST_NAME and category(brand.category).retail:
            grouped[key].append(brand)
    pools: list[list[Candidate]] = [[], [], []]
    for _, brands in sorted(grouped.items()):
        regions = {region for brand in brands for region in brand.regions}
        pools[0 if "GB" in regions else 1 if "IE" in regions else 2].append(_candidate(brands))
    return pools


def _candidate(brands: list[KnownBrand]) -> Candidate:
    def rank(brand: KnownBrand) -> tuple[bool, int, bool, str, str]:
        kind = brand.category
        main = MAIN_CATEGORIES.index(kind) if kind in MAIN_CATEGORIES else len(MAIN_CATEGORIES)
        return ("GB" not in brand.regions, main, not kind.startswith("shop/"), kind, brand.name)

    ranked = sorted(brands, key=rank)
    codes = dict.fromkeys(
        code for brand in ranked for code in category(brand.category).usual_mccids
    )
    first = ranked[0]
    return Candidate(first.name, first.sector, tuple(codes)[:MOST_CODES], head_word(first.name))


def head_word(name: str) -> str:
    """The word a look-alike would borrow: the first words until there are four letters.

    >>> head_word("Costa Coffee"), head_word("A J Brown Ltd"), head_word("The Works")
    ('COSTA', 'AJBROWN', 'WORKS')
    """
    parts = [squeeze(part) for part in written(name).removeprefix("THE ").split()]
    head = ""
    for part in filter(None, parts):
        head += part
        if len(head) >= 4:
            break
    return head or squeeze(name)


def _made_up() -> Iterator[Candidate]:
    """Names without end, for markets larger than the registry."""
    number = 1
    while True:
        suffix = "" if number == 1 else f" {number}"
        for trade in words().trades:
            for surname in words().surnames:
                name = f"{surname.title()} {trade.text.title()}{suffix}"
                sector = sector_of_mcc(trade.mccid)
                yield Candidate(name, sector, (trade.mccid,), head_word(name))
        number += 1


def choose(count: int, rng: Random, settings: SampleSettings) -> list[Candidate]:
    """`count` different names, home brands first, sisters (one head word) often together."""
    chosen: dict[str, Candidate] = {}
    for pool in _candidates():
        rng.shuffle(pool)
        sisters: defaultdict[str, list[Candidate]] = defaultdict(list)
        for one in pool:
            sisters[one.head].append(one)
        for one in pool:
            if len(chosen) < count:
                chosen.setdefault(squeeze(one.name), one)
            others = [sister for sister in sisters[one.head] if sister is not one]
            if others and len(chosen) < count and rng.random() < settings.sister_share:
                sister = rng.choice(others)
                chosen.setdefault(squeeze(sister.name), sister)
    for one in _made_up():
        if len(chosen) >= count:
            break
        chosen.setdefault(squeeze(one.name), one)
    return sorted(chosen.values(), key=lambda one: (squeeze(one.name), one.name))


def sizes(count: int, rows: int, rng: Random, settings: SampleSettings) -> list[int]:
    """`rows` shared out among `count` brands with a long tail; a few get one row or none."""
    weights = [rng.lognormvariate(0.0, settings.size_spread) for _ in range(count)]
    for at in range(count):
        if count > 1 and rng.random() < settings.tiny_share:
            weights[at] = 0.0
    weights[0] = weights[0] or 1.0
    heaviest = fsum(weights) * settings.largest_share
    weights = [min(weight, heaviest) for weight in weights] if count > 1 else weights
    sums = list(accumulate(weights))
    edges = [round(edge * rows / sums[-1]) for edge in sums]
    return [right - left for left, right in zip([0, *edges], edges, strict=False)]


def cast(count: int, rows: int, rng: Random, settings: SampleSettings) -> list[Cast]:
    """The brands of a market with `rows` labelled rows altogether; ids are text from 1001 up."""
    chosen = choose(count, rng, settings)
    order = sizes(count, rows, rng, settings)
    rng.shuffle(order)
    return [_hired(str(1001 + at), one, order[at], rng) for at, one in enumerate(chosen)]


def _hired(brandid: str, one: Candidate, rows: int, rng: Random) -> Cast:
    codes = one.mccids[: rng.randint(1, len(one.mccids))]
    taste = [layout.brand * rng.uniform(0.2, 2.0) for layout in layouts()]
    return Cast(
        brandid,
        one,
        rows,
        habits(one.name, rng),
        codes,
        _places(1 + round(rows**0.8), rng),
        tuple(accumulate(taste)),
    )


def _places(count: int, rng: Random) -> tuple[Place, ...]:
    towns: Sequence[str] = words().towns
    return tuple(
        Place(rng.choice(towns), f"{rng.randrange(10000):0{rng.choice((3, 4))}}", new_mid(rng))
        for _ in range(count)
    )
