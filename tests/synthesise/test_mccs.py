"""P(mcc | brand): its own evidence, what sector and stray codes lend, and the floor of the list."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import learn_brand
from brand_metagen.synthesise.mccs import (
    BORROWED_ROWS,
    LEAST_STRAY,
    MOST_LISTED,
    OWN_SHARE,
    WIDER,
    WORTH_WIDENING,
    MccModel,
    Named,
    fit_mccs,
    wide_floor,
)
from markets import market_of, shops

CODES = ("5411", "5541", "5812", "5814", "5999", "7399")
SECTORS = {"1": "Food", "2": "Food", "3": "Fuel", "4": "Fuel"}
ROWS = {
    "1": {"5812": 30.0, "5814": 9.0, "7399": 1.0},
    "2": {"5814": 20.0, "7399": 1.0},
    "3": {"5541": 10.0, "7399": 1.0},
    "4": {},
}
MODEL = fit_mccs(ROWS, SECTORS, CODES)


@pytest.mark.parametrize("sector", ["Food", "Fuel", "unheard of"])
@pytest.mark.parametrize("own", [{}, {"5812": 1.0}, {"5411": 40.0, "5999": 0.5}])
def test_probabilities_sum_to_one(sector: str, own: dict[str, float]) -> None:
    assert sum(MODEL.p(sector, own, code) for code in CODES) == pytest.approx(1.0)


COUNTS = st.dictionaries(st.sampled_from(CODES), st.integers(1, 50).map(float), max_size=6)


@given(st.dictionaries(st.sampled_from("1234"), COUNTS, min_size=1), COUNTS)
def test_whatever_the_market_they_sum_to_one(
    rows: dict[str, dict[str, float]], own: dict[str, float]
) -> None:
    model = fit_mccs(rows, SECTORS, CODES)
    for sector in ("Food", "Fuel"):
        total = sum(model.p(sector, own, code) for code in CODES)
        # A sector without a row has only the stray codes to lend.
        usual = sum(model.sectors.get(sector, model.everywhere).values())
        home = (sum(own.values()) + BORROWED_ROWS * usual) / (sum(own.values()) + BORROWED_ROWS)
        assert total == pytest.approx((1 - model.stray) * home + model.stray)
        assert usual == pytest.approx(1.0) or usual == 0
        assert all(model.p(sector, own, code) > 0 for code in CODES)


def test_what_a_brand_lacks_is_borrowed_from_its_sector() -> None:
    own = {"5812": 3 * BORROWED_ROWS}
    assert MODEL.p("Food", own, "5814") > 5 * MODEL.p("Fuel", own, "5814")
    # As many narratives of its own as are lent weigh as much.
    lent, stray = MODEL.p("Food", {}, "5411"), MODEL.stray * MODEL.out_of_place["5411"]
    assert MODEL.p("Food", {"5411": BORROWED_ROWS}, "5411") == pytest.approx(
        stray + 0.5 * (1 - MODEL.stray) + 0.5 * (lent - stray)
    )


def test_codes_out_of_place_for_many_brands_are_lent_to_all() -> None:
    assert MODEL.stray > LEAST_STRAY
    assert MODEL.out_of_place["7399"] > 2 * MODEL.out_of_place["5999"]
    assert MODEL.out_of_place["7399"] > 2 * MODEL.everywhere["7399"]
    assert MODEL.p("Fuel", {}, "7399") > 2 * MODEL.p("Fuel", {}, "5999")


def test_one_brand_s_habit_is_not_the_market_s() -> None:
    habit = {"1": {"5812": 90.0, "5411": 9.0}, "2": {"5814": 20.0}, "3": {}, "4": {}}
    assert fit_mccs(habit, SECTORS, CODES).stray == pytest.approx(2.0 / 119.0)


def test_a_row_does_not_speak_for_itself() -> None:
    own = {"5812": 1.0}
    assert MODEL.p("Food", own, "5812", less=1.0) == pytest.approx(MODEL.p("Food", {}, "5812"))
    assert MODEL.p("Food", own, "5812") > MODEL.p("Food", own, "5812", less=1.0)


@given(COUNTS, st.sampled_from(["Food", "Fuel", "unheard of"]), st.floats(0.0001, 0.9))
def test_listed_are_exactly_the_codes_above_the_floor(
    own: dict[str, float], sector: str, floor: float
) -> None:
    listed = MODEL.listed(sector, own, floor)
    assert listed == tuple(sorted(listed))
    for code in CODES:
        p = MODEL.p(sector, own, code)
        if abs(p - floor) > 1e-9:
            assert (code in listed) == (p > floor), (code, p)


def test_a_large_brand_strays_as_often_as_a_small_one() -> None:
    large = MODEL.p("Food", {"5812": 5_000.0}, "5541")
    assert large == pytest.approx(MODEL.stray * MODEL.out_of_place["5541"])
    assert large > 0.1 * MODEL.p("Food", {"5812": 5.0}, "5541")


def test_the_floor_decides_how_many_codes_are_listed() -> None:
    assert MODEL.listed("Food", {}, 0.0005) == CODES
    own = {"5812": 60.0, "5814": 9.0, "7399": 1.0}
    assert MODEL.listed("Food", own, 0.0005) == CODES
    assert MODEL.listed("Food", own, 0.015) == ("5812", "5814", "7399")
    assert MODEL.listed("Food", own, 0.05) == ("5812", "5814")
    assert MODEL.listed("Food", own, 0.5) == ("5812",)


@given(COUNTS, st.sampled_from(["Food", "Fuel", "unheard of"]), st.floats(0.0, 1.0))
def test_the_list_holds_what_is_likely(own: dict[str, float], sector: str, floor: float) -> None:
    likely = MODEL.likely(sector, own)
    assert likely == pytest.approx({code: MODEL.p(sector, own, code) for code in CODES})
    assert set(MODEL.listed(sector, own, floor)) == {c for c in CODES if likely[c] >= floor}


def test_a_code_is_never_made_up() -> None:
    empty = MccModel({}, {}, {}, 0.0)
    assert empty.listed("Food", {}, 0.0005) == ()
    assert empty.p("Food", {"5812": 2.0}, "5812") == pytest.approx(2 / (2 + BORROWED_ROWS))


FLOOR = 0.01


def named(unheard: int, foreign: int, usual: int = 196) -> Counter[Named]:
    """Rows of one usual code, rows each with a code of its own, and rows of nobody's."""
    rows = [Named("1", "5812", i % 4, True) for i in range(usual)]
    rows += [Named("1", f"{i:04d}", i % 4, True) for i in range(unheard)]
    rows += [Named("1", f"{i:04d}", i % 4, False) for i in range(unheard, unheard + foreign)]
    return Counter(rows)


STRANGE = [*CODES, *(f"{i:04d}" for i in range(10))]


@pytest.mark.parametrize(
    ("unheard", "foreign", "wider"),
    [
        (4, 0, True),
        (3, 0, False),  # less than a fiftieth of the rows would be regained
        (4, 2, True),
        (4, 3, False),  # too many that are nobody's would come with them
        (0, 4, False),
    ],
)
def test_lists_grow_where_rows_left_out_ask_for_it(unheard: int, foreign: int, wider: bool) -> None:
    usual = 200 - max(unheard, 1) if unheard != 3 else 197
    rows = named(unheard, foreign, usual)
    found = wide_floor(rows, SECTORS, STRANGE, FLOOR)
    assert (found < FLOOR) == wider
    assert found in (FLOOR, *(share * FLOOR for share in WIDER))


def test_lists_do_not_grow_beyond_what_says_something() -> None:
    many = [*STRANGE, *(f"{i:04d}" for i in range(10, 10 + round(MOST_LISTED)))]
    assert wide_floor(named(4, 0, 196), SECTORS, STRANGE, FLOOR) < FLOOR
    assert wide_floor(named(4, 0, 196), SECTORS, many, FLOOR) == FLOOR


def test_widening_is_for_the_market_not_for_a_row_or_two() -> None:
    assert wide_floor({}, SECTORS, CODES, FLOOR) == FLOOR
    assert (WORTH_WIDENING, OWN_SHARE) == (0.02, 0.6)


@pytest.mark.parametrize(("known", "listed"), [(["Uniqlo"], True), ([], False)])
def test_what_the_world_knows_of_a_brand_s_codes(known: list[str], listed: bool) -> None:
    """Nobody here has shown the code of clothes shops."""
    market = market_of({"1": ("Uniqlo", "Fashion")}, shops("UNIQLO", "1", "5999"))
    rule = learn_brand(gather(market, known, LearnSettings(mcc_floor=0.02)), "1").rule
    assert rule is not None
    assert ("5651" in rule.mccids) == listed
    assert "5999" in rule.mccids
    assert "5541" not in rule.mccids
