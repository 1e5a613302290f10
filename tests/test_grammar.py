"""The portable rule language: what it admits, what it refuses and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern, fewest_letters, parse, ways

REFUSED = [
    (r"^(A+)+$", "group"),
    ("", "empty"),
    (".*", "unescaped"),
    ("^(?:)", "empty"),
    ("(?=AB)", "group"),
    ("(?!AB)CD", "group"),
    ("(?i)AB", "group"),
    (r"\d\d", "escape"),
    (r"AB\s", "escape"),
    ("[^A]BC", "negated"),
    ("AB*", "bounded class"),
    ("AB+", "bounded class"),
    ("AB??", "quantifier"),
    ("[AB]{2}?", "quantifier"),
    (r"(AB)\1", "group"),
    ("[ -~]{0,99}AB", "count"),
    ("[AB]{3,2}", "count"),
    ("[AB]{0}", "count"),
    ("A{2,3}", "count"),
    ("[AB]{\u0663}CD", "count"),
    ("[A&&B]CD", "doubled"),
    ("[A||B]CD", "doubled"),
    ("[ --]AB", "doubled"),
    ("(?:AB){2}", "count"),
    ("ab", "upper-case"),
    ("É", "upper-case"),
    ("AB|", "empty"),
    ("(?:AB", "unclosed"),
    ("AB)", "unopened"),
    ("[A-Z", "unclosed"),
    ("[Z-A]B", "range"),
    ("[+-Z]AB", "range"),
    (r"\b-AB", "boundary"),
    (r"AB[ -]?\b", "boundary"),
    ("A", "almost every"),
    ("AB|C", "almost every"),
    ("[ -~]{0,40}", "almost every"),
    ("A?B?C?", "almost every"),
    ("A" * 2_001, "characters"),
    ("(?:" * 25 + "AB" + ")" * 25, "nesting"),
    ("A" * 1_000_000, "characters"),
]


@pytest.mark.parametrize(("pattern", "why"), REFUSED, ids=lambda x: str(x)[:20])
def test_refused(pattern: str, why: str) -> None:
    with pytest.raises(RuleError) as refusal:
        check_pattern(pattern)
    assert why in str(refusal.value) or (why in {"boundary"} and "\\b" in str(refusal.value))
    assert len(str(refusal.value)) < 300


ADMITTED = [
    "AB",
    r"\bSTAR[ -]?BUCKS(?:\b|[0-9])",
    r"\b(?:SEE[ ']?S[ -]?CANDI[ES]{0,2}|S[ ']?S[ -]?CNDS)(?:\b|[0-9])",
    r"(?:\bJANIE[ -]?(?:AND|[&N])?[ -]?JACK|^EB)(?:\b|[0-9])",
    r"(?:^|\*[ ]?|\bTO )BURTON(?:\b|[0-9])",
    "AB[ -~]{0,40}CD$",
    r"W\.H\. SMITH",
    "A1?[A-Z]{2,4}",
]


@pytest.mark.parametrize("pattern", ADMITTED)
def test_admitted(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "letters", "readings"),
    [
        ("AB", 2, 1),
        ("A?BC", 2, 2),
        ("[A-Z]{2,5}[ -]?9", 3, 8),
        ("(?:ABC|D)E", 2, 2),
        ("[ A]B", 1, 1),
    ],
)
def test_what_a_pattern_demands(pattern: str, letters: int, readings: int) -> None:
    tree = parse(pattern)
    assert (fewest_letters(tree), ways(tree)) == (letters, readings)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_but_never_more(text: str) -> None:
    try:
        check_pattern(text)
    except RuleError:
        return
    assert fewest_letters(parse(text)) >= 2
