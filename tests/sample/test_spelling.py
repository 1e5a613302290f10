"""Names on statements, and layouts filled in."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.errors import IntegrityError
from brand_metagen.registry.brands import known_brands, squeeze
from brand_metagen.sample.cast import head_word, sizes
from brand_metagen.sample.layouts import Place, layouts, parsed, printed
from brand_metagen.sample.spelling import (
    dirtied,
    habits,
    initials,
    short_form,
    swapped,
    without_vowels,
    words_cut,
    written,
)
from brand_metagen.sample.words import words

PLACE = Place("LEEDS", "0123", "M000000001")


@pytest.mark.parametrize(
    ("name", "apostrophe", "ampersand", "expected"),
    [
        ("Sainsbury's", "", "&", "SAINSBURYS"),
        ("Sainsbury’s", " ", "&", "SAINSBURY S"),
        ("Marks & Spencer", "", " AND ", "MARKS AND SPENCER"),
        ("Marks & Spencer", "", " N ", "MARKS N SPENCER"),
        ("Marks & Spencer", "", " ", "MARKS SPENCER"),
        ("A&W (USA)", "", "&", "A&W"),
        ("Go! Games", "", "&", "GO GAMES"),
        ("Café Rouge", "", "&", "CAFÉ ROUGE"),
    ],
)
def test_written(name: str, apostrophe: str, ampersand: str, expected: str) -> None:
    assert written(name, apostrophe, ampersand) == expected


@pytest.mark.parametrize(
    ("text", "vowels", "cut", "first"),
    [
        ("COSTA", "COSTA", "COSTA", "COSTA"),
        ("SMITHFIELDS CHICKEN", "SMTHFLDS CHCKN", "SMIT CHIC", "SMITHFIELDS CHICKEN"),
        ("THE BODY SHOP", "THE BDY SHP", "THE BODY SHOP", "TBS"),
        ("ASDA", "ASDA", "ASDA", "ASDA"),
    ],
)
def test_shortened(text: str, vowels: str, cut: str, first: str) -> None:
    assert (without_vowels(text), words_cut(text), initials(text)) == (vowels, cut, first)


def test_short_forms_come_from_the_list() -> None:
    assert short_form("PIZZA HOUSE", Random(1)) == "PIZ HSE"


@given(st.text("ABC XYZ", min_size=1, max_size=20), st.integers())
def test_swapping_keeps_the_letters(text: str, seed: int) -> None:
    assert sorted(swapped(text, Random(seed))) == sorted(text)


@given(st.sampled_from(known_brands()), st.integers())
def test_habits_and_dirt_never_empty_a_name(brand: object, seed: int) -> None:
    name = brand.name  # type: ignore[attr-defined]
    if len(squeeze(written(name))) < 3:
        return
    rng = Random(seed)
    found = habits(name, rng)
    assert all(squeeze(text) for text in found)
    assert len(set(found)) == len(found)
    assert squeeze(dirtied(found[0], name, rng))
    assert len(squeeze(head_word(name))) >= 1


def test_every_kind_of_dirt_is_possible() -> None:
    rng = Random(3)
    made = {
        dirtied("AMAZING COFFEE & TEA HOUSE", "Amazing Coffee & Tea House", rng) for _ in range(400)
    }
    for wanted in (
        "AMAZINGCOFFEETEAHOUSE",
        "AMAZING COFFEE & T",
        "AMZNG CFFE & TEA HSE",
        "AMAZ COFF & TEA HOUS",
        "AMAZING-COFFEE-&-TEA-HOUSE",
        "AMAZING COFFEE AND TEA HOUSE",
        "ACTH",
    ):
        assert wanted in made


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_layouts_print_the_name(layout: object) -> None:
    rng = Random(5)
    for _ in range(50):
        text = printed(layout, "COSTA SHOP", PLACE, rng)  # type: ignore[arg-type]
        assert "COSTA" in text or "COST" in text
        assert "{" not in text


def test_the_fixed_form_has_fixed_columns() -> None:
    form = next(layout for layout in layouts() if layout.name == "fixed_width")
    rng = Random(1)
    texts = {printed(form, "A VERY LONG NAME OF A SHOP", PLACE, rng) for _ in range(9)}
    assert texts == {"A VERY LONG NAME OF A  LEEDS         GBR"}


def test_layouts_are_told_apart_and_reachable() -> None:
    names = [layout.name for layout in layouts()]
    assert len(set(names)) == len(names) >= 20
    for layout in layouts():
        assert layout.brand > 0
        assert layout.shop > 0
        assert 0 <= layout.wallet_mcc <= 1
        assert layout.wallet == (layout.wallet_mcc > 0)


def test_a_blank_nobody_fills_in_is_named() -> None:
    with pytest.raises(IntegrityError, match="nothing fills in shoe"):
        parsed({"name": "x", "brand": 1, "shop": 1, "texts": ["{name} {shoe}"]})


def test_word_lists_are_clean() -> None:
    lists = words()
    for group in (lists.towns, lists.surnames):
        assert len(set(group)) == len(group) > 150
        assert all(word == word.strip().upper() and word for word in group)
    assert len({trade.text for trade in lists.trades}) == len(lists.trades) > 100


@given(st.integers(1, 60), st.integers(0, 500), st.integers())
def test_sizes_add_up(count: int, rows: int, seed: int) -> None:
    from brand_metagen.config import SampleSettings

    found = sizes(count, rows, Random(seed), SampleSettings())
    assert (len(found), sum(found)) == (count, rows)
    assert min(found) >= 0
