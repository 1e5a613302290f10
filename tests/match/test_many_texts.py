"""Many texts at once are matched as each alone, whatever words decide without running a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.match import lexicon, readings, recall
from brand_metagen.match.heads import characters_after_separators, separators, stands_alone
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from learned import learned_sample

PATTERNS = [
    "\\bAB(?:[ -]?CD)?(?:\\b|[0-9])",
    "\\b(?:AB[ -]?CD|CD[ -]?AB[ -]?AB|ABC)\\b",
    "\\bA[ -]?B[ -]?C",
    "\\b(?:THE )?AB\\b",
    "\\bAB[ .-]{0,2}[CD]{1,3}\\b",
    "\\bAB [CD]",
    "\\bCD ",
    "AB[ -~]{0,3}CD",
    "(?:^|\\*[ ]?)AB",
    "[*]AB",
    "[ ']?AB",
    "AB$",
    "^CD",
    "\\bAB\\b",
    "BC",
    "\\b[0-9]{1,2}[ -]?AB",
    "\\bA?B?C[ &']{1,3}D",
    "\\b(?:(?:AB)?CD|[AB]{0,2}C[ -]?D)\\b",
]
RULES = [
    Rule(str(i), pattern, "\\bAB CD AB\\b" if i % 3 == 0 else None, (str(i % 2),))
    for i, pattern in enumerate(PATTERNS)
]
WORDS = "AB CD ABC AB-CD A B C THE 1 12 *AB AB'S CDAB AB9 -CD & D XABC A-B-C AB*CD CDD"
WORD = st.sampled_from(["", *WORDS.split()])
GAP = st.sampled_from([" "] * 4 + ["  ", "-", "*", " *", " - ", "&", ".", "_", " ......... "])
TEXT = st.lists(st.one_of(WORD, GAP), max_size=11).map("".join)
SPACED = st.lists(WORD, max_size=6).map(" ".join)

Found = list[tuple[int, int, tuple[int, int], str]]


def at_once(matcher: Matcher, texts: Sequence[str], codes: Sequence[str] | None = None) -> Found:
    words = matcher.lexicon.read(texts)
    numbers = None if codes is None else matcher.code_numbers(codes)
    matches = matcher.matches(words, numbers)
    origin = words.text_begin[matches.text]
    return [
        (text, rule, (begin, end), matcher.phrases.listed[phrase][1])
        for text, rule, begin, end, phrase in zip(
            matches.text.tolist(),
            matches.rule.tolist(),
            (matches.begin - origin).tolist(),
            (matches.end - origin).tolist(),
            matches.phrase.tolist(),
            strict=True,
        )
    ]


def one_by_one(matcher: Matcher, texts: Sequence[str], codes: Sequence[str] | None = None) -> Found:
    found = []
    for i, text in enumerate(texts):
        spans = matcher.spans(text) if codes is None else matcher.taken(text, codes[i])
        found += [(i, rule, (begin, end), text[begin:end]) for rule, (begin, end) in spans]
    return found


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(TEXT, SPACED), max_size=8))
def test_words_decide_as_patterns_do(texts: list[str]) -> None:
    codes = [str(len(text) % 3) for text in texts]
    matcher = Matcher(RULES)
    assert at_once(matcher, texts) == one_by_one(matcher, texts)
    assert at_once(matcher, texts, codes) == one_by_one(matcher, texts, codes)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.one_of(TEXT, SPACED), max_size=6), max_size=4), st.integers(1, 3))
def test_a_bare_set_finds_the_same(batches: list[list[str]], most_words: int) -> None:
    rules = [replace(rule, exclude=None) for rule in RULES]
    bare = re2.Set.SearchSet()
    for pattern in PATTERNS:
        bare.Add(pattern)
    bare.Compile()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readings, "MOST_WORDS", most_words)
        patch.setattr(recall, "SLOTS", 4)
        matcher = Matcher(rules)
        for texts in batches:
            found = [(text, rule) for text, rule, _, _ in at_once(matcher, texts)]
            expected = [(i, r) for i, t in enumerate(texts) for r in sorted(bare.Match(t) or ())]
            assert found == expected


@pytest.mark.parametrize("gap", [" ", "-"])
def test_a_long_narrative_makes_few_readings(gap: str) -> None:
    rules = [Rule("1", "\\bAB[ -~]{0,40}CD", None, ())]
    few = Matcher(rules)
    at_once(few, [gap.join(["AB"] * 9)])
    most = len(few._readings)
    many = Matcher(rules)
    text = gap.join(["AB"] * 300)
    assert at_once(many, [text]) == one_by_one(many, [text]) == []
    assert len(many._readings) <= most + 1


def test_learned_rules_on_every_narrative() -> None:
    sample = learned_sample()
    matcher, texts = Matcher(sample.rules), sample.narratives
    found = at_once(matcher, texts)
    assert found == one_by_one(Matcher(sample.rules), texts)
    assert len(found) > 2_000


def test_numbering_anew_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = learned_sample()
    texts = sample.narratives
    expected = at_once(Matcher(sample.rules), texts)
    monkeypatch.setattr(lexicon, "MOST_NUMBERS", 100)
    forgetful = Matcher(sample.rules)
    found = []
    for at in range(0, len(texts), 500):
        part = at_once(forgetful, texts[at : at + 500])
        found += [(at + text, *rest) for text, *rest in part]
    assert found == expected
    assert forgetful.lexicon.era > 3
    assert forgetful.phrases.era > 3


def test_no_texts_and_no_rules() -> None:
    assert at_once(Matcher(RULES), []) == []
    assert at_once(Matcher([]), ["AB CD", ""]) == []
    assert at_once(Matcher([]), ["AB CD"], ["1"]) == []


@pytest.mark.parametrize(
    ("pattern", "alone", "between", "after"),
    [
        ("\\bAB(?:[ -]?CD)?(?:\\b|[0-9])", True, " -", "C"),
        ("\\b(?:AB[ -]?CD|CD[ *]?B)\\b", True, " *-", "BC"),
        ("\\bAB [CD]?E", True, " ", "CDE"),
        ("\\bAB[ .-]{0,2}C", True, " -.", "C"),
        ("\\bAB[ A-Z]{1,3}C", True, " ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("\\bAB&C", True, "&", "C"),
        ("\\b(?:(?:AN)?B|[AC]{0,2}D)", True, "", ""),
        ("(?:(?:AN )?B|[ A]?D)", False, " ", "BD"),
        ("[ ]?AB", False, " ", "A"),
        ("[*]AB", False, "*", "A"),
        ("^AB", False, "", ""),
        ("AB$", False, "", ""),
    ],
)
def test_what_words_can_tell(pattern: str, alone: bool, between: str, after: str) -> None:
    assert stands_alone(pattern) is alone
    assert "".join(sorted(separators(pattern))) == between
    assert "".join(sorted(characters_after_separators(pattern))) == after
