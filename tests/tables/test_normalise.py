"""The normalised narrative is exactly what the contract says."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.tables.normalise import MOST_CHARACTERS, normalise


def by_the_letter(text: str) -> str:
    """The contract as one expression."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\x00-\x20\x7f]+", " ", plain).strip().upper()[:1024]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  a\t\r\nb  ", "A B"),
        ("Café", "CAFE"),
        ("\uff33\uff34\uff21\uff32", "STAR"),
        ("a\x7f\x00b", "A B"),
        ("a\u00a0b", "A B"),
        ("a\u200bb", "AB"),
        ("stra\u00dfe", "STRAE"),
        ("\u6771\u4eac", ""),
        ("\ufb01ve", "FIVE"),
        ("x" * 1025, "X" * 1024),
        ("x" * 1023 + " y", "X" * 1023 + " "),
    ],
)
def test_cases(text: str, expected: str) -> None:
    assert normalise(text) == expected == by_the_letter(text)


@given(st.text(max_size=60))
def test_it_is_the_contract_in_printable_ascii_and_stays_as_it_is(text: str) -> None:
    found = normalise(text)
    assert found == by_the_letter(text)
    assert re.fullmatch("[ -~]*", found)
    assert not re.search("[a-z]|  |^ | $", found)
    assert normalise(found) == found


@given(st.integers(MOST_CHARACTERS - 2, MOST_CHARACTERS + 2))
def test_the_cut(length: int) -> None:
    assert len(normalise("\u00e9" * length)) == min(length, 1024)
