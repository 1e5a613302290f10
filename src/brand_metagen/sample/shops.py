"""Everybody else in the market: independent shops, and shops that only look like a brand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from brand_metagen.config import SampleSettings
from brand_metagen.registry.brands import squeeze
from brand_metagen.sample.cast import Cast, new_mid
from brand_metagen.sample.layouts import Place, layouts
from brand_metagen.sample.words import Trade, words


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant that is no brand of the market.

    `confusable` is the brandid it looks like and `word` what it borrowed; both are empty for an
    independent.
    """

    name: str
    mccid: str
    place: Place
    confusable: str = ""
    word: str = ""

    def stands_out(self, narrative: str) -> bool:
        """Whether more than the brand's word is left of a look-alike after the cut."""
        return not (self.word and squeeze(narrative).endswith(self.word))


def shop_weights() -> tuple[float, ...]:
    """Cumulative weights of the layouts for shops, in the order of `layouts()`."""
    return tuple(accumulate(layout.shop for layout in layouts()))


def independents(count: int, taken: frozenset[str], rng: Random) -> list[Shop]:
    """Shops named after people, towns and colours; none squeezes to a name in `taken`."""
    return [_independent(taken, rng) for _ in range(count)]


def _independent(taken: frozenset[str], rng: Random) -> Shop:
    lists = words()
    while True:
        trade = rng.choice(lists.trades)
        name = _filled(rng.choice(lists.independents), trade, rng)
        if squeeze(name) not in taken:
            return Shop(name, trade.mccid, _place(rng))


def look_alikes(
    count: int, brands: Sequence[Cast], taken: frozenset[str], rng: Random, settings: SampleSettings
) -> list[Shop]:
    """Shops that hold a word of a brand; names of one word are borrowed from more often."""
    weights = list(
        accumulate(settings.bait if " " not in brand.candidate.name else 1.0 for brand in brands)
    )
    baits = rng.choices(brands, cum_weights=weights, k=count)
    return [_look_alike(brand, taken, rng, settings) for brand in baits]


def _look_alike(brand: Cast, taken: frozenset[str], rng: Random, settings: SampleSettings) -> Shop:
    lists = words()
    alike = [trade for trade in lists.trades if trade.mccid in brand.mccids]
    word = brand.candidate.head
    starts = [town for town in lists.towns if town.startswith(word) and town != word]
    while True:
        near = alike and rng.random() < settings.same_code_share
        trade = rng.choice(alike if near else lists.trades)
        pattern = rng.choice(lists.look_alikes)
        if "{start}" in pattern and not starts:
            continue
        start = rng.choice(starts) if starts else ""
        name = _filled(pattern, trade, rng, word=word, start=start)
        if squeeze(name) not in taken:
            return Shop(name, trade.mccid, _place(rng), brand.brandid, word)


def _filled(pattern: str, trade: Trade, rng: Random, word: str = "", start: str = "") -> str:
    lists = words()
    while "{surname}" in pattern:
        pattern = pattern.replace("{surname}", rng.choice(lists.surnames), 1)
    while "{letter}" in pattern:
        pattern = pattern.replace("{letter}", rng.choice("ABCDEFGHJKLMNPRSTW"), 1)
    return pattern.format(
        trade=trade.text,
        town=rng.choice(lists.towns),
        colour=rng.choice(lists.colours),
        ending=rng.choice(lists.endings),
        word=word,
        start=start,
    )


def _place(rng: Random) -> Place:
    return Place(rng.choice(words().towns), str(rng.randrange(1, 10000)), new_mid(rng))
