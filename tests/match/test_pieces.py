"""One piece of a rule at a time: together they are the rule, each with the rule's edges."""

from __future__ import annotations

import re

import pytest

from brand_metagen.grammar import parse
from brand_metagen.match.pieces import NEVER, alone
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.learn import print_include

PIECES = ["STAR[ -]?BUCKS", "STAR", "STAR(?:BUX|S)", "SBUX2"]
TEXTS = [
    "SQ *STARBUCKS",
    "STAR",
    "STARS",
    "STARBUX 2",
    "SBUX2",
    "SBUX22",
    "XSTAR",
    "STARX",
    "COSTA",
]


@pytest.mark.parametrize("anchored", [False, True])
def test_together_they_are_the_rule(anchored: bool) -> None:
    made = [Candidate(p, p, "", anchored=anchored and p == "STAR") for p in PIECES]
    include = print_include(made)
    found = alone(include, PIECES)
    for pattern in found:
        parse(pattern)
    for text in TEXTS:
        by_one = [bool(re.search(pattern, text)) for pattern in found]
        assert any(by_one) is bool(re.search(include, text)), text
    takes = [{text for text in TEXTS if re.search(pattern, text)} for pattern in found]
    assert takes == [
        {"SQ *STARBUCKS"},
        {"STAR"},
        {"STARS", "STARBUX 2"},
        {"SBUX2"},
    ]


def test_a_rule_by_hand_has_pieces_that_stand_for_themselves() -> None:
    assert alone("COSTA", ["STAR", "BUX"]) == ("STAR", "BUX")
    assert alone("COSTA", ["COSTA"]) == ("COSTA",)


def test_what_never_matches_does_not() -> None:
    assert not any(re.search(NEVER, text) for text in ("", "A", "AA", "A^A", "^A"))
