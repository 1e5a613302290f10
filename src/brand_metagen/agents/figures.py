"""Prose held to its figures: a number that the facts do not hold rejects it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?"
    r"|dozens?|half|halves|thirds?|quarters?|doubled?|tripled?|twice|thrice|\w+fold)\b",
    re.IGNORECASE,
)
MOST_CHARS = 2_000


def numbers_of(text: str) -> set[str]:
    """The numbers of a text, thousands separators aside.

    >>> sorted(numbers_of("1,204 rows, 98.5 % of them; RUN-0003"))
    ['0003', '1204', '98.5']
    """
    return {_plain(found.group()) for found in _NUMBER.finditer(text)}


def _plain(number: str) -> str:
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number)
    return number.replace(",", "") if thousands else number


def invented(prose: str, facts: Iterable[str]) -> list[str]:
    """What in prose counts or measures and stands in no fact; empty where all is borne out.

    >>> invented("Of 20 brands about half, 12 in all, are new.", ["brands: 20"])
    ['12', 'half']
    """
    facts = list(facts)
    allowed = {number for fact in facts for number in numbers_of(fact)}
    words = {w.lower() for fact in facts for w in _WORDS.findall(fact)}
    strange = sorted(numbers_of(prose) - allowed)
    return strange + sorted({w.lower() for w in _WORDS.findall(prose)} - words)
