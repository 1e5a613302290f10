"""Ties, confirmation and confidence, counted on tables small enough to check by hand."""

from __future__ import annotations

import pytest
from benchmarks.calibration import BINS, Bin, reliability
from benchmarks.counting import Answered, Share
from benchmarks.sets import HELD_OUT, TRAIN, Truth
from benchmarks.settling import confirmation, ties

ROWS = [
    # true brand, brands whose rules take it, candidate, decision
    ("A", "AB", "A", "confirmed"),
    ("A", "AB", "B", "confirmed"),
    ("", "AB", "A", "confirmed"),
    ("A", "AB", "B", "tie"),
    ("B", "ABC", "B", "review"),
    ("", "AB", "A", "excluded"),
    ("A", "A", "A", "confirmed"),
    ("A", "A", "A", "excluded"),
    ("", "B", "B", "review"),
    ("", "B", "B", "confirmed"),
    ("A", "", "A", "confirmed"),
    ("A", "", "", "unmatched"),
]
TRUTH = [Truth((str(i), "b"), true, "labelled", HELD_OUT, "") for i, (true, *_) in enumerate(ROWS)]
EVERY = {(str(i), "b"): frozenset(taken) for i, (_, taken, _, _) in enumerate(ROWS)}
ANSWERS = {
    (str(i), "b"): Answered(candidate, decision, 0.5)
    for i, (_, _, candidate, decision) in enumerate(ROWS)
}


def test_contested_rows_are_settled_left_or_refused() -> None:
    found = ties(TRUTH, EVERY, ANSWERS, HELD_OUT)
    assert found.contested == Share(6, 10)
    assert found.settled == Share(3, 6)
    assert found.right == Share(1, 3)
    assert found.left == Share(2, 6)
    assert found.refused == Share(1, 6)


def test_confirmation_stops_wrong_candidates_and_loses_true_ones() -> None:
    found = confirmation(TRUTH, EVERY, ANSWERS, HELD_OUT)
    wrong, true = found.wrong, found.true
    assert (wrong.confirmed, wrong.left, wrong.excluded) == (Share(3, 6), Share(2, 6), Share(1, 6))
    assert (true.confirmed, true.left, true.excluded) == (Share(2, 4), Share(1, 4), Share(1, 4))


def test_another_split_and_rows_without_an_answer_count_for_nothing() -> None:
    assert ties(TRUTH, EVERY, ANSWERS, TRAIN).contested == Share(0, 0)
    assert confirmation(TRUTH, EVERY, {}, HELD_OUT).true.confirmed == Share(0, 0)
    assert ties(TRUTH, EVERY, {}, HELD_OUT).settled == Share(0, 6)


def test_deciles_hold_all_rows_in_order() -> None:
    found = reliability([(n / 100, n % 4 == 0) for n in range(100)])
    assert len(found) == BINS
    assert sum(part.rows for part in found) == 100
    assert found[0] == Bin(10, 0.0, 0.09, pytest.approx(0.045), 3)
    assert [part.mean for part in found] == sorted(part.mean for part in found)


def test_few_rows_make_few_bins() -> None:
    assert reliability([]) == ()
    assert reliability([(0.5, True)]) == (Bin(1, 0.5, 0.5, 0.5, 1),)
