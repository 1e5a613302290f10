"""One pattern over many lines finds what each line alone says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.match.blob import Blob
from learned import learned_sample

TEXTS = ["STAR 1", "MARS", "STAR", "X STAR", "STARS", "", "A.B"]
TEXT = st.text(st.sampled_from("AB *9"), max_size=8)
PATTERNS = ["^STAR", "STAR$", r"\bSTAR\b", "[ -~]{0,40}R", "^(?:STAR|MARS)$", r"A\.B", "ST?A"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_lines_are_apart(pattern: str) -> None:
    expected = [i for i, text in enumerate(TEXTS) if re.search(pattern, text)]
    assert Blob(TEXTS).matching(pattern) == expected


@given(
    st.lists(TEXT, min_size=1, max_size=20), st.sampled_from(["A", "^A", "B$", r"\bA", "A[ *]B"])
)
def test_any_lines(texts: list[str], pattern: str) -> None:
    expected = [i for i, text in enumerate(texts) if re.search(pattern, text)]
    assert Blob(texts).matching(pattern) == expected


def test_learned_rules_over_their_market() -> None:
    sample = learned_sample()
    blob = Blob(sample.narratives)
    for rule in sample.rules:
        search = re.compile(rule.include).search
        expected = [i for i, text in enumerate(sample.narratives) if search(text)]
        assert blob.matching(rule.include) == expected


def test_no_lines() -> None:
    assert Blob([]).matching("A") == []
