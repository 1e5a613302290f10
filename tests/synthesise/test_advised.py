"""Proposed spellings: candidates by grammar, believed by rows, several of them, not one voice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brand_metagen.config import LearnSettings
from brand_metagen.synthesise.advised import KIND, MOST, Proposed, considered, unexplained
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import learn_brand
from markets import TOWNS, Row, market_of, shops

NAMES = {"1": "Northwind Coffee", "2": "Aspen Grille", "3": "Peacock Stores"}
BASE = [row for brandid, name in NAMES.items() for row in shops(name, brandid, "5812")]


def learned(rows: list[Row], proposed: Proposed, public: tuple[str, ...] = ()) -> list[str]:
    """The proposed spellings in the rule of brand 1."""
    knowledge = gather(market_of(NAMES, [*BASE, *rows]), public, LearnSettings())
    knowledge = replace(knowledge, advised={"1": considered(proposed).candidates})
    rule = learn_brand(knowledge, "1").rule
    assert rule is not None
    return [piece.pattern for piece in rule.pieces if piece.kind == KIND]


def alias(count: int, towns: int = 12, label: str = "1", word: str = "ZK9W") -> list[Row]:
    return [(f"{word} {7 * i + 3} {TOWNS[i % towns]}", label, "5812") for i in range(count)]


NAME = Proposed(aliases=("ZK9W",))


@pytest.mark.parametrize(
    ("rows", "believed"),
    [
        (alias(3), True),
        (alias(2), False),
        (alias(8, towns=1), False),
        (alias(8, towns=2), True),
        (alias(0), False),
        ([*alias(8), *alias(6, label="2", word="ASPEN GRILLE ZK9W")], False),
        ([*alias(8), *alias(1, label="", word="THE ZK9W")], True),
        ([*alias(3), *alias(4, label="", word="THE ZK9W")], False),
    ],
    ids=["three", "two", "one voice", "two voices", "none", "a rival's", "one of nobody's",
         "mostly nobody's"],
)  # fmt: skip
def test_rows_decide(rows: list[Row], believed: bool) -> None:
    assert bool(learned(rows, NAME)) is believed


@pytest.mark.parametrize(("count", "believed"), [(5, True), (4, False)])
def test_a_name_of_another_brand_takes_more_rows(count: int, believed: bool) -> None:
    assert bool(learned(alias(count), NAME, ("ZK9W Elsewhere",))) is believed


@pytest.mark.parametrize(
    "pattern", ["ZK[0-9]W", "ZK(?:9W|WW)", "ZK[0-9]{1,2}W"], ids=["class", "either", "times"]
)
def test_patterns_of_the_language_are_proven_like_names(pattern: str) -> None:
    assert learned(alias(6), Proposed(patterns=(pattern,))) == [f"(?:{pattern})"]


@pytest.mark.parametrize(
    "pattern",
    ["^ZK9W", "ZK9W$", r"\bZK9W", ".*", "ZK.W", "(A+)+", "(?=Z)K", "Z" * 61, "", "[A-Z]{2,40}",
     "A|B", "ZK9W\n", "(?i)zk9w"],
)  # fmt: skip
def test_patterns_outside_the_language_are_refused_or_believed_by_nobody(pattern: str) -> None:
    assert learned(alias(6), Proposed(patterns=(pattern,))) == []


@pytest.mark.parametrize("text", ["", "Q", "Q8", "x" * 61, "‮Ω", "!!!", "\x00\x01", "   "])
def test_names_that_are_none_are_refused_with_the_reason(text: str) -> None:
    found = considered(Proposed(aliases=(text,)))
    assert found.candidates == ()
    assert found.refused[0][1]


def test_only_so_many_are_looked_at() -> None:
    found = considered(Proposed(tuple(f"NAME {i}00" for i in range(20)), ("A.",) * 20))
    assert len(found.candidates) == len(found.refused) == MOST


def test_unexplained_rows_bear_no_trace_of_the_name() -> None:
    rows = [*BASE, *alias(2), ("NRTHWIND LEEDS", "1", "5812"), ("ASPN YORK", "2", "5812")]
    rows += [("NORT CAFE", "1", "5812"), ("COFFEE BATH", "1", "5812"), ("XX NOBODY", "", "5812")]
    found = unexplained(market_of(NAMES, rows), NAMES)
    assert found == {"1": ["ZK9W 10 YORK", "ZK9W 3 LEEDS"]}
