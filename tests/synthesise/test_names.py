"""Real-looking names as phrases: what is kept, what is cut, what may stand between the letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.grammar import parse
from brand_metagen.synthesise.names import (
    AMPERSAND,
    APOSTROPHE,
    BLANK,
    DOTTED,
    core_phrase,
    cut_words,
    phrase_of,
    skeleton,
    squeeze,
)
from brand_metagen.tables.normalise import normalise

CORES = [
    ("Boots", ["BOOTS"]),
    ("The Body Shop", ["BODY", "SHOP"]),
    ("THE THE", ["THE"]),
    ("The", ["THE"]),
    ("Barnes & Noble (USA)", ["BARNES", "NOBLE"]),
    ("Shop [old] Ltd.", ["SHOP"]),
    ("(RED)", ["RED"]),
    ("[X]", ["X"]),
    ("Tesco Stores PLC", ["TESCO", "STORES"]),
    ("UK Group Ltd", ["UK"]),
    ("Ltd", ["LTD"]),
    ("ASOS.com", ["ASOS"]),
    ("next.co.uk", ["NEXT"]),
    ("McDonald’s", ["MC", "DONALD", "S"]),
    ("Dunkin' Donuts", ["DUNKIN", "DONUTS"]),
    ("Rock 'n' Roll", ["ROCK", "N", "ROLL"]),
    ("7-Eleven", ["7", "ELEVEN"]),
    ("99p Stores", ["99P", "STORES"]),
    ("3 Store", ["3", "STORE"]),
    ("B&Q", ["B", "Q"]),
    ("C+A", ["C", "A"]),
    ("WHSmith", ["WHSMITH"]),
    ("PayPal", ["PAY", "PAL"]),
    ("Café Rouge", ["CAFE", "ROUGE"]),
    ("ﬁlofax", ["FILOFAX"]),
    ("Ａｐｐｌｅ", ["APPLE"]),
    ("X", ["X"]),
    ("&", []),
    ("Тануки", []),
    ("東京", []),
    ("", []),
]


@pytest.mark.parametrize(("name", "words"), CORES)
def test_the_words_of_a_name(name: str, words: list[str]) -> None:
    phrase = core_phrase(name)
    assert phrase.words() == words
    assert phrase.letters == "".join(words)


JOINTS = [
    ("Star Bucks", ["", BLANK]),
    ("Coca-Cola", ["", BLANK]),
    ("Coral's Bar", ["", APOSTROPHE, BLANK]),
    ("L'Occitane", ["", APOSTROPHE]),
    ("J. M. Weston", ["", DOTTED, DOTTED]),
    ("St John", ["", DOTTED]),
    ("H & M", ["", AMPERSAND]),
    ("H&M", ["", AMPERSAND]),
    ("Sun and Sand", ["", AMPERSAND]),
    ("And Other Oaks", ["", BLANK, BLANK]),
    ("Now and", ["", BLANK]),
    ("7 Days Inn", ["", BLANK, BLANK]),
]


@pytest.mark.parametrize(("name", "joints"), JOINTS)
def test_what_may_stand_between_words(name: str, joints: list[str]) -> None:
    phrase = phrase_of(name)
    starts = [len("".join(phrase.words()[:i])) for i in range(len(phrase.words()))]
    assert [phrase.joints[i] for i in starts] == joints
    assert not any(joint for i, joint in enumerate(phrase.joints) if i not in starts)


SPELLINGS = [
    ("B&Q", ["B&Q", "B & Q", "BANDQ", "B AND Q", "BQ", "B N Q", "B-Q", "B + Q"], ["BXQ", "B&&Q"]),
    ("McDonald's", ["MCDONALDS", "MC DONALDS", "MCDONALD'S", "MCDONALD S"], ["MCDONALD/S"]),
    ("Star Bucks", ["STARBUCKS", "STAR BUCKS", "STAR-BUCKS"], ["STAR  BUCKS", "STAR.BUCKS"]),
    ("T.K. Maxx", ["TK MAXX", "T.K. MAXX", "TKMAXX", "T K MAXX", "T.K.MAXX"], ["T+K MAXX"]),
]


@pytest.mark.parametrize(("name", "taken", "left"), SPELLINGS)
def test_spellings_a_phrase_covers(name: str, taken: list[str], left: list[str]) -> None:
    pattern = phrase_of(name).pattern()
    assert all(re.fullmatch(pattern, text) for text in taken)
    assert not any(re.fullmatch(pattern, text) for text in left)


SKELETONS = [
    ("Aspen Grille", "ASPN[ -]?GRLLE?", "ASPNGRLL"),
    ("Boots", "BTS", "BTS"),
    ("Asos", "ASS", "ASS"),
    ("Coca Cola", "CCA?[ -]?CLA?", "CC"),
    ("Fish & Chips", "FSH[ -]?(?:AND|[&+N])?[ -]?CHPS", "CHPS"),
    ("HMV", "HMV", "HMV"),
    ("&", "", ""),
]


@pytest.mark.parametrize(("name", "pattern", "run"), SKELETONS)
def test_names_without_their_vowels(name: str, pattern: str, run: str) -> None:
    assert skeleton(phrase_of(name)) == (pattern, run)


def test_vowels_may_be_missing_one_by_one_but_not_where_a_word_begins() -> None:
    pattern = phrase_of("Aspen Grille").pattern(bare=True)
    for text in ("ASPEN GRILLE", "ASPN GRLL", "ASPENGRLLE", "ASPN-GRILL"):
        assert re.fullmatch(pattern, text)
    for text in ("SPEN GRILLE", "ASPAN GRILLE", "ASEN GRILLE"):
        assert not re.fullmatch(pattern, text)


@pytest.mark.parametrize(
    ("name", "length", "pattern"),
    [
        ("Pilot Flying", 4, "PILO[ -]?FLYI"),
        ("Fat Face", 4, "FAT[ -]?FACE"),
        ("Fish & Chips", 2, "FI[ -]?(?:AND|[&+N])?[ -]?CH"),
        ("Boots", 9, "BOOTS"),
        ("&", 4, ""),
    ],
)
def test_words_cut(name: str, length: int, pattern: str) -> None:
    assert cut_words(phrase_of(name), length).pattern() == pattern


@pytest.mark.parametrize(
    ("name", "run"),
    [("Marks & Spencer", "SPENCER"), ("B&Q", "B"), ("Coca-Cola", "COCACOLA"), ("&", "")],
)
def test_the_run_no_word_of_its_own_may_break(name: str, run: str) -> None:
    assert phrase_of(name).fixed_run() == run


NAME = st.text(st.one_of(st.sampled_from("abzABZ09 '’&+-.()[]é東ﬁ"), st.characters()), max_size=30)


@given(NAME)
def test_any_name_gives_a_phrase_that_finds_the_name(name: str) -> None:
    phrase = phrase_of(name)
    assert len(phrase.letters) == len(phrase.joints)
    assert "".join(phrase.words()) == phrase.letters
    assert set(phrase.letters) <= set(squeeze(name))
    if phrase.letters:
        assert re.fullmatch(phrase.pattern(), phrase.letters)
        assert re.search(phrase.fixed_run(), phrase.letters)
        assert re.fullmatch(skeleton(phrase)[0], _without_vowels(phrase.words()))
        assert re.fullmatch(phrase.pattern(bare=True), phrase.letters)
        assert re.fullmatch(phrase.pattern(bare=True), _without_vowels(phrase.words()))
        parse(phrase.pattern())


def _without_vowels(words: list[str]) -> str:
    return "".join(w[0] + "".join(c for c in w[1:] if c not in "AEIOU") for w in words)


@given(NAME)
def test_the_core_is_made_of_the_name(name: str) -> None:
    core = core_phrase(name)
    letters = iter(normalise(name.replace("’", "'")))
    assert all(letter in letters for letter in core.letters), "letters in order, none added"
