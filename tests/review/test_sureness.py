"""A reading that rests on weak signs is asked about; the same on strong signs is kept."""

from __future__ import annotations

import pytest
from remark_market import SmallMarket
from test_remark_corpus import markets, written

from brand_metagen.review import sureness
from brand_metagen.review.part import Part
from brand_metagen.review.reader import read
from brand_metagen.review.said import Said, Say
from brand_metagen.review.sureness import AT_LEAST, Sureness
from brand_metagen.review.things import Sort, Thing


def said(text: str, market: str = "star") -> tuple[set[str], bool]:
    small = SmallMarket(markets("open")[market])
    reading = read(text, small.brand, small)
    return set(map(written, reading.understood)), reading.question is not None


@pytest.mark.parametrize(
    ("weak", "strong", "kept"),
    [
        # Everyday words beside an id only describe it.
        ("12345 is the sweets, drop it", "drop the sweets rows", {"words_out SWEETS"}),
        ("5812 is wrong and taxis are ours", "taxis are ours", {"words_in TAXIS"}),
        # Words that lean on others which were not understood.
        ("HOTEL lobby vouchers are ours", "HOTEL is ours", {"words_in HOTEL"}),
        # What was not said of a kind by who would know.
        ("bus 12345 is a double decker", "12345 is a nail studio", {"does_not_belong 12345@B1"}),
        ("12345 was ours", "12345 is ours", {"belongs 12345@B1"}),
        ("12345 isn't not ours", "12345 isn't ours", {"does_not_belong 12345@B1"}),
        ("12345 is ours, but I would not bet on it", "12345 is ours", {"belongs 12345@B1"}),
        ("12345 is ours and it isn't", "12345 is ours", {"belongs 12345@B1"}),
        ("The bank changed 5812 to 5814", "change 5812 to 5814", {"mcc_out 5812", "mcc_in 5814"}),
        ("should 5812 go, tell me", "5812 should go", {"mcc_out 5812"}),
        ("when 5812 goes it is fine", "5812 goes", {"mcc_out 5812"}),
        ("There are 5812 wrong rows", "the 5812 rows are wrong", {"mcc_out 5812"}),
    ],
)
def test_weak_and_strong_ways_to_say_it(weak: str, strong: str, kept: set[str]) -> None:
    assert not said(weak)[0] & kept
    assert said(strong)[0] == kept


@pytest.mark.parametrize(
    ("text", "expect", "asks"),
    [
        ("5812 must go. Scratch that.", set(), True),
        ("5812 must go. The other way round, sorry.", set(), True),
        ("12345 is ours. Or is it?", set(), True),
        ("add 5441, sorry, typo, 5499", set(), True),
        ("5411 must go. 5812 must go. I was wrong.", {"mcc_out 5411"}, True),
        ("5411 must go. 5812 must go - scratch that", {"mcc_out 5411"}, True),
    ],
)
def test_what_is_taken_back_is_open_again(text: str, expect: set[str], asks: bool) -> None:
    assert said(text) == (expect, asks)


@pytest.mark.parametrize(
    "text",
    [
        "12345 | B1 | 5411 | STAR MARKET 12 BOSTON | not ours",
        "12345 B1 5411 STAR MARKET 12 BOSTON is wrong",
        "12345,B1,5411,STAR MARKET 12 BOSTON -> no",
        "STAR MARKET 12 BOSTON 12345 is wrong",
        "12345 (5411) is wrong",
    ],
)
def test_a_combo_pasted_with_its_columns_is_one_thing(text: str) -> None:
    assert said(text) == ({"does_not_belong 12345@B1"}, False)


def test_a_pasted_bank_says_which_row_is_meant() -> None:
    assert said("20001 | B2 | STAR BURGER HULL | wrong") == ({"does_not_belong 20001@B2"}, False)
    assert said("12345, 5411 and 5812 are wrong")[0] >= {"mcc_out 5411", "mcc_out 5812"}


def test_points_add_up_to_the_threshold() -> None:
    """Everyday words are kept as somebody else's, not as the brand's; not with one sign more."""
    plain = Thing(Sort.WORDS, "HOTEL", plain=True)
    parts = [Part(0, 5, things=(plain,), said=("hotel",)), Part(6, 9, frozenset({"wrong"}))]
    out, ours = Said(plain, say=Say.OUT), Said(plain, say=Say.IN)
    here, remark = Sureness(parts, outright=False), Sureness(parts, outright=True)
    assert here.strength(out) == sureness.SUREST - sureness.PLAIN >= AT_LEAST
    assert remark.strength(out) == AT_LEAST
    assert remark.strength(ours) < AT_LEAST
    assert Sureness([*parts, parts[1]], outright=True).strength(out) < AT_LEAST
