"""What the market says of words and codes: places are places, trades are trades."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_metagen.app.source_tables import SourceTables
from brand_metagen.app.surroundings import around
from brand_metagen.config import TableSettings
from brand_metagen.tables.load import COLUMNS
from brand_metagen.tables.raw import find_table, read_table
from markets import TOWNS
from star import CODES, OTHERS, STAR, Market, star_market, write_tables


def source(folder: Path, made: Market) -> SourceTables:
    write_tables(folder, made)
    tables = {
        name: read_table(find_table(folder, name), columns, TableSettings())
        for name, columns in COLUMNS.items()
    }
    return SourceTables(folder, tables, ())


def test_towns_are_spread_and_the_words_that_tell_are_not(tmp_path: Path) -> None:
    found = around(source(tmp_path, star_market()), STAR)
    assert found.spread >= set(TOWNS)
    assert not found.spread & {"MARKET", "BURGER", "COFFEE", "STAR"}
    assert found.sectors["5411"] == CODES["5411"][1]


def test_words_of_a_kind_of_shop_are_known_and_only_those_of_the_rows(tmp_path: Path) -> None:
    kinds = around(source(tmp_path, star_market()), STAR).kinds
    assert (kinds["MARKET"], kinds["BURGER"], kinds["COFFEE"]) == ("Grocery", "Fast Food", "Coffee")
    assert "PHARMACY" not in kinds


def test_a_word_beside_brands_of_one_trade_names_the_trade(tmp_path: Path) -> None:
    """Three coffee houses print COFFEE behind their name: that makes it no place."""
    made = star_market()
    for brandid in ("101", "102", "105"):
        for i in range(4):
            name = OTHERS[brandid][0].upper()
            made.add(f"C{brandid}{i}", brandid, "5814", f"{name} COFFEE {i}", brandid)
    assert "COFFEE" not in around(source(tmp_path / "two", made), STAR).spread
    for brandid in ("106", "110"):
        for i in range(4):
            name = OTHERS[brandid][0].upper()
            made.add(f"C{brandid}{i}", brandid, "5814", f"{name} COFFEE {i}", brandid)
    assert "COFFEE" in around(source(tmp_path / "many", made), STAR).spread


@pytest.mark.parametrize(
    ("pair", "go"),
    [
        (("5812", "5814"), True),
        (("5411", "5541"), True),
        (("5661", "5942"), False),
        (("5411", "5812"), False),
    ],
)
def test_codes_go_together_where_a_kind_of_shop_or_several_brands_carry_both(
    tmp_path: Path, pair: tuple[str, str], go: bool
) -> None:
    made = star_market()
    assert (pair in around(source(tmp_path / "one", made), STAR).together) is go
    for brandid in ("106", "107"):
        for i in range(30):
            made.add(f"G{brandid}{i}", brandid, ("5661", "5942")[i % 2], f"X {i}", brandid)
    # Two brands that carry both make it a habit.
    found = around(source(tmp_path / "more", made), STAR).together
    assert (pair in found) is (go or pair == ("5661", "5942"))
