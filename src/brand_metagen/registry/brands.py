"""The brands the project knows from the start, and their exact lookup by name or alias."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources

from brand_metagen.registry.sectors import category
from brand_metagen.tables.normalise import normalise

LIST_SEPARATOR = "|"
"""Between the aliases and between the regions of one cell of brands.csv.gz."""


@dataclass(frozen=True, slots=True)
class KnownBrand:
    """A brand of the registry.

    `category` is its OpenStreetMap category, `regions` are two-letter countries, `wikidata` an
    item id such as Q487494, empty where unknown. A chain with shops and petrol stations has a row
    for each category.
    """

    name: str
    aliases: tuple[str, ...]
    category: str
    sector: str
    regions: tuple[str, ...]
    wikidata: str


def squeeze(name: str) -> str:
    """Letters and digits of the normalised text: what is left when spelling habits are removed.

    >>> squeeze("Sainsbury's / J. Sainsbury")
    'SAINSBURYSJSAINSBURY'
    """
    return re.sub("[^A-Z0-9]", "", normalise(name))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(LIST_SEPARATOR)) if cell else ()


@cache
def known_brands() -> tuple[KnownBrand, ...]:
    """Every brand of the packaged table, in order of (name, category, wikidata); read once."""
    packed = resources.files(__package__).joinpath("data/brands.csv.gz").read_bytes()
    text = gzip.decompress(packed).decode("utf-8")
    return tuple(
        KnownBrand(
            name=row["name"],
            aliases=_split(row["aliases"]),
            category=row["category"],
            sector=row["sector"],
            regions=_split(row["regions"]),
            wikidata=row["wikidata"],
        )
        for row in csv.DictReader(io.StringIO(text, newline=""))
    )


@cache
def _index() -> dict[str, tuple[KnownBrand, ...]]:
    found: defaultdict[str, list[KnownBrand]] = defaultdict(list)
    for brand in known_brands():
        keys = dict.fromkeys(squeeze(text) for text in (brand.name, *brand.aliases))
        for key in keys:
            if key:
                found[key].append(brand)
    return {key: tuple(brands) for key, brands in found.items()}


def lookup(name: str) -> tuple[KnownBrand, ...]:
    """Brands whose name or an alias is `name`, spelling habits aside; empty when there is none.

    Those called so come before those that only have it as an alias, shops before cash machines and
    price signs. Names without a single Latin letter or digit are never found: narratives are ASCII.

    >>> [brand.name for brand in lookup("tesco metro")]
    ['Tesco Metro', 'Tesco', 'Tesco Express']
    """
    key = squeeze(name)
    found = _index().get(key, ())
    return tuple(
        sorted(
            found,
            key=lambda brand: (squeeze(brand.name) != key, not category(brand.category).retail),
        )
    )


def usual_mccids(name: str) -> tuple[str, ...]:
    """The codes that shops of a known brand's categories usually carry; none of a brand unknown.

    >>> usual_mccids("waterstones"), usual_mccids("no such name")
    (('5942', '5192'), ())
    """
    kinds = [category(brand.category) for brand in lookup(name)]
    codes = (code for kind in kinds if kind.retail for code in kind.usual_mccids)
    return tuple(dict.fromkeys(codes))


def aliases(name: str) -> tuple[str, ...]:
    """What the world also calls the brands of this name; empty for a brand unknown.

    >>> aliases("7 brew")
    ('7 brew coffee', 'seven brew coffee')
    """
    key = squeeze(name)
    named = [brand for brand in lookup(name) if squeeze(brand.name) == key]
    return tuple(dict.fromkeys(alias for brand in named for alias in brand.aliases))
