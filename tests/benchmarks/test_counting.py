"""The benchmark's own counting, on tables small enough to check by hand."""

import doctest
from pathlib import Path

import pytest
from benchmarks.calibration import calibration_error
from benchmarks.counting import Share, count
from benchmarks.sets import HELD_OUT, TRAIN, BenchSet, Row, Truth
from benchmarks.yardsticks import by_lookup, by_name

from benchmarks import calibration, counting, speed, tables

TRUTH = [
    Truth(("1", "b"), "A", "labelled", TRAIN, ""),
    Truth(("2", "b"), "A", "labelled", TRAIN, "wrong"),
    Truth(("3", "b"), "B", "labelled", TRAIN, "missing"),
    Truth(("4", "b"), "", "near_miss", TRAIN, "wrong"),
    Truth(("5", "b"), "", "background", TRAIN, ""),
    Truth(("6", "b"), "A", "labelled", HELD_OUT, ""),
]


def given(**brands: str) -> dict[tuple[str, str], frozenset[str]]:
    return {(name[1:], "b"): frozenset(some.split("+")) for name, some in brands.items()}


@pytest.mark.parametrize("module", [calibration, counting, speed, tables])
def test_examples_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_brands_given_to_look_alikes_and_background_cost_precision() -> None:
    found = count(TRUTH, given(r1="A", r2="A", r4="B", r5="A"), TRAIN)
    assert found.precision_all == 2 / 4
    assert found.recall == 2 / 3
    assert found.f1_all == 2 * 2 / (4 + 3)
    assert (found.look_alikes, found.background) == (Share(1, 1), Share(1, 1))


def test_macro_is_a_plain_mean_over_brands_with_rows() -> None:
    found = count(TRUTH, given(r1="A", r2="A", r3="C"), TRAIN)
    assert found.macro_f1 == (1.0 + 0.0) / 2


def test_every_brand_of_a_row_counts() -> None:
    assert count(TRUTH, given(r1="A+B", r2="A", r3="B"), TRAIN).precision_all == 3 / 4


def test_only_labelled_rows_can_be_repaired_and_only_by_their_brand_alone() -> None:
    found = count(TRUTH, given(r2="A", r3="A+B"), TRAIN)
    assert (found.fix_wrong, found.fix_missing) == (Share(1, 1), Share(0, 1))


def test_splits_stay_apart_and_nothing_given_is_no_error() -> None:
    found = count(TRUTH, {}, HELD_OUT)
    assert (found.f1_all, found.look_alikes.value) == (0.0, None)
    assert count(TRUTH, given(r6="A"), HELD_OUT).f1_all == 1.0


def test_the_interval_is_repeatable_holds_the_figure_and_narrows_with_rows() -> None:
    few = [Truth((str(n), "b"), "A", "labelled", TRAIN, "") for n in range(40)]
    many = [Truth((str(n), "b"), "A", "labelled", TRAIN, "") for n in range(4_000)]

    def interval(rows: list[Truth]) -> tuple[float, float, float]:
        found = count(rows, {t.key: frozenset("A") for t in rows if int(t.key[0]) % 5}, TRAIN)
        assert found == count(
            rows, {t.key: frozenset("A") for t in rows if int(t.key[0]) % 5}, TRAIN
        )
        return found.interval[0], found.f1_all, found.interval[1]

    low, middle, high = interval(few)
    assert low < middle < high
    closer = interval(many)
    assert closer[2] - closer[0] < (high - low) / 5


def test_calibration_error_sees_overconfidence_inside_bins_only() -> None:
    honest = [(0.5, n % 2 == 0) for n in range(100)]
    assert calibration_error(honest) == 0.0
    assert calibration_error([(0.9, right) for _, right in honest]) == pytest.approx(0.4)
    assert calibration_error([]) == 0.0


def market(*train: tuple[str, str, str], held_out: tuple[str, str] = ("", "")) -> BenchSet:
    rows = [
        Row((str(n), "b"), "", code, text, brand) for n, (text, code, brand) in enumerate(train)
    ]
    last = Row(("unseen", "b"), "", held_out[1], held_out[0], "")
    return BenchSet("m", Path(), None, {"1": "Uber", "2": "Uber Eats"}, tuple(rows), (last,), ())


@pytest.mark.parametrize(
    ("narrative", "code", "brands"),
    [
        ("UBER TRIP", "4121", {"1"}),
        ("UBER EATS LONDON", "5812", {"2"}),
        ("UBER EATS LONDON", "4121", {"1"}),
        ("XUBER TRIP", "4121", set()),
        ("UBER TRIP", "9999", set()),
    ],
)
def test_a_name_is_a_word_the_longest_wins_and_codes_must_be_seen(narrative, code, brands) -> None:
    one = market(
        ("A", "4121", "1"), ("B", "5812", "1"), ("C", "5812", "2"), held_out=(narrative, code)
    )
    assert by_name(one).get(("unseen", "b"), frozenset()) == brands


def test_lookup_takes_the_most_given_label_of_the_same_narrative() -> None:
    one = market(("A", "1", "1"), ("A", "1", "1"), ("A", "1", "2"), held_out=("A", "1"))
    assert by_lookup(one)[("unseen", "b")] == {"1"}
    undecided = market(("A", "1", "1"), ("A", "1", "2"), held_out=("A", "1"))
    assert by_lookup(undecided) == {}
