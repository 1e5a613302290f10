"""Statistics against figures worked out elsewhere, and what must hold of all of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.analytics.stats import mann_kendall, ratio_interval, spearman, wilson

SERIES = st.lists(st.integers(0, 9).map(float), max_size=12)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=1e-4)


def test_a_mean_of_one_value_has_no_interval() -> None:
    assert ratio_interval([(3.0, 1.0)]) is None
    low, high = ratio_interval([(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]) or (0, 0)
    assert (low, high) == pytest.approx((2 - 1.959964 / math.sqrt(3), 2 + 1.959964 / math.sqrt(3)))


@pytest.mark.parametrize(
    ("values", "tau", "p"),
    [
        ([1, 2, 3, 4, 5], 1.0, 0.02749),
        ([5, 4, 3, 2, 1], -1.0, 0.02749),
        ([1, 1, 1, 1, 1], 0.0, 1.0),
        ([1, 2, 2, 3], 5 / 6, 0.14856),
        ([3, 1, 2], -1 / 3, 1.0),
        ([], 0.0, 1.0),
    ],
)
def test_mann_and_kendall(values: list[float], tau: float, p: float) -> None:
    found = mann_kendall(values)
    assert found == pytest.approx((tau, p), abs=1e-4)


@given(SERIES)
def test_a_series_turned_round_trends_the_other_way(values: list[float]) -> None:
    tau, p = mann_kendall(values)
    back = mann_kendall(values[::-1])
    assert back == pytest.approx((-tau, p))
    assert 0 <= p <= 1 + 1e-12
    assert abs(tau) <= 1


def test_spearman_knows_order_only() -> None:
    xs = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    rho, interval = spearman(xs, [x**5 for x in xs]) or (0.0, (0.0, 0.0))
    assert rho == pytest.approx(1.0)
    assert interval[0] > 0.9
    rho, _ = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]) or (0.0, (0.0, 0.0))
    assert rho == pytest.approx(0.8)
    assert spearman(xs[:4], xs[:4]) is None
    assert spearman(xs, [1.0] * 6) is None
