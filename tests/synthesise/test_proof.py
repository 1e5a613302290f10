"""What a market proves of a rule: codes, narrowing, rounds, evidence; in whatever order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.grammar import check_pattern
from brand_metagen.synthesise import learn
from brand_metagen.synthesise.knowledge import Knowledge, gather
from brand_metagen.synthesise.learn import Learned, learn_brand
from markets import CODES, Row, market_of, shops


def known(names: Mapping[str, str], rows: list[Row], **changed: float) -> Knowledge:
    limits = replace(LearnSettings(), **changed)  # type: ignore[arg-type]
    return gather(market_of(names, rows), [], limits)


def takes(learned: Learned, text: str) -> bool:
    assert learned.rule is not None, learned.reasons
    return re.search(learned.rule.regex, text) is not None


def kinds(learned: Learned) -> set[str]:
    assert learned.rule is not None, learned.reasons
    return {piece.kind for piece in learned.rule.pieces}


# Names that a row's other words must not be mistaken for.
CAST = {"1": "Pilot Flying", "2": "Ace Tools", "3": "Burger Barn"}
OTHERS = [*shops("ACE TOOLS", "2", "5999"), *shops("BURGER BARN", "3", "5814")]


def pilot(*texts: str) -> list[Row]:
    return [*shops("PILOT FLYING", "1", "5541"), *((text, "1", "5541") for text in texts), *OTHERS]


@pytest.mark.parametrize(
    ("shown", "text", "taken"),
    [
        # Long spellings are believed without a row of their own.
        ((), "PLT FLYNG 12", True),
        # Initials need two narratives that nothing longer takes.
        ((), "PF 12", False),
        (("PF 3 LEEDS",), "PF 12", False),
        (("PF 3 LEEDS", "PF 4 YORK"), "PF 12", True),
        # Words of the rows that do not spell the name need three.
        (("ZIPFUEL LEEDS", "ZIPFUEL YORK"), "ZIPFUEL BATH", False),
        (("ZIPFUEL LEEDS", "ZIPFUEL YORK", "ZIPFUEL TRURO"), "ZIPFUEL BATH", True),
        # Those that share its letters need two.
        (("PILOTXPRESS A", "PILOTXPRESS B"), "PILOTXPRESS C", True),
        (("PILOTXPRESS A",), "PILOTXPRESS C", False),
    ],
)
def test_evidence_that_a_spelling_needs(shown: tuple[str, ...], text: str, taken: bool) -> None:
    learned = learn_brand(known(CAST, pilot(*shown)), "1")
    assert takes(learned, text) is taken
    assert takes(learned, "PILOT FLYING 99")


@pytest.mark.parametrize(("readable", "taken"), [(79, False), (99, True)])
def test_words_are_cut_only_where_the_rule_stays_readable(
    readable: int, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert learn.READABLE == 79
    monkeypatch.setattr(learn, "READABLE", readable)
    assert takes(learn_brand(known(CAST, pilot()), "1"), "PILO FLYI 12") is taken


def test_towns_of_the_rows_never_become_the_brand() -> None:
    rows = [(f"PILOT FLYING {i} LEEDS", "1", "5541") for i in range(30)]
    learned = learn_brand(known(CAST, [*rows, *OTHERS]), "1")
    assert not takes(learned, "LEEDS TAXIS")
    assert "words of its rows" not in kinds(learned)


def test_a_name_someone_else_carries_gives_no_evidence() -> None:
    """Words that rivals' rows hold as well are theirs."""
    rows = pilot("ACE TOOLS 50", "ACE TOOLS 51", "ACE TOOLS 52")
    assert not takes(learn_brand(known(CAST, rows), "1"), "ACE TOOLS 60")


def lucky() -> list[Row]:
    """A grocer, and many bars that only share its name, under a code its sector uses."""
    bars: list[Row] = [(f"LUCKY BAR {i}", "", "5814") for i in range(100)]
    return [*shops("LUCKY", "1", "5411", 60), *bars]


def test_an_ambiguous_name_keeps_to_its_usual_codes() -> None:
    names = {"1": "Lucky", "2": "Ace Tools", "3": "Burger Barn"}
    learned = learn_brand(known(names, [*lucky(), *OTHERS]), "1")
    assert learned.rule is not None
    assert learned.rounds == 2
    assert learned.reasons == ("only its usual codes are safe",)
    assert "5411" in learned.rule.mccids
    assert "5814" not in learned.rule.mccids


def test_one_round_is_not_enough_for_it() -> None:
    names = {"1": "Lucky", "2": "Ace Tools", "3": "Burger Barn"}
    market = known(names, [*lucky(), *OTHERS])
    outcomes = [learn_brand(market, "1", rounds) for rounds in (0, 1, 2, 5)]
    assert [o.rounds for o in outcomes] == [0, 1, 2, 2]
    assert [o.rule is not None for o in outcomes] == [False, False, True, True]
    assert all(o.reasons for o in outcomes)


def test_a_name_that_means_everything_is_given_up_with_figures() -> None:
    rows: list[Row] = [(f"SHOP {i}", "", "5999") for i in range(300)]
    rows += [("SHOP 900", "1", "5999"), ("SHOP 901", "1", "5999")]
    learned = learn_brand(known({"1": "Shop"}, rows), "1")
    assert learned.rule is None
    assert learned.rounds == 4
    assert "300 without a label" in learned.reasons[0]


def test_a_longer_name_is_shut_out_and_not_the_other_way() -> None:
    rows = shops("ALLTOWN", "1", "5411") + shops("ALLTOWN FRESH", "2", "5411")
    market = known({"1": "Alltown", "2": "Alltown Fresh"}, rows)
    short, long = learn_brand(market, "1"), learn_brand(market, "2")
    assert takes(short, "ALLTOWN 900")
    assert not takes(short, "ALLTOWN FRESH 900")
    assert not takes(short, "ALLTOWNFRESH 900")
    assert takes(short, "ALLTOWN FRIDAY"), "only the longer name is shut out"
    assert takes(long, "ALLTOWN FRESH 900")
    assert not takes(long, "ALLTOWN 900")


def test_who_owns_the_longer_name_s_rows_decides() -> None:
    """Where the rows of the longer name are labelled to the shorter, they are its rows."""
    rows = shops("ALLTOWN", "1", "5411") + shops("ALLTOWN FRESH", "1", "5411")
    learned = learn_brand(known({"1": "Alltown", "2": "Alltown Fresh"}, rows), "1")
    assert takes(learned, "ALLTOWN FRESH 900")


def test_exclusions_stay_few() -> None:
    names = {
        "1": "Alltown",
        **{str(i): f"Alltown {chr(64 + i)}XYZ" for i in range(2, 16)},
    }
    rows = shops("ALLTOWN", "1", "5411", 40)
    for i in range(2, 16):
        rows += shops(names[str(i)].upper(), str(i), "5411", 4)
    learned = learn_brand(known(names, rows), "1")
    assert learned.rule is not None
    assert learned.rule.exclude is not None
    assert learned.rule.exclude.count("ALLTO") == 12, "of fourteen; the rest is left to ties"
    check_pattern(learned.rule.exclude)


def test_the_floor_of_the_code_list_is_a_setting() -> None:
    rows = [*shops("PILOT FLYING", "1", "5541", 40), *OTHERS, ("PILOT FLYING 9", "1", "5411")]
    listed = [learn_brand(known(CAST, rows, mcc_floor=floor), "1").rule for floor in (0.0005, 0.05)]
    assert all(listed)
    few, many = listed[1], listed[0]
    assert few is not None
    assert many is not None
    assert set(few.mccids) < set(many.mccids)
    assert few.mccids == ("5541",)


WORDS = st.sampled_from(["PILOT", "FLYING", "ACE", "TOOLS", "PF", "PLT", "SQ *PILOT", "LEEDS", "7"])
DRAWN = st.lists(
    st.tuples(
        st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(sorted(CODES)),
    ),
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(DRAWN, st.randoms())
def test_any_market_gives_proven_rules_whatever_the_order(rows: list[Row], rng: Random) -> None:
    market = known(CAST, rows)
    other = gather(market_of(CAST, rows, rng), [], LearnSettings())
    for brandid in CAST:
        learned = learn_brand(market, brandid)
        assert learned == learn_brand(other, brandid)
        if learned.rule is None:
            assert learned.reasons
            continue
        check_pattern(learned.rule.include)
        assert set(learned.rule.mccids) <= set(CODES)
        assert learned.rule.mccids == tuple(sorted(learned.rule.mccids))
        for text in market.corpus.texts:
            include = re.search(learned.rule.include, text) is not None
            shut = learned.rule.exclude and re.search(learned.rule.exclude, text)
            assert takes(learned, text) == (include and not shut)
