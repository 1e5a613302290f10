"""Brands and codes known to the world, and how to look one up."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from brand_metagen.records import Mcc
from brand_metagen.tables.normalise import normalise


@dataclass(frozen=True, slots=True)
class KnownBrand:
    """A brand with its other spellings, where it trades, and what it is on Wikidata."""

    name: str
    aliases: tuple[str, ...]
    category: str
    sector: str
    regions: tuple[str, ...]
    wikidata: str


@cache
def known_brands() -> tuple[KnownBrand, ...]:
    """All of them, by name."""
    packed = files(__package__).joinpath("data/brands.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))
    return tuple(
        KnownBrand(
            r["name"],
            tuple(filter(None, r["aliases"].split("|"))),
            r["category"],
            r["sector"],
            tuple(filter(None, r["regions"].split("|"))),
            r["wikidata"],
        )
        for r in rows
    )


@cache
def known_mccs() -> tuple[Mcc, ...]:
    """All codes, in order."""
    text = files(__package__).joinpath("data/mccs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return tuple(Mcc(r["mccid"], r["mcc_desc"], r["sector"]) for r in rows)


def lookup(name: str) -> tuple[KnownBrand, ...]:
    """Brands whose name or other spelling has the same letters and digits.

    >>> [b.sector for b in lookup("mcdonalds")][:1]
    ['Fast Food']
    """
    return _by_letters().get(_letters(name), ())


@cache
def _by_letters() -> dict[str, tuple[KnownBrand, ...]]:
    found: dict[str, dict[KnownBrand, None]] = defaultdict(dict)
    for brand in known_brands():
        for name in (brand.name, *brand.aliases):
            found[_letters(name)].setdefault(brand)
    return {letters: tuple(brands) for letters, brands in found.items()}


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, normalise(name)))
