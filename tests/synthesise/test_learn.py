"""Rules from small made-up markets: what is proposed, what is proven, what is given up."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from brand_metagen.config import LearnSettings, Settings
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Brand, Combos, Market, Mcc
from brand_metagen.synthesise.judge import search_of
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import Learned, learn_brand
from markets import market_of, shops

CODES = ("5411", "5812", "5814", "7011")


def market(names: dict[str, str], rows: Sequence[tuple[str, str, str]]) -> Market:
    """Brands by id, and rows of (narrative, given brandid, mccid)."""
    brands = {b: Brand(b, name, "Food") for b, name in names.items()}
    keys = [f"{i:05d}" for i in range(len(rows))]
    combos = Combos(
        keys,
        ["1"] * len(rows),
        [""] * len(rows),
        [b for _, b, _ in rows],
        [m for *_, m in rows],
        [n for n, *_ in rows],
    )
    return Market(brands, {m: Mcc(m, m, "Food") for m in CODES}, tuple(names), combos, "test")


def learned(
    names: dict[str, str],
    rows: Sequence[tuple[str, str, str]],
    brandid: str = "1",
    public: Sequence[str] = (),
    rounds: int = 5,
) -> Learned:
    return learn_brand(gather(market(names, rows), public, LearnSettings()), brandid, rounds)


def takes(result: Learned, text: str) -> bool:
    assert result.rule is not None, result.reasons
    check_pattern(result.rule.include)
    found = re.search(result.rule.include, text) is not None
    shut = bool(result.rule.exclude and re.search(result.rule.exclude, text))
    taken = found and not shut
    assert taken == (re.search(result.rule.regex, text) is not None)
    return taken


STAR = [(f"STAR BUCKS COFFEE {i}", "1", "5814") for i in range(6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SQ *STARBUCKSCOFFEE", True),
        ("STAR-BUCKS COFFEE LEEDS", True),
        ("STARBUCKSCOF", True),  # cut, but long enough to mean nothing else
        ("STAR BUCKS COFFEE3076", True),
        ("STRBCKS CFF 12", True),  # vowels dropped
        ("STARBUCKSCOFFERS LAW", False),
        ("STAR", False),
        ("MYSTAR BUCKS COFFEE", False),
    ],
)
def test_a_name_and_its_spellings(text: str, expected: bool) -> None:
    assert takes(learned({"1": "Star Bucks Coffee", "2": "Ace"}, STAR), text) is expected


def test_words_of_the_rows_need_three_narratives() -> None:
    names = {"1": "Eventbrite", "2": "Ace Tools"}
    rows = [(f"EB {words}", "1", "5812") for words in ("SCHOOL 1", "NURSING", "DESIGN X")]
    others = [("ACE TOOLS LEEDS", "2", "5411")]
    assert takes(learned(names, rows + others), "EB FIRST AID")
    assert not takes(learned(names, rows[:2] + others), "EB FIRST AID")


def test_a_longer_name_is_shut_out() -> None:
    names = {"1": "Alltown", "2": "Alltown Fresh"}
    rows = [(f"ALLTOWN {i}", "1", "5411") for i in range(5)]
    rows += [(f"ALLTOWN FRESH {i}", "2", "5411") for i in range(5)]
    result = learned(names, rows)
    assert takes(result, "ALLTOWN 99")
    assert not takes(result, "ALLTOWN FRESH 99")


def ambiguous() -> list[tuple[str, str, str]]:
    rows = [(f"LUCKY {i}", "1", "5812" if i == 0 else "5411") for i in range(9)]
    return rows + [(f"{who} LUCKY BAR", "", "5812") for who in map(str, range(100, 140))]


def test_a_name_that_means_other_things_must_begin_the_merchant() -> None:
    result = learned({"1": "Lucky", "2": "Ace"}, ambiguous())
    assert result.rounds > 1
    assert any("begins" in reason for reason in result.reasons)
    assert takes(result, "LUCKY 4")
    assert not takes(result, "100 LUCKY BAR")


def test_the_limit_of_rounds_is_kept() -> None:
    result = learned({"1": "Lucky", "2": "Ace"}, ambiguous(), rounds=1)
    assert (result.rule, result.rounds) == (None, 1)
    assert result.reasons


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("&", []),
        ("&", [("& CO", "1", "5411")]),
        ("東京", [("TOKYO 12", "1", "5411")]),
        ("", []),
        ("A", [("A 1", "1", "5411")]),
        ("PayPal", [("PAYPAL *ARGOS", "1", "5411"), ("PAYPAL", "1", "5411")]),
        ("Leeds", [(f"SHOP {i} LEEDS", "", "5411") for i in range(30)]),
        ("Nobody Knows Us", []),
        ("All Wallet", [(f"SQ *ALL WALLET {i}", "1", "5411") for i in range(6)]),
        ("A" * 300, [("AAAA", "1", "5411")]),
    ],
)
def test_a_poison_brand_never_stops_the_others(name: str, rows: list[tuple[str, str, str]]) -> None:
    result = learned({"1": name, "2": "Ace Tools"}, [*rows, ("ACE TOOLS 1", "2", "5411")])
    if result.rule is None:
        assert result.reasons
    else:
        check_pattern(result.rule.include)
        assert set(result.rule.mccids) <= set(CODES)


@pytest.mark.parametrize(
    "name", ["B" * 60, "Bcdf" + "o" * 50, "Bcdf" + "a" * 30, "A " * 40, "Aa" * 300, "X" * 3_000]
)
def test_no_name_stops_the_batch_or_keeps_an_engine_busy(name: str) -> None:
    rows = [(f"{name}Z {i}", "1", "5812") for i in range(4)]
    rows += [(f"{name[:28].upper()}ZZ", "", "5812"), *shops("STARBUCKS", "2", "5814")]
    knowledge = gather(market_of({"1": name, "2": "Starbucks"}, rows), (), Settings().learn)
    learn_brand(knowledge, "1")
    assert learn_brand(knowledge, "2").rule is not None


def test_a_pattern_of_many_optional_letters_is_searched_in_linear_time() -> None:
    """Python's engine would try 2 to the power of 40 ways."""
    busy = r"\bBCDF" + "A?" * 40 + r"(?:\b|[0-9])"
    assert search_of(busy)("BCDF" + "A" * 39 + "ZZ") is None
    assert search_of(busy)("BCDF" + "A" * 39) is not None


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        ([], False),  # nobody has shown the longer name: it is the other brand's all the same
        ([("STAR BUCKS HOTEL 1", "2", "7011"), ("STAR BUCKS HOTEL 2", "1", "7011")], False),
        ([(f"STAR BUCKS HOTEL {i}", "1", "7011") for i in range(3)], True),
    ],
)
def test_a_longer_name_belongs_to_its_own_brand(
    rows: list[tuple[str, str, str]], taken: bool
) -> None:
    names = {"1": "Star Bucks", "2": "Star Bucks Hotel", "3": "Bucks"}
    assert takes(learned(names, [*STAR, *rows]), "STAR BUCKS HOTEL 5") == taken
    assert takes(learned(names, [*STAR, *rows]), "STAR BUCKS 5")
