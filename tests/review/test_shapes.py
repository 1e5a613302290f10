"""Rows taken by their shape: what looks the same is taken too, what reads on is not."""

from __future__ import annotations

import pytest

from brand_metagen.grammar import check_pattern
from brand_metagen.review.shapes import first_bearable, shapes
from brand_metagen.review.words import safe_search


@pytest.mark.parametrize(
    ("text", "says", "also", "not_these"),
    [
        (
            "SUMUP *LGLND", ["LGLND alone"],
            ["LGLND", "SQ *LGLND", "POS LGLND 1234", "LGLND #77"], ["LGLND HULL", "ALGLND"],
        ),
        ("ST. JO", ["ST JO alone"], ["ST JO 12", "ST.JO"], ["ST. JOHN", "ST. JO LEEDS"]),
        (
            "WLCM #7345", ["WLCM alone", "'WLCM #7345' with any number"],
            ["WLCM", "WLCM #1"], ["WLCM LEEDS"],
        ),
        (
            "CASTLE 1033 LONDON", ["'CASTLE 1033 LONDON' with any number"],
            ["CASTLE 77 LONDON"], ["CASTLE LONDON", "CASTLE 1033 LONDON 2", "THE CASTLE 12 LONDON"],
        ),
        ("A (B) C.D 123", ["'A (B) C.D 123' with any number"], ["A (B) C.D 45"], ["A (B) CXD 45"]),
        ("7-11 5", [], [], []),
        ("HOUS OF H NEWPORT", ["HOUS OF H NEWPORT alone"], [], ["HOUS OF H"]),
    ],
)  # fmt: skip
def test_shapes(text: str, says: list[str], also: list[str], not_these: list[str]) -> None:
    found = list(shapes(text))
    assert [shape.says for shape in found] == says
    for shape in found:
        check_pattern(shape.pattern)
        assert safe_search(shape.pattern)(text)
    if found:
        first = safe_search(found[0].pattern)
        assert all(map(first, also))
        assert not any(map(first, not_these))


def test_the_first_that_may_be_borne_is_taken() -> None:
    alone, numbered = shapes("WLCM #7345")
    assert first_bearable("WLCM #7345", lambda _: True) == alone
    assert first_bearable("WLCM #7345", lambda shape: shape == numbered) == numbered
    assert first_bearable("WLCM #7345", lambda _: False) is None
