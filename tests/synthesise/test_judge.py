"""Own, unlabelled, rival or noise; and how much of each a widening may take, to the row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from brand_metagen.config import LearnSettings
from brand_metagen.synthesise.corpus import build_corpus
from brand_metagen.synthesise.judge import Candidate, Judge, Tally, names_corpus
from brand_metagen.synthesise.learn import holds
from brand_metagen.synthesise.names import core_phrase
from markets import Row, market_of

BRANDS = {"1": "Star Bucks", "2": "Burger Barn", "3": "Oak", "4": "東京"}


def judge_of(rows: Sequence[Row], public: Sequence[str] = (), **changed: float) -> Judge:
    market = market_of(BRANDS, rows)
    phrases = {brandid: core_phrase(brand.brandname) for brandid, brand in market.brands.items()}
    settings = replace(LearnSettings(), **changed)  # type: ignore[arg-type]
    return Judge(build_corpus(market.combos), names_corpus(public), phrases, settings)


WHOSE = [
    ([("STAR BUCKS", "1", "5812")], Tally(own=1)),
    ([("STAR BUCKS", "", "5812")], Tally(unlabelled=1)),
    # Its label bears no trace in the text: noise. One that does is a rival's.
    ([("STAR BUCKS", "2", "5812")], Tally(noise=1)),
    ([("BURGER BARN", "2", "5812")], Tally(rival=1)),
    ([("STAR BUCKS BURG", "2", "5812")], Tally(rival=1)),
    ([("STAR BUCKS BARN", "2", "5812")], Tally(rival=1)),
    ([("BRGR BRN", "2", "5812")], Tally(rival=1)),
    # One row of its own outweighs other labels of the same narrative.
    ([("STAR BUCKS", "1", "5812"), ("STAR BUCKS", "2", "5812")], Tally(own=1)),
    ([("STAR BUCKS", "1", "5812"), ("STAR BUCKS", "", "5812")], Tally(own=1)),
    ([("BURGER BARN", "2", "5812"), ("BURGER BARN", "", "5812")], Tally(rival=1)),
    # A name shorter than a trace still leaves one.
    ([("OAK", "3", "5812")], Tally(rival=1)),
    # A name of which nothing is left cannot.
    ([("TOKYO", "4", "5812")], Tally(noise=1)),
    # A narrative a bank prints a hundred times is one piece of evidence.
    ([("STAR BUCKS", "1", "5812")] * 100, Tally(own=1)),
]


@pytest.mark.parametrize(("rows", "expected"), WHOSE)
def test_whose_a_narrative_is(rows: list[Row], expected: Tally) -> None:
    judge = judge_of(rows)
    assert judge.tally("1", range(len(judge.corpus))) == expected


TOLERATED = [
    (Tally(own=10, rival=1), True),
    (Tally(own=10, rival=2), False),
    (Tally(own=9, rival=1), False),
    (Tally(own=0, rival=1), False),
    (Tally(own=20, unlabelled=9), True),
    (Tally(own=20, unlabelled=10), False),
    (Tally(own=0, unlabelled=1), True),
    (Tally(own=0, unlabelled=2), False),
    (Tally(own=8, noise=2), True),
    (Tally(own=8, noise=3), False),
    (Tally(own=0, noise=1), True),
    (Tally(own=0, noise=2), False),
    (Tally(), True),
]


@pytest.mark.parametrize(("tally", "tolerated"), TOLERATED)
def test_what_a_widening_may_take(tally: Tally, tolerated: bool) -> None:
    assert judge_of([]).tolerates(tally) is tolerated


@pytest.mark.parametrize(
    ("changed", "tally"),
    [
        ("rival_share", Tally(own=10, rival=1)),
        ("unlabelled_share", Tally(own=20, unlabelled=9)),
        ("noise_share", Tally(own=8, noise=2)),
    ],
)
def test_each_bound_is_a_setting(changed: str, tally: Tally) -> None:
    assert judge_of([]).tolerates(tally)
    assert not judge_of([], **{changed: 0.05}).tolerates(tally)


HOLDS = [
    (Tally(), 4, True),
    (Tally(own=4, rival=2), 4, True),
    (Tally(own=4, rival=3), 4, False),
    (Tally(own=0, rival=1), 4, True),
    (Tally(own=0, rival=2), 4, False),
    # 0.5 per own row and one more are the usual noise of missing labels, and 0.25 + 1 may stay.
    (Tally(own=8, unlabelled=8), 4, True),
    (Tally(own=8, unlabelled=9), 4, False),
    # A long name has the benefit of four rows instead of one.
    (Tally(own=8, unlabelled=11), 8, True),
    (Tally(own=8, unlabelled=12), 8, False),
    (Tally(own=8, unlabelled=9), 7, False),
    (Tally(own=8, noise=6), 4, True),
    (Tally(own=8, noise=7), 4, False),
]


@pytest.mark.parametrize(("tally", "letters", "held"), HOLDS)
def test_when_a_rule_is_borne_out(tally: Tally, letters: int, held: bool) -> None:
    assert holds(tally, letters) is held


ROWS: list[Row] = [
    (text, "1", "5812")
    for text in (
        "STARK",
        "STAR 4",
        "STAR4",
        "THE STAR",
        "SQ *STAR-X",
        "MY_STAR",
        "RESTART",
        "S TAR",
    )
]


@pytest.mark.parametrize(
    ("candidate", "taken"),
    [
        (Candidate("STAR", "STAR", ""), {"STAR 4", "STAR4", "THE STAR", "SQ *STAR-X"}),
        (Candidate("STAR", "STAR", "", anchored=True), {"STAR 4", "STAR4"}),
        (Candidate("STAR[ -]?4", "STAR4", ""), {"STAR 4", "STAR4"}),
        (
            Candidate("S[ -]?TAR", "STAR", ""),
            {"STAR 4", "STAR4", "THE STAR", "SQ *STAR-X", "S TAR"},
        ),
    ],
)
def test_what_a_candidate_takes(candidate: Candidate, taken: set[str]) -> None:
    judge = judge_of(ROWS)
    hits = judge.hits(candidate)
    assert hits == sorted(hits)
    assert {judge.corpus.texts[i] for i in hits} == taken
    assert judge.hits(candidate, besides=hits[:1]) == hits[1:]


CANDIDATES = [
    Candidate("STAR", "STAR", ""),
    Candidate("STAR", "STAR", "", anchored=True),
    Candidate("S TAR", "STAR", "", anchored=True),
    Candidate("SQ", "SQ", "", anchored=True),
    Candidate("S[ -]?TAR", "STAR", "", anchored=True),
    Candidate("S[ -]?TAR", "STR", "", bare=True),
    Candidate("NOVA", "NOVA", "", anchored=True),
]


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.closed)
def test_what_a_candidate_takes_up_to_a_bound(candidate: Candidate) -> None:
    """Whatever was asked before."""
    hits = judge_of(ROWS).hits(candidate)
    for bounds in ((0, 1, 2.5, 4, 5, 9), (9, 5, 4, 2.5, 1, 0), (4, 0, 4, 9, 1, 9)):
        judge = judge_of(ROWS)
        for most in bounds:
            expected = hits if len(hits) <= most else None
            assert judge.hits_within(candidate, most) == expected, most


def test_a_digit_after_a_name_that_ends_in_one_is_another_number() -> None:
    assert Candidate("FOREVER 2", "FOREVER2", "").closed == r"\b(?:FOREVER 2)\b"
    assert Candidate("FOREVER", "FOREVER", "").closed == r"\b(?:FOREVER)(?:\b|[0-9])"


def test_public_names_conflict_unless_they_hold_the_brand_s() -> None:
    public = ["Star Bucks", "Star Bucks Reserve", "Starbuck Motors", "Star Bu", "Oak"]
    judge = judge_of([], public)
    conflicts = judge.public_conflicts("1", Candidate("STARB[UCKS]{0,4}", "STARB", ""))
    assert conflicts == ["STARBUCK MOTORS"]


def test_public_names_without_letters_are_left_out() -> None:
    assert names_corpus(["&", "東京", "Oak", "oak"]).texts == ["OAK"]


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate("S[ -]?B", "SB", "initials"),
        Candidate("STAR[ -]?BUCKS", "STARBUCKS", "full name"),
        Candidate("STA?R", "STR", "bare", bare=True),
        Candidate("OAK", "OAK", "words of its rows", anchored=True),
    ],
)
@pytest.mark.parametrize("besides", [set(), {0, 3}])
def test_the_own_rows_show_all_of_the_own_that_a_search_of_the_market_finds(
    candidate: Candidate, besides: set[int]
) -> None:
    texts = (
        "S B LEEDS",
        "SB 1",
        "USB",
        "STARBUCKS",
        "STAR",
        "A STAR BUCKS",
        "STR",
        "OAK",
        "AN OAK",
    )
    judge = judge_of([(t, b, "5812") for n, t in enumerate(texts) for b in ("1", "", "2")[n % 2 :]])
    found = [i for i in judge.hits(candidate, besides) if judge.is_own(i, "1")]
    own = [i for i in judge.corpus.own["1"] if i not in besides]
    shown = [i for i in own if re.search(candidate.closed, judge.corpus.texts[i])]
    assert judge.shown("1", candidate, besides) == len(shown)
    assert set(found) <= set(shown)
