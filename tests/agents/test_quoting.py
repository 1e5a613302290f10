"""Texts of others stay data: no text ends the quotation, and no card number leaves."""

from __future__ import annotations

import json

import pytest
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.agents.quoting import MOST_CHARS, as_data, masked, prompt_of, system_of
from brand_metagen.ports import Question, Quoted


def question(*texts: str) -> Question[str]:
    return Question("tiebreaker", "x", "Say what it is.", "1", (Quoted("texts", texts),), str)


@given(st.lists(st.text(), max_size=5))
def test_no_text_ends_the_quotation(texts: list[str]) -> None:
    prompt = prompt_of(question(*texts))
    assert prompt.count("<") == prompt.count(">") == 2
    assert prompt.startswith("<data>\n")
    assert prompt.endswith("\n</data>")
    lines = prompt.split("\n")
    assert len(lines) == 3
    assert prompt.isascii()
    assert json.loads(lines[1])["texts"] == [masked(text[:MOST_CHARS]) for text in texts]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_inside_and_out_of_the_instructions(text: str) -> None:
    asked = question(text)
    assert len(prompt_of(asked).split("\n")) == 3
    assert system_of(asked) == system_of(question("harmless"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CARD 4929123456789012 X", "CARD ############9012 X"),
        ("4929 1234 5678 9012", "############9012"),
        ("GB29-12345678-1234", "GB##########1234"),
        ("STORE 12345678901", "STORE 12345678901"),
        ("NO 42 ON 2026-11-26", "NO 42 ON 2026-11-26"),
    ],
)
def test_numbers_of_cards_and_accounts_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(st.text())
def test_what_is_masked_holds_no_long_number(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(
    st.recursive(st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_data_comes_back(value: object) -> None:
    text = as_data(value)
    assert json.loads(text) == value
    assert not set("<>&\n") & set(text)
