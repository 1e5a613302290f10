"""Words glued to names: believed when the labels of several brands agree on them, and not else."""

from __future__ import annotations

import re

import pytest

from brand_metagen.config import LearnSettings
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.knowledge import Knowledge, gather
from brand_metagen.synthesise.learn import learn_brand
from markets import Row, market_of, shops

NAMES = {"1": "Foxtail", "2": "Pilot Flying", "3": "Burger Barn", "4": "Ace Tools"}
LETTERS = {"1": "FOXTAIL", "2": "PILOTFLYING", "3": "BURGERBARN", "4": "ACETOOLS"}
PLAIN: list[Row] = [row for b, name in NAMES.items() for row in shops(name.upper(), b, "5812")]


def glued(tail: str, brands: str, label: bool = True) -> list[Row]:
    return [(f"{LETTERS[b]}{tail} 12 {b}", b if label else "", "5812") for b in brands]


def known(rows: list[Row]) -> Knowledge:
    return gather(market_of(NAMES, [*PLAIN, *rows]), [], LearnSettings())


@pytest.mark.parametrize(
    ("rows", "tails"),
    [
        (glued("LTD", "123"), {"1": ("LTD",), "2": ("LTD",), "3": ("LTD",)}),
        # Two brands are no habit of the market.
        (glued("LTD", "12"), {}),
        # A surname's ending: rows that hold it are mostly nobody's.
        (glued("SON", "123") + glued("SON X", "123", label=False), {}),
        # Cut by the end of the narrative, the same word.
        (glued("STORES", "12") + glued("STO", "3"), {"1": ("STO",), "2": ("STO",), "3": ("STO",)}),
        (glued("X", "1234"), {}),
    ],
)
def test_tails_are_read_off_the_market(rows: list[Row], tails: dict[str, tuple[str, ...]]) -> None:
    assert {b: p.tails for b, p in known(rows).phrases.items() if p.tails} == tails


def test_a_rule_takes_the_tail_on_every_spelling_and_no_other_word() -> None:
    rule = learn_brand(known(glued("LTD", "123")), "2").rule
    assert rule is not None
    for text in ("PILOTFLYINGLTD", "WWW.PILOTFLYINGLTD.COM", "PLTFLYNGLTD 7", "PILOT FLYING 12"):
        assert re.search(rule.regex, text), text
    for text in ("PILOTFLYINGSON", "PILOT FLYINGHAM"):
        assert not re.search(rule.regex, text), text


def test_narratives_with_a_tail_count_as_the_brands_own() -> None:
    market = known(glued("LTD", "123"))
    texts = [market.corpus.texts[i] for i in market.full_hits["1"]]
    assert "FOXTAILLTD 12 1" in texts


@pytest.mark.parametrize(
    ("pattern", "tails", "end"),
    [
        ("AB", (), r"(?:\b|[0-9])"),
        ("AB", ("LTD", "UK"), r"(?:\b|[0-9]|LTD|UK)"),
        ("AB7", (), r"\b"),
        ("AB7", ("UK",), r"(?:\b|UK)"),
    ],
)
def test_how_a_name_ends(pattern: str, tails: tuple[str, ...], end: str) -> None:
    assert Candidate(pattern, pattern, "", tails=tails).end == end
