"""Names misspelt: what their patterns take, how much they must tell, and when they are believed."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Rule
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import learn_brand
from brand_metagen.synthesise.names import phrase_of
from brand_metagen.synthesise.slips import (
    CUT,
    LETTER_LOST,
    MOST_SWAPS,
    SLIPS,
    SWAP_BITS,
    SWAPPED,
    SWAPPED_BARE,
    VOWELS_LOST,
    Slip,
    letter_bits,
    slipped,
    slipped_bare,
    swaps,
)
from markets import Row, market_of, shops

EVEN = dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 5.0)


def pattern_of(name: str, slip: Slip) -> str:
    """The pattern for one slip, however little it tells."""
    (candidate,) = slipped(phrase_of(name), dict.fromkeys(EVEN, 40.0), (slip,))
    return candidate.pattern


TAKEN = [
    (
        "Foxtail",
        SWAPPED,
        ["FOXTAIL", "FOXATIL", "FOXTALI", "FXOTAIL"],
        ["OFXTAIL", "FOXTAL", "FOXTAILS"],
    ),
    ("Foxtail", LETTER_LOST, ["FOXTIL", "FOXXTAIL", "FOXTAIL"], ["FOXTL", "OFXTAIL"]),
    ("Foxtail", VOWELS_LOST, ["FXTL", "FXLT", "FOXTL"], ["FXT", "FOX"]),
    ("Foxtails", VOWELS_LOST, ["FXTLS", "FOXTAILS"], ["FOXTAILSS", "FXTL"]),
    ("Pilot Flying", SWAPPED, ["PILOT FLYING", "PLIOTFLYING", "PILOT LFYING"], ["PILOT FLYINGS"]),
    (
        "Pilot Flying",
        CUT,
        ["PLTO FL", "PILO FLYI", "PILO TFLYING", "PILOTF LYING", "PILOT FLYING"],
        ["PILOT F", "PI FLYING"],
    ),
    ("Sun & Sandals", SWAPPED, ["SUN AND SADNALS", "SNU & SANDALS"], ["SUN AMD SANDALS"]),
    ("Old Town Bakery", SWAPPED, ["OLD TOWN ABKERY", "OLD TONW BAKERY"], ["OLD TOWN"]),
    ("Miller's", SWAPPED, ["MILLERS", "MLILERS", "MILLRE'S"], ["MILLER"]),
    ("Miller's", VOWELS_LOST, ["MLLR S", "MLLR"], ["MLL"]),
]


@pytest.mark.parametrize(("name", "slip", "taken", "left"), TAKEN)
def test_what_a_pattern_takes(name: str, slip: Slip, taken: list[str], left: list[str]) -> None:
    pattern = pattern_of(name, slip)
    assert [text for text in taken if not re.fullmatch(pattern, text)] == []
    assert [text for text in left if re.fullmatch(pattern, text)] == []


@pytest.mark.parametrize("name", ["", "X", "HMV", "B&Q", "Joe Bar"])
def test_short_words_have_no_slips(name: str) -> None:
    assert slipped(phrase_of(name), EVEN) == []


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_tried_from_the_bits_it_must_tell(slip: Slip) -> None:
    def tried(told: float) -> bool:
        """Whether it is when the first letter tells nearly all there is."""
        bits = EVEN | dict.fromkeys("OXTAIL", 2.6) | {"F": told}
        return bool(slipped(phrase_of("Foxtail"), bits, (slip,)))

    assert not tried(slip.bits - 1)
    assert tried(slip.bits + 0.1)


NAME = st.from_regex(r"[A-Z]{1,9}( ?[&'-]? ?[A-Z]{1,8}){0,3}", fullmatch=True)


@given(NAME)
def test_a_wider_pattern_takes_what_a_narrower_one_takes(name: str) -> None:
    candidates = slipped(phrase_of(name), EVEN)
    words = " ".join(phrase_of(name).words())
    for candidate in candidates:
        check_pattern(candidate.pattern)
        joined = "&" in name or "'" in name or candidate.kind in {s.kind for s in SLIPS[:2]}
        assert joined or re.fullmatch(candidate.pattern, words)


@given(NAME, st.data())
def test_every_swap_after_the_first_letter_of_a_word_is_taken(
    name: str, data: st.DataObject
) -> None:
    phrase = phrase_of(name)
    candidates = slipped(phrase, EVEN)
    assume(candidates and "'" not in name and "&" not in name)
    words = phrase.words()
    at = data.draw(st.integers(0, len(words) - 1))
    word = words[at]
    assume(len(word) > 2)
    i = data.draw(st.integers(1, len(word) - 2))
    words[at] = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    assert re.fullmatch(candidates[-1].pattern, " ".join(words))
    assert re.fullmatch(candidates[-1].pattern, "".join(words))


def test_rare_letters_surprise_more() -> None:
    bits = letter_bits(["EEEE", "EEX"])
    assert bits["Z"] > bits["X"] > bits["E"]
    assert sum(2.0**-b for b in bits.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "bits", "found"),
    [
        ("Cargo", 5.0, ["CRAGO", "CAGRO", "CAROG"]),
        ("Cargo", (SWAP_BITS - 0.1) / 5, []),
        ("Foot", 5.0, ["FOTO"]),
        ("A" + "BCDEFGHIJKLMNOP"[: MOST_SWAPS - 1], 5.0, None),
        ("A" + "BCDEFGHIJKLMNOP"[:MOST_SWAPS], 5.0, []),
    ],
)
def test_swaps_are_spelled_out_for_short_names(
    name: str, bits: float, found: list[str] | None
) -> None:
    spelled = [c.pattern for c in swaps(phrase_of(name), dict.fromkeys(EVEN, bits))]
    assert len(spelled) == MOST_SWAPS - 2 if found is None else spelled == found


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Pandora", "P[DNR]{3}A?"),
        ("Giraffe", "G[FR]{3}E?"),
        ("Boot", None),
        ("Pilot Flying", None),
    ],
)
def test_names_without_vowels_and_swapped(name: str, pattern: str | None) -> None:
    found = slipped_bare(phrase_of(name), EVEN)
    assert (found.pattern if found else None) == pattern


def test_a_name_without_vowels_must_tell_enough() -> None:
    # Three letters of a class of three tell log2(3) bits less each than alone.
    few = dict.fromkeys(EVEN, SWAPPED_BARE / 4)
    assert slipped_bare(phrase_of("Pandora"), few) is None


ROWS = shops("FOXTAIL", "1", "5812")


def learned(names: dict[str, str], rows: list[Row], public: list[str] | None = None) -> Rule:
    known = gather(market_of(names, rows), public or [], LearnSettings())
    rule = learn_brand(known, "1").rule
    assert rule is not None
    return rule


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Foxtail", "CARD FOXATIL LEEDS"),
        ("Foxtail Brewing", "CARD FXTALI BRWN 12"),
    ],
)
def test_a_rule_takes_slips_it_has_never_seen(name: str, text: str) -> None:
    rule = learned({"1": name}, shops(name.upper(), "1", "5812"))
    assert re.search(rule.regex, text)


@pytest.mark.parametrize(("public", "taken"), [(["Foxtial"], False), ([], True)])
def test_not_where_a_public_name_is_spelled_so(public: list[str], taken: bool) -> None:
    rule = learned({"1": "Foxtail"}, ROWS, public)
    assert bool(re.search(rule.regex, "FOXTIAL 12")) == taken
    # The other swaps are spelled out then.
    assert re.search(rule.regex, "FOXATIL 12")


def test_not_where_a_rival_is_spelled_so() -> None:
    rows = [*ROWS, *shops("FOXLAIT", "2", "5812")]
    rule = learned({"1": "Foxtail", "2": "Foxlait"}, rows)
    assert not re.search(rule.regex, "FOXLAIT 12")
    assert re.search(rule.regex, "FOXTAIL 12")
