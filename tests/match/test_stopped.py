"""Where a pattern stopped: as people would point at it, true to the engine, quick on anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_conformance import ALPHABET, TREE, alternatives, ends

from brand_metagen.errors import RuleError
from brand_metagen.grammar import FEWEST_LETTERS, parse
from brand_metagen.match.stopped import MOST_STEPS, Reach, in_words, reach, reaches

LEARNED = r"\b(?:STARBUCKS|STAR[ -]?BUX|SBUX)(?:\b|[0-9])"


@pytest.mark.parametrize(
    ("pattern", "text", "matched", "expected"),
    [
        ("STARBUCKS", "SQ *STARBUKS LEEDS", "STARBU", ["'CKS'"]),
        ("STARBUCKS", "STARBUCK", "STARBUCK", ["'S'"]),
        ("STARBUCKS|SBUX", "SBU STARB", "STARB", ["'UCKS'"]),
        ("STARBUCKS", "STA STARB", "STARB", ["'UCKS'"]),
        ("STARBUCKS", "STAR STAR", "STAR", ["'BUCKS'"]),
        (LEARNED, "SQ *STARBUCKSX", "STARBUCKS", ["a digit", "the end of a word"]),
        (LEARNED, "XSTARBUCKS", "", []),
        (LEARNED, "STARBIX", "STARB", ["'UCKS'", "'UX'"]),
        (LEARNED, "TESCO LEEDS", "", []),
        ("AB[0-9]{2,4}C", "AB1D", "AB1", ["a digit"]),
        ("AB[0-9]{2,4}C", "AB12D", "AB12", ["'C'", "a digit"]),
        ("AB[0-9]{2}C", "AB123C", "AB12", ["'C'"]),
        ("AB[ .*-]?CD", "AB/CD", "AB", ["'CD'", "a blank or sign"]),
        ("AB(?:AND|[&+])CD", "ABANT", "ABAN", ["'D'"]),
        ("AB[AEIOU]{3}X", "ABAEX", "ABAE", ["one of A E I O U"]),
        ("AB[AEINRTSX]X", "ABQ", "AB", ["one of A E I N R S …"]),
        ("AB[A-Z]Q", "AB1", "AB", ["a letter"]),
        ("AB[ -~]{0,9}CD", "AB LEEDS", "AB", ["'CD'"]),
        ("AB[ -~]{2}", "AB1", "AB", ["any character"]),
        ("AB?C$", "ABC 1", "ABC", ["the end of the narrative"]),
        ("^ABC", "X ABC", "", []),
        (r"AB\b", "ABC", "AB", ["the end of a word"]),
        (r"[A-Z]{3} \bC", "ABC -C", "ABC ", ["the beginning of a word"]),
        ("A", "B", "", []),
        ("ABC", "", "", []),
    ],
)
def test_the_nearest_way_and_what_it_wanted(
    pattern: str, text: str, matched: str, expected: list[str]
) -> None:
    found = reach(pattern, text)
    assert found is not None
    assert not found.matched
    assert text[found.start : found.end] == matched
    assert list(found.expected) == expected
    assert found.nowhere is (matched == "")


def test_it_is_told_in_words() -> None:
    def told(pattern: str, text: str) -> str:
        found = reach(pattern, text)
        assert found is not None
        return in_words(found, text)

    assert told(LEARNED, "STARBIX") == "stops after 'STARB', where 'UCKS' or 'UX' is expected"
    assert told("STARBUCKS", "STARBUC") == "ends after 'STARBUC', where 'KS' is expected"
    assert told("STARBUCKS", "TESCO") == "nothing of it is there"
    assert told("STARBUCKS", "STARBUCKS") == "matches"


TEXT = st.text(ALPHABET, max_size=12)


@settings(max_examples=60, deadline=None)
@given(TREE, TEXT)
def test_it_matches_where_the_engine_does(tree: object, text: str) -> None:
    pattern = alternatives(tree)  # type: ignore[arg-type]
    found, engine = reach(pattern, text), re.compile(pattern)
    assert found is not None
    assert found.matched is (engine.search(text) is not None)
    if found.matched:
        assert engine.match(text, found.start)
        assert found.end in ends(parse(pattern), text, found.start)
    elif not found.nowhere:
        assert found.expected
        assert sum(c.isalnum() for c in text[found.start : found.end]) >= FEWEST_LETTERS


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("AB1", min_size=2, max_size=6), min_size=1, max_size=3),
    st.text("AB1", max_size=10),
)
def test_of_words_the_longest_beginning_is_the_nearest(words: list[str], text: str) -> None:
    found = reach("|".join(words), text)
    assert found is not None
    beginnings = {word[:n] for word in words for n in range(FEWEST_LETTERS, len(word) + 1)}
    there = [b for b in beginnings if b in text]
    if any(word in text for word in words):
        assert found.matched
    elif there:
        longest = max(map(len, there))
        matched = text[found.start : found.end]
        assert (len(matched), matched in beginnings) == (longest, True)
        rests = {repr(word[longest:]) for word in words if word.startswith(matched)}
        assert set(found.expected) <= rests
    else:
        assert found == Reach(0, 0, False)


HOSTILE = ("A" * 1_999 + "B", "|".join(["AB"] * 660), "A?" * 990 + "BB", "[ -~]{0,40}" * 180 + "BB")


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_hostile_pair_is_given_up_and_counted(pattern: str) -> None:
    text = "A" * 1_024
    assert reach(pattern, text) is None
    assert reach(pattern, text[:3]) is not None


def test_many_texts_share_the_steps() -> None:
    pattern, text = "|".join(["AB"] * 660), "A" * 50
    found = list(reaches(pattern, [text] * 5))
    alone = reach(pattern, text)
    assert alone is not None
    assert found == [alone, alone, None, None, None]
    assert list(reaches("AB", ["AC"] * 3, 0)) == [None] * 3
    assert MOST_STEPS < 5 * 50 * 660


def test_a_pattern_outside_the_language_is_refused() -> None:
    with pytest.raises(RuleError):
        reach("(A+)+", "A")
