"""The word table in front of the patterns leaves nothing out, whatever a pattern begins with."""

from __future__ import annotations

import re
import time

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule

PATTERNS = [
    "BUCKS",
    "[A-Z]{2,4}9",
    "A1?B",
    "[AB]{0,2}CD",
    "(?:^|\\*[ ]?|\\bTO )BAR",
    "(?:AB|\\bC[ -]?)DE",
    "(?:[ *]|A)BC",
    "[ -~]{0,6}BC$",
    "AB[ -~]{0,5}CD",
    "AB[ '&-]{1,3}CD",
    "(?:A[ -]?)?BC",
    "^(?:AB)?CD",
    "(?:AB|C)?(?:DE|F)AB",
    "\\*AB",
    "_AB",
    "A_?B",
    "\\bAB|CD\\b",
    "AB$|^CD",
    "(?:(?:A|B[ -])C|[0-9]{2}D)A",
    "[A_ -]{0,2}BC",
    "(?:[ -]?|\\*)BC",
    "[A ]{3}BC",
    "A?" * 12 + "BC",
]
RULES = [Rule(str(i), pattern, None, ("1",)) for i, pattern in enumerate(PATTERNS)]
MATCHER = Matcher(RULES)
TEXT = st.text(st.sampled_from("AABBCCDDEF19 -*&_'."), max_size=20)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_patterns_are_in_the_language(pattern: str) -> None:
    check_pattern(pattern)


@settings(max_examples=600, deadline=None)
@given(TEXT)
def test_all_together_answer_as_each_alone(text: str) -> None:
    expected = [i for i, pattern in enumerate(PATTERNS) if re2.search(pattern, text)]
    assert [i for i, _ in MATCHER.spans(text)] == expected
    assert expected == [i for i, p in enumerate(PATTERNS) if re.search(p, text)]


ATOM = st.one_of(
    st.sampled_from(["A", "B", "C", "1", "_", " ", "-", r"\*", "A?", "1?"]),
    st.sampled_from(["[ -]?", "[AB]{1,2}", "[0-9]{0,2}", "[ .*'&-]{0,2}", "[ -~]{0,3}", "[B_]"]),
    st.sampled_from([r"\b", "^", "$"]),
)
SEQUENCE = st.lists(ATOM, min_size=1, max_size=4).map("".join)
GROUP = st.builds(
    lambda parts, end: "(?:" + "|".join(parts) + ")" + end,
    st.lists(SEQUENCE, min_size=1, max_size=3),
    st.sampled_from(["", "?"]),
)
PATTERN = st.lists(st.one_of(SEQUENCE, GROUP), min_size=1, max_size=4).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(PATTERN, min_size=1, max_size=4), st.lists(TEXT, min_size=1, max_size=6))
def test_generated_patterns(patterns: list[str], texts: list[str]) -> None:
    rules = []
    for pattern in patterns:
        try:
            check_pattern(pattern)
        except RuleError:
            continue
        rules.append(Rule(str(len(rules)), pattern, None, ()))
    matcher = Matcher(rules)
    for text in texts:
        expected = [i for i, rule in enumerate(rules) if re2.search(rule.include, text)]
        assert [i for i, _ in matcher.spans(text)] == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(?:[ -]?|\\*)BC", "XBC"),
        ("[A ]{3}BC", "A ABC"),
        ("[ -~]{0,3}AB", "C-XAB"),
        ("(?:A[ -])?BC", "XBC"),
        ("(?:^|\\*[ ]?|\\bTO )BAR", "SQ *BARBER"),
    ],
)
def test_beginnings_that_a_table_of_words_could_miss(pattern: str, text: str) -> None:
    assert re2.search(pattern, text)
    assert Matcher([Rule("1", pattern, None, ())]).spans(text)


def test_an_exclusion_shuts_out_and_codes_are_heeded() -> None:
    rules = [Rule("1", "STAR", r"\bFISH", ("5812",)), Rule("2", "STAR", None, ("5411", "5812"))]
    matcher = Matcher(rules)
    assert matcher.spans("STAR BAR") == [(0, (0, 4)), (1, (0, 4))]
    assert matcher.spans("STAR FISH") == [(1, (0, 4))]
    assert matcher.taken("STAR BAR", "5411") == [(1, (0, 4))]
    assert matcher.taken("STAR BAR", "7399") == []


def test_no_rules_and_no_text() -> None:
    assert Matcher([]).spans("STAR") == []
    assert MATCHER.spans("") == []


def test_what_is_not_in_the_language_is_never_run() -> None:
    for include, exclude in (("(A+)+B", None), ("STAR", "(?!X)")):
        with pytest.raises(RuleError):
            Matcher([Rule("1", include, exclude, ()), Rule("2", "B", None, ())]).spans("STAR")


HOSTILE = [
    "A?" * 30 + "A" * 30,
    "(?:A?B?)?" * 40 + "CD",
    "(?:A|AB|ABA)?" * 30 + "CD",
    "[A-Z]{0,40}" * 30 + "99",
    "[ -~]{0,40}A" * 20 + "99$",
    "[A-Z]{0,40}" * 5 + "19",
    "(?:AB|AB)" * 40 + "CD",
]


@pytest.mark.parametrize("pattern", HOSTILE, ids=lambda p: p[:12])
def test_a_pattern_cannot_keep_an_engine_busy(pattern: str) -> None:
    check_pattern(pattern)
    began = time.process_time()
    matcher = Matcher([Rule("1", pattern, None, ())])
    for text in ("A" * 1_024, "AB" * 512, "A" * 29, "ABA " * 256):
        matcher.spans(text)
    assert time.process_time() - began < 3.0
