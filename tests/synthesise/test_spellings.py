"""Spellings proposed from a name alone, and how much of a name must stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.names import core_phrase, phrase_of
from brand_metagen.synthesise.spellings import (
    full_name,
    head,
    other_names,
    shortenings,
    shortest_head,
)
from markets import Row, market_of, shops

PROPOSED = [
    ("Boots", {"vowels dropped": ["BTS"]}, {"BTS": 2}),
    ("HMV", {}, {}),
    ("Tesco", {"vowels dropped": ["TSCO?"]}, {"TSCO?": 2}),
    ("Starbucks", {"vowels dropped": ["STRBCKS"]}, {"STRBCKS": 0}),
    (
        "Pilot Flying",
        {
            "vowels dropped": ["PLT[ -]?FLYNG"],
            "words cut to four letters": ["PILO[ -]?FLYI"],
            "initials": ["P[ .-]{0,2}FLYING", "PF", "P[ .-]{0,2}F"],
        },
        {"PLT[ -]?FLYNG": 0, "PILO[ -]?FLYI": 0, "PF": 2, "P[ .-]{0,2}FLYING": 1},
    ),
    ("B&Q", {"initials": ["B[ .-]{0,2}Q", "BQ"]}, {"BQ": 2}),
    ("X", {}, {}),
]


@pytest.mark.parametrize(("name", "kinds", "evidence"), PROPOSED)
def test_shortenings(name: str, kinds: dict[str, list[str]], evidence: dict[str, int]) -> None:
    proposed = list(shortenings(phrase_of(name), [full_name(phrase_of(name))]))
    found: dict[str, set[str]] = {}
    for candidate, _ in proposed:
        found.setdefault(candidate.kind, set()).add(candidate.pattern)
    assert found == {kind: set(patterns) for kind, patterns in kinds.items()}
    needed = {candidate.pattern: rows for candidate, rows in proposed}
    assert evidence.items() <= needed.items()


def test_what_the_name_takes_anyway_is_not_proposed() -> None:
    phrase = phrase_of("Pilot Flying")
    kinds = {c.kind for c, _ in shortenings(phrase, [head(phrase, 8, bare=True)])}
    assert kinds == {"words cut to four letters", "initials"}
    phrase = phrase_of("Pile Flying")
    assert {c.kind for c, _ in shortenings(phrase, [head(phrase, 8, bare=True)])} == {"initials"}


NAME = st.from_regex(r"[A-Z]{2,9}( ?[&'-]? ?[A-Z]{1,8}){0,3}", fullmatch=True)


@given(NAME)
def test_a_head_takes_the_name_however_late_it_is_cut(name: str) -> None:
    phrase = phrase_of(name)
    for length in range(1, len(phrase.letters)):
        candidate = head(phrase, length)
        for end in range(length, len(phrase.letters) + 1):
            assert re.fullmatch(candidate.pattern, phrase.letters[:end])
        assert re.fullmatch(candidate.pattern, phrase.letters)
        assert candidate.key in phrase.letters[:length]
        bare = head(phrase, length, bare=True)
        assert re.fullmatch(bare.pattern, phrase.letters)
        assert not set(bare.key) & set("AEIOU")


@pytest.mark.parametrize(
    ("name", "length", "pattern"),
    [
        ("Texas Roadhouse", 10, "TEXAS[ -]?ROADH[EOSU]{0,4}"),
        ("Boots", 4, "BOOTS?"),
        ("Boott", 3, "BOO[T]{0,2}"),
        ("B" + "A" * 60, 1, "B[A]{0,40}"),
    ],
)
def test_heads_go_on_with_letters_of_their_own(name: str, length: int, pattern: str) -> None:
    assert head(phrase_of(name), length).pattern == pattern


def shortest(name: str, rows: list[Row], *others: str, **changed: float) -> str | None:
    brands = {"1": name, **{str(i): other for i, other in enumerate(others, start=2)}}
    settings = LearnSettings(**changed)  # type: ignore[arg-type]
    known = gather(market_of(brands, rows), [], settings)
    found = shortest_head(known.judge, "1", known.full_hits["1"])
    return None if found is None else head(known.phrases["1"], found).pattern


def test_a_head_stops_at_the_floor_without_evidence() -> None:
    rows = shops("TEXAS ROADHOUSE", "1", "5812")
    assert shortest("Texas Roadhouse", rows) == "TEXAS[ -]?RO[ADEHOSU]{0,7}"
    assert shortest("Texas Roadhouse", rows, head_floor=11) == "TEXAS[ -]?ROADHO[ESU]{0,3}"


def test_two_rows_of_its_own_take_it_further() -> None:
    full = shops("TEXAS ROADHOUSE", "1", "5812")
    cut: list[Row] = [("TEXAS R 12 LEEDS", "1", "5812"), ("TEXAS R 13 YORK", "1", "5812")]
    assert shortest("Texas Roadhouse", full + cut) == "TEXAS[ -]?R[ADEHOSU]{0,8}"
    assert shortest("Texas Roadhouse", full + cut[:1]) == "TEXAS[ -]?RO[ADEHOSU]{0,7}"
    further = shortest("Texas Roadhouse", full + cut, head_evidence_floor=7)
    assert further == "TEXAS[ -]?RO[ADEHOSU]{0,7}"


def test_a_rival_stops_it() -> None:
    rows = shops("TEXAS ROADHOUSE", "1", "5812") + shops("TEXAS ROADSHOES", "2", "5812")
    found = shortest("Texas Roadhouse", rows, "Texas Roadshoes")
    assert found == "TEXAS[ -]?ROADH[EOSU]{0,4}"


def test_a_short_name_cannot_be_cut() -> None:
    assert shortest("Boots", shops("BOOTS", "1", "5812")) is None
    assert shortest("", []) is None


def test_a_plural_may_lose_its_s() -> None:
    assert shortest("Peacocks", shops("PEACOCKS", "1", "5812")) == "PEACOCKS?"
    assert shortest("Boots", shops("BOOTS", "1", "5812")) is None, "too short"
    assert shortest("Peacock", shops("PEACOCK", "1", "5812")) is None, "no S to lose"
    bird = [(f"PEACOCK INN {i}", "", "5812") for i in range(8)]
    assert shortest("Peacocks", shops("PEACOCKS", "1", "5812") + bird) is None
    other = shops("PEACOCK", "2", "5812")
    assert shortest("Peacocks", shops("PEACOCKS", "1", "5812") + other, "Peacock") is None


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("The Shop (USA) Ltd", "(?:THE)?SHOP"),
        ("Gym The", "GYM[ -]?THE"),
        ("The", "THE"),
        ("Theatre", "THEATRE"),
    ],
)
def test_a_leading_the_may_be_glued(name: str, pattern: str) -> None:
    phrase = core_phrase(name)
    assert full_name(phrase).pattern == pattern
    assert head(phrase, len(phrase.letters) - 1).pattern.startswith("(?:THE)?") == phrase.the


def test_the_core_is_what_is_spelled() -> None:
    assert core_phrase("The Shop (USA) Ltd").letters == "SHOP"


def cut_names(rows_without_label: int) -> list[Row]:
    """Six brands of one word, whole and cut to six letters, and so many cut rows of nobody's."""
    rows = []
    for number, name in enumerate(CUT_NAMES):
        rows += shops(name, str(number), "5812")
        rows.append((f"{name[:6]} 9", str(number), "5812"))
    nobody = [(f"{name[:6]} {n}1", "", "5812") for n in range(2) for name in CUT_NAMES]
    return rows + nobody[:rows_without_label]


CUT_NAMES = ("ZEBRINKA", "QUOLTERS", "VANTRIXO", "KELMORPH", "JUXTAPON", "WYBRANDT")


@pytest.mark.parametrize(("nobody", "floor"), [(0, 6), (2, 6), (6, 7)])
def test_heads_are_as_short_as_the_market_bears_out(nobody: int, floor: int) -> None:
    names = {str(number): name for number, name in enumerate(CUT_NAMES)}
    known = gather(market_of(names, cut_names(nobody)), [], LearnSettings())
    assert known.judge.settings.head_floor == floor


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Steak 'n Shake", "STEAK 'N SHAKE"),
        ("Go N' Get", "GO N' GET"),
        ("St. John Bar", "ST. JOHN BAR"),
    ],
)
def test_signs_at_the_edge_of_a_word_may_stand_there(name: str, text: str) -> None:
    assert re.fullmatch(full_name(phrase_of(name)).pattern, text)


def test_another_name_of_a_brand_is_believed_of_one_row() -> None:
    alias = core_phrase("Blue Lantern")
    known = [full_name(core_phrase("Zebrinka"))]
    assert [(c.kind, rows) for c, rows in other_names([alias], known)] == [("another name", 1)]
    assert list(other_names([core_phrase("Zebrinka Bars")], known)) == []
