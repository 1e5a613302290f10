"""Kinds of rows, and the probe that needs no labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.counting import Share
from benchmarks.probe import astray
from benchmarks.sets import BenchSet, Row, Truth
from benchmarks.strata import STRATA, ambiguous, cases, recalls

from brand_metagen.app.runs import public_names
from brand_metagen.config import Settings
from brand_metagen.records import Market, Rule
from brand_metagen.sample.market import make_sample
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import learn_brand
from brand_metagen.tables.load import load_market
from learned import learned_sample

STRAYS = 5
"""Public names that rules of other brands take on the market below."""
NAMES = {"1": "Pizza Palace", "2": "Zed"}
SEEN = [Row((str(i), "1"), "", "5812", f"PIZZA PALACE {i}", "1") for i in range(50)]
HELD = [
    ("WWW.PIZZAPALACE.CO.UK", "5812", "1", {"web", "whole name", "large brand", "code seen"}),
    ("PAYPAL *PIZZAPAL", "5999", "1", {"wallet", "truncated", "large brand", "code not seen"}),
    ("PZZ PLC LEEDS", "5812", "1", {"misspelt", "large brand", "code seen"}),
    ("ZED 12", "5812", "2",
     {"store", "whole name", "short name", "one word", "small brand", "code not seen"}),
    ("NOBODY", "5812", "", set()),
]  # fmt: skip


def bench_set() -> BenchSet:
    rows = [Row((f"h{i}", "1"), "", code, text, "") for i, (text, code, _, _) in enumerate(HELD)]
    truth = [
        Truth((f"h{i}", "1"), b, "labelled", "heldout", "") for i, (_, _, b, _) in enumerate(HELD)
    ]
    return BenchSet("x", Path(), None, NAMES, tuple(SEEN), tuple(rows), tuple(truth))


def test_rows_are_of_their_kinds() -> None:
    found = cases(bench_set())
    for i, (text, _, _, kinds) in enumerate(HELD):
        here = {kind for kind, rows in found.items() if f"h{i}" in {row.key[0] for row, _ in rows}}
        assert here == kinds, text
    assert set(found) == set(STRATA)


def test_what_the_truth_knows_of_a_row_goes_before_what_it_looks_like() -> None:
    one = bench_set()
    told = tuple(
        replace(t, channel=channel)
        for t, channel in zip(one.truth, ("till", "web", "wallet", "till", ""), strict=True)
    )
    found = {
        k: [row.key[0] for row, _ in rows] for k, rows in cases(replace(one, truth=told)).items()
    }
    assert (found["wallet"], found["web"], found["store"]) == (["h2"], ["h1"], ["h3"])


def test_a_name_is_ambiguous_when_resembled_or_continued() -> None:
    names = {"1": "Next", "2": "Next Way", "3": "Nextdoor", "4": "Way"}
    truth = [Truth(("1", "1"), "", "near_miss", "train", "none", resembles="4")]
    assert ambiguous(names, truth) == {"1", "4"}


def test_recall_by_kind() -> None:
    kinds = cases(bench_set())
    given = {("h0", "1"): frozenset({"1"}), ("h1", "1"): frozenset({"2"})}
    shares = recalls(kinds, given)
    assert shares["large brand"] == Share(1, 3)
    assert shares["wallet"] == Share(0, 1)


def test_a_rule_that_says_too_much_is_counted() -> None:
    name = next(n for n in public_names() if n.isalpha() and n.isascii() and len(n) > 8)
    wide = Rule("1", name.upper()[:8], None, ())
    assert ("1", name.upper()) in astray([wide], {"1": "Somebody Else"})
    assert ("1", name.upper()) not in astray([wide], {"1": name})


def strays(market: Market) -> list[tuple[str, str]]:
    knowledge = gather(market, public_names(), Settings().learn)
    learned = [learn_brand(knowledge, brandid).rule for brandid in market.to_check]
    names = {brandid: brand.brandname for brandid, brand in market.brands.items()}
    return astray([rule for rule in learned if rule], names)


@pytest.mark.slow
def test_learned_rules_hardly_take_the_names_of_others(tmp_path: Path) -> None:
    """The count is what was measured: whoever makes it rise says more than the brands do, and
    whoever makes it fall writes the new one here."""
    assert strays(learned_sample().market) == []
    made = make_sample(tmp_path / "market", 300, 3_000, 11)
    assert len(strays(load_market(made.out, Settings().tables).market)) == STRAYS
