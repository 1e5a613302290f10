"""A rule amended keeps what was asked of it, generally, and loses little else."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from brand_metagen.config import Settings
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Rule
from brand_metagen.review.amend import amend
from brand_metagen.review.contradictions import contradictions
from brand_metagen.review.draft import blank
from brand_metagen.review.wanted import keeps, matches
from brand_metagen.synthesise.knowledge import Knowledge, gather
from brand_metagen.synthesise.learn import learn_brand
from learned import Unseen, learned_sample
from markets import market_of, shops

STAR = [
    *shops("STARBUCKS", "1", "5814", 12),
    *shops("STAR MARKET", "2", "5411", 12),
    *shops("STAR BURGER", "3", "5812", 12),
    ("STARBUCKS HOTEL YORK", "", "7399"),
    ("STARBUCKS HOTEL BATH", "", "5814"),
    ("SBUX MOBILE 12 LEEDS", "", "5814"),
    ("SBUX MOBILE 77 YORK", "", "5814"),
    ("STARBURST SWEETS LUTON", "", "5411"),
]


@cache
def star() -> Knowledge:
    brands = {"1": "Starbucks", "2": "Star Market", "3": "Star Burger"}
    return gather(market_of(brands, STAR), (), Settings().learn)


@cache
def rule(brandid: str = "1") -> Rule:
    learned = learn_brand(star(), brandid).rule
    assert learned is not None
    return learned


def nothing(word: str) -> float | None:
    return None


def belongs(narrative: str, mccid: str = "5814") -> Constraint:
    return Constraint(Kind.BELONGS, row=Row("1", "B1", narrative, mccid))


def not_theirs(narrative: str, mccid: str = "5814") -> Constraint:
    return Constraint(Kind.DOES_NOT_BELONG, row=Row("1", "B1", narrative, mccid))


@pytest.mark.parametrize(
    ("asked", "taken", "left"),
    [
        ([belongs("SBUX MOBILE 12 LEEDS")], ["SBUX MOBILE 77 YORK"], ["STAR MARKET 3"]),
        ([not_theirs("STARBUCKS HOTEL BATH")], ["STARBUCKS 7 BATH"], ["STARBUCKS HOTEL X"]),
        ([Constraint(Kind.WORDS_IN, "SBUX")], ["SBUX 7 BATH"], ["XSBUX 7"]),
        ([Constraint(Kind.WORDS_OUT, "HOTEL")], ["STARBUCKS 7"], ["STARBUCKS HOTEL 7"]),
        (
            [Constraint(Kind.PATTERN, "\\bSTAR"), Constraint(Kind.WORDS_OUT, "BURST")],
            ["STARBUCKS 7", "STAR MARKET"],
            ["STARBURST SWEETS", "BIG STARBURST"],
        ),
        (
            [Constraint(Kind.PATTERN, "\\bSTARBU"), Constraint(Kind.ENDS, "STARBUCKS")],
            ["STARBUCKS 7"],
            ["STARBUCKSON 7"],
        ),
    ],
)
def test_what_is_asked_is_done_generally(
    asked: list[Constraint], taken: list[str], left: list[str]
) -> None:
    made = amend(star(), rule(), asked, nothing)
    assert made.unmet == ()
    assert made.listed == 0
    assert made.done
    assert [text for text in taken if not matches(made.rule, text)] == []
    assert [text for text in left if matches(made.rule, text)] == []
    # What the brand had, it still has.
    own = [text for text, brandid, *_ in STAR if brandid == "1"]
    assert all(matches(made.rule, text) for text in own)


def test_codes() -> None:
    asked = [Constraint(Kind.MCC_IN, "5999"), Constraint(Kind.MCC_OUT, "5812")]
    made = amend(star(), rule(), asked, nothing)
    assert "5999" in made.rule.mccids
    assert "5812" not in made.rule.mccids
    brought = amend(star(), rule(), [belongs("STARBUCKS 9 ELY", "8111")], nothing)
    assert "8111" in brought.rule.mccids


def test_a_row_like_no_other_is_named_as_it_stands() -> None:
    made = amend(star(), rule(), [belongs("55 123 77")], nothing)
    assert (made.unmet, made.listed) == ((), 1)
    assert matches(made.rule, "55 123 77")


def test_a_row_that_only_a_town_tells_apart() -> None:
    """The brand is in that town too: the row alone is shut out."""
    made = amend(star(), rule(), [not_theirs("STARBUCKS 999 LEEDS")], nothing)
    assert made.unmet == ()
    lost = [t for t, brandid, *_ in STAR if brandid == "1" and not matches(made.rule, t)]
    assert len(lost) <= 1


@pytest.mark.parametrize("pattern", ["^(A+)+$", ".*", "(?=A)B", "A", "^"])
def test_a_pattern_outside_the_language_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError):
        amend(star(), rule(), [Constraint(Kind.PATTERN, pattern)], nothing)


@pytest.mark.parametrize("kind", [Kind.WORDS_IN, Kind.WORDS_OUT, Kind.ENDS])
@pytest.mark.parametrize("words", ["A", "&-", "M&", "'S", "X" * 5_000])
def test_words_that_say_nothing_or_too_much_are_refused(kind: Kind, words: str) -> None:
    with pytest.raises(RuleError):
        amend(star(), rule(), [Constraint(kind, words)], nothing)


def test_a_pattern_that_would_keep_an_engine_busy_does_not() -> None:
    """Python's engine would try 2 to the power of 28 ways here."""
    busy = "A?" * 28 + "A" * 28 + "Z"
    made = amend(star(), rule(), [Constraint(Kind.PATTERN, busy), belongs("A" * 28)], nothing)
    assert made.unmet == ()


def test_a_brand_without_a_rule_gets_one_from_rows_that_belong() -> None:
    rows = [belongs("SBUX MOBILE 12 LEEDS"), belongs("SBUX MOBILE 77 YORK")]
    made = amend(star(), blank("1", star()), rows, nothing)
    assert (made.unmet, made.listed) == ((), 0)
    assert matches(made.rule, "SBUX MOBILE 5 BATH")
    with pytest.raises(RuleError, match="point at rows that belong"):
        amend(star(), blank("1", star()), [Constraint(Kind.MCC_IN, "5812")], nothing)


def test_words_that_end_in_an_apostrophe_make_a_piece() -> None:
    made = amend(star(), rule(), [belongs("SALZ' 12 LEEDS"), belongs("SALZ' 77 YORK")], nothing)
    assert (made.unmet, made.listed) == ((), 0)
    assert matches(made.rule, "SALZ' 5 BATH")


@pytest.mark.parametrize("narrative", ["*55 12-", "A.B (C) 1", "+44 [X]", "'99'"])
def test_rows_of_any_characters_can_be_named(narrative: str) -> None:
    made = amend(star(), rule(), [belongs(narrative)], nothing)
    assert (made.unmet, matches(made.rule, narrative)) == ((), True)
    assert not matches(made.rule, f"{narrative} X")
    again = amend(star(), made.rule, [belongs(narrative), belongs("SBUX MOBILE 12 LEEDS")], nothing)
    assert again.unmet == ()


def test_a_row_too_short_for_any_rule_is_said_to_be() -> None:
    asked = [belongs("-")]
    made = amend(star(), rule(), asked, nothing)
    assert (made.unmet, made.listed, made.rule.include) == (tuple(asked), 0, rule().include)


def test_words_that_belong_are_let_in_again() -> None:
    shut = amend(star(), rule(), [Constraint(Kind.WORDS_OUT, "HOTEL")], nothing).rule
    asked = [Constraint(Kind.WORDS_IN, "STARBUCKS HOTEL")]
    assert amend(star(), shut, asked, nothing).unmet == ()


def test_nothing_asked_changes_nothing() -> None:
    made = amend(star(), rule(), [], nothing)
    assert (made.rule, made.done, made.unmet) == (rule(), (), ())


def test_the_order_of_rows_does_not_matter() -> None:
    asked = [belongs("SBUX MOBILE 12 LEEDS"), not_theirs("STARBUCKS HOTEL BATH"),
             belongs("SBUX MOBILE 77 YORK")]  # fmt: skip
    one, other = (amend(star(), rule(), order, nothing) for order in (asked, asked[::-1]))
    assert one.rule == other.rule


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (belongs("STARBUCKS 1"), not_theirs("STARBUCKS 1")),
        (Constraint(Kind.MCC_IN, "5814"), Constraint(Kind.MCC_OUT, "5814")),
        (belongs("STARBUCKS 1"), Constraint(Kind.MCC_OUT, "5814")),
        (belongs("STARBURST 1"), Constraint(Kind.WORDS_OUT, "BURST")),
        (belongs("STARBUCKSON 1"), Constraint(Kind.ENDS, "STARBUCKS")),
        (Constraint(Kind.WORDS_IN, "STAR BURST"), Constraint(Kind.WORDS_OUT, "BURST")),
    ],
)
def test_contradictions_are_named(first: Constraint, second: Constraint) -> None:
    for pair in ([first, second], [second, first]):
        (found,) = contradictions(pair)
        assert [found.first, found.second] == pair
    assert contradictions([first, first]) == []


@pytest.mark.parametrize(
    "pair",
    [
        (belongs("STARBUCKS 1"), not_theirs("STARBUCKS 1", "8111")),
        (belongs("STARBUCKS 1"), Constraint(Kind.MCC_OUT, "5812")),
        (belongs("STARBUCKS 1"), Constraint(Kind.ENDS, "STARBUCKS")),
        (belongs("STARBUCKS 1"), Constraint(Kind.WORDS_OUT, "BURST")),
    ],
)
def test_what_can_be_kept_together_is_no_contradiction(
    pair: tuple[Constraint, Constraint],
) -> None:
    assert contradictions(pair) == []
    assert amend(star(), rule(), pair, nothing).unmet == ()


def test_both_sides_are_named_with_author_and_date() -> None:
    first = Constraint(Kind.MCC_IN, "5814", author="ana", given_at="2026-01-02T10:00:00+00:00")
    second = Constraint(Kind.MCC_OUT, "5814", author="ben", given_at="2026-02-03T10:00:00+00:00")
    (found,) = contradictions([first, second])
    assert str(found) == (
        "ana said on 2026-01-02 that code 5814 is theirs, "
        "but ben said on 2026-02-03 that code 5814 is not theirs"
    )


def test_truthful_feedback_on_a_learned_market() -> None:
    """Rows a rule misses or wrongly takes are pointed at: every promise holds, hardly a row is
    listed, patterns stay in the language, and unseen rows do not suffer."""
    sample, random = learned_sample(), Random(5)
    knowledge = gather(sample.market, (), Settings().learn)
    asked = listed = lost = gained = 0
    for known in sample.rules:
        mine = [r for r in sample.unseen if r.true_brandid == known.brandid]
        taken = [r for r in sample.unseen if takes(known, r)]
        pointed = [belongs(r.narrative, r.mccid) for r in mine if r not in taken]
        pointed += [not_theirs(r.narrative, r.mccid) for r in taken if r not in mine]
        random.shuffle(pointed)
        pointed = pointed[:6]
        if not pointed or contradictions(pointed):
            continue
        made = amend(knowledge, known, pointed, sample.model.words.worth)
        check_pattern(made.rule.include)
        assert all(keeps(made.rule, c, knowledge) for c in pointed), (known, pointed, made)
        asked, listed = asked + len(pointed), listed + made.listed
        right = [r for r in mine if takes(made.rule, r)]
        lost += len([r for r in mine if r in taken and r not in right])
        gained += len([r for r in right if r not in taken])
    assert asked > 30
    assert listed <= 0.1 * asked
    assert gained > 4 * lost


def takes(known: Rule, row: Unseen) -> bool:
    return row.mccid in known.mccids and matches(known, row.narrative)
