"""Which public brands a market has: divided by their first word, sister brands together."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from benchmarks.commands import BenchError
from benchmarks.market.knowledge import OPEN, WITHHELD
from brand_metagen.registry.brands import known_brands, squeeze
from brand_metagen.registry.sectors import category
from brand_metagen.tables.normalise import normalise

SHORTEST, LONGEST = 3, 32
"""Letters a name has at least, and characters at most, to be drawn."""
MOST_SISTERS = 4
"""Brands of one first word that a market has at most."""
FAMILIES = 4.0
"""How much more often a first word is drawn that several brands share."""
FIRST_ID = 40_001


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand of a market; `mccids` are those of its shops, the most usual first."""

    brandid: str
    name: str
    sector: str
    mccids: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def written(self) -> str:
        """The name as narratives have it."""
        return normalise(self.name)


@cache
def public_brands() -> tuple[Brand, ...]:
    """Every public brand that takes cards and can be written, one for each name; no id yet."""
    found: dict[str, Brand] = {}
    for known in known_brands():
        kind, key = category(known.category), squeeze(known.name)
        writable = len(key) >= SHORTEST and len(normalise(known.name)) <= LONGEST
        if not kind.retail or not writable or "(" in known.name or key.isdigit():
            continue
        aliases = tuple(a for a in map(normalise, known.aliases) if len(squeeze(a)) >= SHORTEST)
        before = found.get(key, Brand("", known.name, kind.sector, (), aliases))
        codes = tuple(dict.fromkeys(before.mccids + kind.usual_mccids))
        found[key] = Brand("", before.name, before.sector, codes, before.aliases)
    return tuple(found.values())


def head(name: str) -> str:
    """The first word of a name, an article left out.

    >>> head("The Body Shop"), head("24 Hour Fitness")
    ('BODY', '24')
    """
    words = normalise(name).split()
    return words[1] if len(words) > 1 and words[0] == "THE" else words[0]


def part_of(name: str) -> str:
    """`withheld` for a third of the first words, `open` for the others: the digest mod 3."""
    digest = hashlib.sha256(squeeze(head(name)).encode()).digest()
    return WITHHELD if digest[0] % 3 == 0 else OPEN


def choose(part: str, count: int, rng: Random) -> tuple[Brand, ...]:
    """`count` brands of a part, in order of their ids, which are given by name.

    Raises BenchError when the part has fewer.
    """
    families: defaultdict[str, list[Brand]] = defaultdict(list)
    for brand in public_brands():
        if part_of(brand.name) == part:
            families[head(brand.name)].append(brand)
    drawn = [brand for word in _order(families, rng) for brand in _sisters(families[word], rng)]
    if count > len(drawn):
        raise BenchError(f"the {part} part has {len(drawn):,} brands, not {count:,}")
    return tuple(
        Brand(str(FIRST_ID + i), b.name, b.sector, b.mccids, b.aliases)
        for i, b in enumerate(sorted(drawn[:count], key=lambda b: b.name))
    )


def _order(families: Mapping[str, Sequence[Brand]], rng: Random) -> list[str]:
    """First words by lot; those of several brands tend to come first."""
    place = {
        word: rng.random() / (FAMILIES if len(families[word]) > 1 else 1.0)
        for word in sorted(families)
    }
    return sorted(place, key=place.__getitem__)


def _sisters(family: Sequence[Brand], rng: Random) -> list[Brand]:
    return rng.sample(family, min(len(family), rng.randint(2, MOST_SISTERS)))


def longer_names(brands: Sequence[Brand]) -> Mapping[str, tuple[Brand, ...]]:
    """By brandid: public brands of another sector whose name begins or ends with this one's words.

    Those of the market itself are left out.
    """
    own = {brand.written: brand for brand in brands}
    found: defaultdict[str, list[Brand]] = defaultdict(list)
    for other in public_brands():
        words = other.written.split()
        if other.written in own:
            continue
        for n in range(1, len(words)):
            for piece in (" ".join(words[:n]), " ".join(words[n:])):
                brand = own.get(piece)
                if brand and brand.sector != other.sector:
                    found[brand.brandid].append(other)
    return {brandid: tuple(others) for brandid, others in found.items()}


def outsiders(part: str, brands: Sequence[Brand]) -> tuple[Brand, ...]:
    """Public brands of the part that share no first word with a brand of the market."""
    heads = {head(brand.name) for brand in brands}
    return tuple(
        b for b in public_brands() if part_of(b.name) == part and head(b.name) not in heads
    )
