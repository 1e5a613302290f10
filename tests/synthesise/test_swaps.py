"""Names with two neighbours swapped: what their pattern takes, and when it is believed."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.grammar import check_pattern
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import learn_brand
from brand_metagen.synthesise.names import phrase_of
from brand_metagen.synthesise.swaps import TELLING_BITS, letter_bits, swapped
from markets import market_of, shops

EVEN = dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 5.0)


def spelled(name: str) -> Candidate:
    candidate = swapped(phrase_of(name), EVEN)
    assert candidate is not None
    return candidate


TAKEN = [
    ("Foxtail", ["FOXTAIL", "FOXATIL", "FOXTALI", "FXOTAIL"], ["OFXTAIL", "FOXTAL", "FOXTAILS"]),
    (
        "Pilot Flying",
        ["PILOT FLYING", "PLIOT FLYING", "PILOTFLYING", "PILO TFLYING", "PILOTF LYING"],
        ["PI LOT FLYING", "PILOT FLYINGS"],
    ),
    ("Sun & Sandals", ["SUN AND SADNALS", "SNU & SANDALS", "SUNSANDALS"], ["SUN AMD SANDALS"]),
    ("Old Town Bakery", ["OLD TOWN ABKERY", "OLD TONW BAKERY"], ["OLD TOWN"]),
    ("Miller's", ["MILLERS", "MLILERS", "MILLESR"], ["MILLER"]),
]


@pytest.mark.parametrize(("name", "taken", "left"), TAKEN)
def test_what_a_pattern_takes(name: str, taken: list[str], left: list[str]) -> None:
    pattern = spelled(name).pattern
    assert [text for text in taken if not re.fullmatch(pattern, text)] == []
    assert [text for text in left if re.fullmatch(pattern, text)] == []


@pytest.mark.parametrize("name", ["", "X", "HMV", "B&Q", "Joe Bar"])
def test_short_words_are_not_swapped(name: str) -> None:
    assert swapped(phrase_of(name), EVEN) is None


def test_a_name_of_common_letters_tells_too_little() -> None:
    common = EVEN | dict.fromkeys("STARE", TELLING_BITS / 20)
    assert swapped(phrase_of("Starters"), common) is None
    assert swapped(phrase_of("Starters"), EVEN) is not None


NAME = st.from_regex(r"[A-Z]{1,9}( ?[&'-]? ?[A-Z]{1,8}){0,3}", fullmatch=True)


@given(NAME, st.data())
def test_every_swap_after_the_first_letter_of_a_word_is_taken(
    name: str, data: st.DataObject
) -> None:
    phrase = phrase_of(name)
    candidate = swapped(phrase, EVEN)
    assume(candidate is not None and "'" not in name)
    assert candidate is not None
    check_pattern(candidate.pattern)
    words = phrase.words()
    at = data.draw(st.integers(0, len(words) - 1))
    word = words[at]
    assume(len(word) > 2)
    i = data.draw(st.integers(1, len(word) - 2))
    words[at] = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    assert re.fullmatch(candidate.pattern, " ".join(words))
    assert re.fullmatch(candidate.pattern, "".join(words))


def test_rare_letters_surprise_more() -> None:
    bits = letter_bits(["EEEE", "EEX"])
    assert bits["Z"] > bits["X"] > bits["E"]
    assert sum(2.0**-b for b in bits.values()) == pytest.approx(1.0)


ROWS = shops("FOXTAIL", "1", "5812")


def test_a_rule_takes_swaps_it_has_never_seen() -> None:
    rule = learn_brand(gather(market_of({"1": "Foxtail"}, ROWS), [], LearnSettings()), "1").rule
    assert rule is not None
    assert re.search(rule.regex, "CARD FOXATIL LEEDS")


@pytest.mark.parametrize("public", [["Foxalti"], []])
def test_not_where_a_public_name_is_spelled_so(public: list[str]) -> None:
    known = gather(market_of({"1": "Foxtail"}, ROWS), public, LearnSettings())
    assert ("1" in known.swaps) == (not public)


def test_not_where_a_rival_is_spelled_so() -> None:
    rows = [*ROWS, *shops("FOXLAIT", "2", "5812")]
    known = gather(market_of({"1": "Foxtail", "2": "Foxlait"}, rows), [], LearnSettings())
    rule = learn_brand(known, "1").rule
    assert rule is not None
    assert not re.search(rule.regex, "FOXLAIT 12")
    assert re.search(rule.regex, "FOXTAIL 12")
