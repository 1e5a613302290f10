"""Many ways to say the same mean the same, alone and beside each other."""

from __future__ import annotations

import tomllib
from functools import cache
from random import Random
from typing import Any

import pytest
from remark_market import SmallMarket
from test_remark_corpus import CORPUS, markets, written

from brand_metagen.review.reader import read

BETWEEN = (". ", "; ", "\n", "! ", ", and ", ", but ", " - ")
TELLING = {"mcc", "row", "words"}


@cache
def ways() -> list[dict[str, Any]]:
    told = tomllib.loads((CORPUS / "ways.toml").read_text(encoding="utf-8"))["ways"]
    assert isinstance(told, list)
    return told


def constraints(market: str, text: str) -> tuple[set[str], bool]:
    """What is read, and whether something is asked back."""
    small = SmallMarket(markets("open")[market])
    reading = read(text, small.brand, small)
    return set(map(written, reading.understood)), reading.question is not None


@pytest.mark.parametrize("way", ways(), ids=lambda way: " ".join(way["expect"])[:40] or "nothing")
def test_ways_to_say_the_same(way: dict[str, Any]) -> None:
    """Hardly ever anything else; what is not understood is asked about, not passed over."""
    expect, allow = set(way["expect"]), set(way.get("allow", ()))
    wrong, missed, silent = [], [], []
    for text in way["remarks"]:
        found, asked = constraints(way["market"], text)
        if found - expect - allow:
            wrong.append(text)
        elif expect - found:
            missed.append(text)
            if not asked:
                silent.append(text)
        if way.get("question", asked) is not asked:
            silent.append(text)
    few = len(way["remarks"]) / 100
    assert len(wrong) <= few, wrong
    assert len(missed) <= 1 + 4 * few, missed
    assert len(silent) <= 1 + 10 * few, silent


def test_two_statements_beside_each_other_are_both_read() -> None:
    clear = [
        (set(way["expect"]), set(way.get("allow", ())), text)
        for way in ways()
        if way["market"] == "star" and way["expect"] and way["expect"][0].split()[0] != "wallet"
        for text in way["remarks"]
        # "also" and "too" lean on what was said before, as do questions.
        if not {"also", "too", "well", "not", "no", "never"} & set(text.split()) and "?" not in text
    ]
    chance = Random(4)
    right = wrong = missed = 0
    for _ in range(400):
        one, other = chance.sample(clear, 2)
        found, _ = constraints("star", one[2].rstrip(".!") + chance.choice(BETWEEN) + other[2])
        expect = one[0] | other[0]
        right += len(expect & found)
        missed += len(expect - found)
        wrong += len(found - expect - one[1] - other[1])
    assert wrong <= 0.02 * right
    assert missed <= 0.06 * right
