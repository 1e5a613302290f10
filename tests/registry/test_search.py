"""Names found in spite of slips, honest silence otherwise, and sectors held against codes."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import McpSettings
from brand_metagen.registry.alignment import Sectors, align, known_sectors
from brand_metagen.registry.brands import known_brands, squeeze
from brand_metagen.registry.search import SAME_ALIAS, Names, search_known
from brand_metagen.registry.sectors import category

LEAST = McpSettings().likeness
TABLE = Sectors.of([("Grocery", "5411"), ("Fuel", "5541"), ("Fuel", "5542"), ("Toys", "5945")])


@pytest.mark.parametrize(
    ("query", "name", "least"),
    [
        ("STARBUKS", "Starbucks", 0.85),
        ("Sainsburys", "Sainsbury's", 1.0),
        ("mc donalds", "McDonald's", 1.0),
        ("Waterston", "Waterstones", 0.95),
        ("H & M", "H&M", 1.0),
        ("Waitorse", "Waitrose", 0.87),
        ("PRET A MANAGER", "Pret A Manger", 0.9),
    ],
)
def test_slips_are_forgiven(query: str, name: str, least: float) -> None:
    best = search_known(query, LEAST)[0]
    assert best.found.name == name
    assert best.likeness >= least


@pytest.mark.parametrize(
    "query",
    ["", " ", "'", "Qxzv Plumbing Services", "SMITH AND SONS OF RIPON", "A" * 200, "百货公司"],
)
def test_what_is_not_known_is_not_found(query: str) -> None:
    assert search_known(query, LEAST) == []


def test_the_likest_come_first_and_spelt_alike_before_begun_alike() -> None:
    found = search_known("Tesco", LEAST)
    likeness = [match.likeness for match in found]
    assert likeness == sorted(likeness, reverse=True)
    assert found[0].found.name == "Tesco"
    assert {"Tesco Express", "Tesco Mobile"} <= {m.found.name for m in found}


def test_every_name_is_found_under_itself() -> None:
    retail = [b for b in known_brands() if category(b.category).retail and squeeze(b.name)]
    for brand in Random(5).sample(retail, 300):
        assert brand in [m.found for m in search_known(brand.name, LEAST) if m.likeness == 1.0]


def test_few_names_have_a_stranger_near() -> None:
    """What `mcp.likeness` costs, as the guide says it; a lower one finds names by chance."""
    retail = [b for b in known_brands() if category(b.category).retail and squeeze(b.name)]
    drawn = Random(1).sample(retail, 300)

    def strangers(least: float) -> float:
        found = 0
        for brand in drawn:
            own = {squeeze(brand.name), *map(squeeze, brand.aliases)}
            near = (m for m in search_known(brand.name, least) if m.likeness < 0.95)
            found += any(squeeze(m.found.name) not in own for m in near)
        return found / len(drawn)

    assert strangers(LEAST) < 0.15 < strangers(0.7)


@given(st.text(max_size=60))
def test_any_text_is_answered_within_bounds(text: str) -> None:
    names = Names([("x", "Alpha Beta", ("AB",)), ("y", "Gamma", ())])
    for match in names.search(text, LEAST):
        assert LEAST <= match.likeness <= 1


def test_an_alias_is_told_from_a_name() -> None:
    names = Names([("x", "Alpha", ("Omega",)), ("y", "Omega", ())])
    assert [(m.found, m.likeness) for m in names.search("OMEGA", LEAST)] == [
        ("y", 1.0), ("x", SAME_ALIAS),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "sector", "share", "alternatives"),
    [
        ({"5411": 10}, "Grocery", 1.0, ()),
        ({"5411": 10}, " grocery ", 1.0, ()),
        ({"5411": 3, "5541": 1}, "Fuel", 0.25, ("Grocery",)),
        ({"5541": 1, "5542": 1, "5411": 2}, "Toys", 0.0, ("Fuel", "Grocery")),
        ({"9999": 5}, "Fuel", 0.0, ()),
        ({}, "Fuel", None, ()),
        ({"5411": 1}, "Nobody's", None, ("Grocery",)),
    ],
)
def test_alignment(
    codes: dict[str, float], sector: str, share: float | None, alternatives: tuple[str, ...]
) -> None:
    found = align(codes, TABLE, sector, 0.4)
    assert (found.share, found.alternatives) == (share, alternatives)


def test_sectors_join_by_their_folded_name() -> None:
    joined = Sectors.of([("GROCERY", "9")]).joined(TABLE)
    assert joined.names["grocery"] == "GROCERY"
    assert joined.codes["grocery"] == {"9", "5411"}
    assert joined.codes["toys"] == {"5945"}


def test_the_packaged_sectors_know_their_shops() -> None:
    assert "5411" in known_sectors().codes["grocery"]
    assert set(known_sectors().codes) >= {b.sector.casefold() for b in known_brands()[:50]}
