"""Which sector an OpenStreetMap category or a merchant category code belongs to (data/sectors.csv).

The table is meant to be edited in a spreadsheet: one row says for a category (`osm`) or for a range
of codes (`mcc`) which sector it is, which codes its shops usually carry, and whether people pay
there by card at all.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources

from brand_metagen.errors import InputError, IntegrityError


@dataclass(frozen=True, slots=True)
class Category:
    """One OpenStreetMap category: its sector, the codes its shops use (most usual first)."""

    name: str
    sector: str
    usual_mccids: tuple[str, ...]
    retail: bool
    """False for cash machines, fuel price signs and the like: names, but no card payments."""


@dataclass(frozen=True, slots=True)
class MccRange:
    """Codes `first` to `last` (both included, four digits as text) of one sector."""

    first: str
    last: str
    sector: str


@cache
def _table() -> tuple[dict[str, Category], tuple[MccRange, ...]]:
    categories: dict[str, Category] = {}
    ranges: list[MccRange] = []
    text = resources.files(__package__).joinpath("data/sectors.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if row["source"] == "osm":
            codes = tuple(row["usual_mccids"].split())
            categories[row["first"]] = Category(
                row["first"], row["sector"], codes, row["retail"] == "yes"
            )
        elif row["source"] == "mcc":
            ranges.append(MccRange(row["first"], row["last"], row["sector"]))
        else:
            raise IntegrityError(f"registry/data/sectors.csv: source {row['source']!r} is unknown")
    return categories, tuple(ranges)


def categories() -> tuple[Category, ...]:
    """Every known category, in order of its name."""
    return tuple(_table()[0].values())


def category(name: str) -> Category:
    """The category of that name.

    Raises InputError when the table has no row for it.

    >>> category("shop/shoes").sector
    'Shoes'
    """
    try:
        return _table()[0][name]
    except KeyError:
        raise InputError(
            f"category {name!r} has no sector: add a row to registry/data/sectors.csv"
        ) from None


def sector_of_mcc(mccid: str) -> str:
    """The sector of a merchant category code (four digits as text).

    Raises InputError when no range holds it.

    >>> sector_of_mcc("5411"), sector_of_mcc("0742")
    ('Grocery', 'Pets')
    """
    for span in _table()[1]:
        if span.first <= mccid <= span.last:
            return span.sector
    raise InputError(f"code {mccid!r} has no sector: add a range to registry/data/sectors.csv")
