"""Shapes of narratives and codes of a sector, at exactly the stated bounds."""

from dataclasses import replace

import pytest

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.consistency import SectorCodes, consistency, shape, tail_words
from markets import Row, market_of

SETTINGS = EvaluateSettings()


def narratives(shapes: int, rows: int) -> list[str]:
    return [f"{chr(65 + i % shapes) * 3} SHOP" for i in range(rows)]


@pytest.mark.parametrize(
    ("narrative", "masked"),
    [
        ("TESCO 1234 LEEDS", "TESCO #"),
        ("TESCO LEEDS", "TESCO ~"),
        ("LEEDS BUILDING SOCIETY", "LEEDS BUILDING"),
        ("B&Q 1044", "B&Q #"),
        ("TESCO STORES 1234", "TESCO STORES"),
        ("TESCO*A1B2C3", "TESCO*#"),
        ("", ""),
    ],
)
def test_shape(narrative: str, masked: str) -> None:
    assert shape(narrative, {"LEEDS"}) == masked


@pytest.mark.parametrize(
    ("shapes", "rows", "level", "varies"),
    [
        (1, 20, "high", False),
        (10, 20, "high", False),
        (11, 20, "medium", False),
        (18, 20, "medium", False),
        (19, 20, "low", True),
        (9, 9, "low", False),
        (10, 10, "low", True),
    ],
)
def test_levels(shapes: int, rows: int, level: str, varies: bool) -> None:
    found = consistency(narratives(shapes, rows), SETTINGS)
    assert (found.shapes, found.level, found.high_variance) == (shapes, level, varies)


def test_a_moved_bound_moves_the_level() -> None:
    strict = replace(SETTINGS, shapes_few=0.49, shapes_many=0.5)
    assert consistency(narratives(10, 20), strict).level == "medium"
    assert consistency(narratives(11, 20), strict).high_variance


def test_the_five_most_frequent_shapes_are_kept() -> None:
    rows = ["B ONE"] * 3 + ["A ONE"] * 3 + ["C ONE"] * 4 + ["D ONE", "E ONE", "F ONE"]
    found = consistency(rows, SETTINGS)
    assert found.shapes == 6
    assert found.top == (("C ONE", 4), ("A ONE", 3), ("B ONE", 3), ("D ONE", 1), ("E ONE", 1))


def test_no_rows_are_no_error() -> None:
    found = consistency([], SETTINGS)
    assert (found.shapes, found.top, found.high_variance) == (0, (), False)


def test_tails_are_found_from_the_market() -> None:
    brands = {str(i): f"Brand{i}" for i in range(5)}
    rows: list[Row] = [(f"BRAND{i} YORK", str(i), "5999") for i in range(5)]
    rows += [(f"BRAND{i} HULL", str(i), "5999") for i in range(4)]
    rows += [("SOLITARY", str(i), "5999") for i in range(5)]
    rows += [("NOBODY BATH", "", "5999")] * 9
    market = market_of(brands, rows)
    assert tail_words(market, 5) == {"YORK"}
    assert tail_words(market, 4) == {"YORK", "HULL"}


def test_codes_of_a_sector_are_those_its_other_brands_use() -> None:
    rows: list[Row] = [("A", "1", "5812"), ("A", "1", "8111"), ("A", "1", "8111")]
    rows += [*[("B", "2", "5812")] * 49, ("B", "2", "8111"), ("D", "4", "5999")]
    market = market_of({"1": "A", "2": "B", "3": "C", "4": ("D", "Alone")}, rows)
    codes, stricter = SectorCodes(market, 0.02), SectorCodes(market, 0.021)
    assert codes.unusual("1") == frozenset()
    assert stricter.unusual("1") == {"8111"}
    assert stricter.unusual_share("1") == pytest.approx(2 / 3)
    # A brand without rows, or alone in its sector, has nothing to be held against.
    assert codes.unusual_share("3") == codes.unusual_share("4") == 0.0


@pytest.mark.parametrize(("direct", "unusual"), [(49, set()), (59, {"8111"})])
def test_a_code_is_usual_from_one_row_in_fifty_on(direct: int, unusual: set[str]) -> None:
    rows: list[Row] = [("A", "1", "8111"), ("B", "2", "8111"), *[("B", "2", "5812")] * direct]
    market = market_of({"1": "A", "2": "B"}, rows)
    assert SectorCodes(market, SETTINGS.sector_code_share).unusual("1") == unusual
