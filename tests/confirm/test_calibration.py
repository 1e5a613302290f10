"""The curve rises, keeps its blocks' promise, and measures are what they say."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.confirm.calibration import (
    Bin,
    Isotonic,
    calibration_error,
    fit_isotonic,
    reliability,
)
from brand_metagen.confirm.logistic import fit_logistic, fit_signed

SCORED = st.lists(st.tuples(st.floats(-9, 9), st.booleans()), min_size=1, max_size=80)


def arrays(rows: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    return np.array([s for s, _ in rows]), np.array([float(y) for _, y in rows])


@given(SCORED, st.integers(0, 30))
def test_the_curve_never_falls(rows: list[tuple[float, bool]], least: int) -> None:
    curve = fit_isotonic(*arrays(rows), least)
    assert list(curve.at) == sorted(curve.at)
    assert list(curve.value) == sorted(set(curve.value)), "each pool above the last"
    asked = [curve(x / 4) for x in range(-44, 45)]
    assert asked == sorted(asked)
    assert all(0.0 <= value <= 1.0 for value in asked)


@given(SCORED)
def test_no_promise_rests_on_fewer_rows_than_asked(rows: list[tuple[float, bool]]) -> None:
    curve = fit_isotonic(*arrays(rows), 10)
    assert len(curve.at) <= max(1, len(rows) // 10)


def test_pools_are_the_means_of_what_they_hold() -> None:
    scores = np.array([0.0, 1.0, 2.0, 3.0])
    curve = fit_isotonic(scores, np.array([0.0, 1.0, 0.0, 1.0]), 1)
    assert (curve.at, curve.value) == ((0.0, 1.5, 3.0), (0.0, 0.5, 1.0))
    assert curve(0.75) == 0.25


def test_falling_outcomes_make_one_flat_line() -> None:
    curve = fit_isotonic(np.arange(4.0), np.array([1.0, 1.0, 0.0, 0.0]), 1)
    assert (curve.at, curve.value) == ((1.5,), (0.5,))
    assert curve(-100) == curve(100) == 0.5


def test_equal_scores_have_one_value_whatever_their_order() -> None:
    """Nothing tells such rows apart, so no order of them may make some look better."""
    curve = fit_isotonic(np.zeros(100), np.array([0.0] * 50 + [1.0] * 50), 10)
    assert (curve.at, curve.value) == ((0.0,), (0.5,))
    scores = np.array([-1.0] * 4 + [0.0] * 12 + [1.0] * 4)
    outcomes = np.array([0.0] * 4 + [0.0] * 5 + [1.0] * 7 + [1.0] * 4)
    assert fit_isotonic(scores, outcomes, 4)(0.0) == pytest.approx(7 / 12)


@given(SCORED, st.randoms(), st.integers(1, 9))
def test_the_order_of_rows_does_not_matter(
    rows: list[tuple[float, bool]], rng: Random, least: int
) -> None:
    rounded = [(round(score), outcome) for score, outcome in rows]
    first = fit_isotonic(*arrays(rounded), least)
    rng.shuffle(rounded)
    again = fit_isotonic(*arrays(rounded), least)
    assert first == again


@pytest.mark.parametrize(
    ("score", "value"), [(-1.0, 0.2), (0.0, 0.2), (0.5, 0.4), (1.0, 0.6), (9.0, 0.6)]
)
def test_between_knots_straight_and_beyond_flat(score: float, value: float) -> None:
    assert Isotonic((0.0, 1.0), (0.2, 0.6))(score) == pytest.approx(value)


def test_calibration_error_weighs_bins_by_rows() -> None:
    bins = [Bin(0.9, 0.8, 30), Bin(0.5, 0.6, 10)]
    assert calibration_error(bins) == pytest.approx(0.1)
    assert calibration_error([Bin(0.9, 0.5, 1), Bin(0.5, 0.5, 3)]) == pytest.approx(0.1)
    assert calibration_error([]) == 0.0


def test_bins_hold_every_row_once() -> None:
    predicted = np.linspace(0, 1, 23)
    bins = reliability(predicted, np.ones(23), bins=5)
    assert sum(b.rows for b in bins) == 23
    assert [b.predicted for b in bins] == sorted(b.predicted for b in bins)
    assert reliability(np.array([]), np.array([])) == ()


def test_logistic_regression_finds_the_weights_that_made_the_rows() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(0.5 + 1.5 * x[:, 0] - 1.0 * x[:, 1])))
    weights = fit_logistic(x, (rng.random(20_000) < chance).astype(float))
    assert weights == pytest.approx([0.5, 1.5, -1.0], abs=0.1)


def test_separable_rows_do_not_run_away() -> None:
    x = np.array([[-1.0], [1.0]] * 20)
    weights = fit_logistic(x, (x[:, 0] > 0).astype(float))
    assert np.all(np.abs(weights) < 10)
    assert np.all(np.isfinite(fit_logistic(x, np.ones(40))))


def test_no_weight_has_the_wrong_sign() -> None:
    """Two features that say the same nearly cancel out; signed, one of them does it alone."""
    rng = np.random.default_rng(3)
    first = rng.normal(size=500)
    x = np.column_stack([first, first + 0.5 * rng.normal(size=500), rng.normal(size=500)])
    y = (3 * x[:, 0] - 2 * x[:, 1] + 0.2 * rng.normal(size=500) > 0).astype(float)
    free, signed = fit_logistic(x, y), fit_signed(x, y, (1, 1, 0))
    assert free[2] < 0 < free[1]
    assert signed[2] == 0 < signed[1]
    assert np.allclose(signed[[0, 1, 3]], fit_logistic(x[:, [0, 2]], y))
    assert np.allclose(fit_signed(x, y, (1, -1, 0)), free)
