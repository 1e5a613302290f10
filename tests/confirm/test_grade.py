"""Brand confidence: exactly the errors that make a version approvable or not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.confirm.grade import (
    NO_EVIDENCE,
    Expected,
    HeldOutRecall,
    expect,
    poisson_at_most,
    wilson,
)


@pytest.mark.parametrize(
    ("rows", "wrong", "missed"),
    [
        # Under 20 rows one error in all is allowed, from 20 on 2 % wrong and 5 % missed, no more.
        (19, 1, None),
        (20, 0, 1),
        (49, 0, 2),
        (50, 1, 2),
        (99, 1, 4),
        (100, 2, 5),
    ],
)
def test_errors_a_version_may_hold(rows: int, wrong: int, missed: int | None) -> None:
    found = Expected(rows, 0.7, 1.3).approval
    if missed is None:
        assert found == pytest.approx(poisson_at_most(2.0, wrong), abs=1e-6)
    else:
        both = poisson_at_most(0.7, wrong) * poisson_at_most(1.3, missed)
        assert found == pytest.approx(both, abs=1e-6)


def test_nothing_confirmed_is_no_evidence() -> None:
    assert expect([], HeldOutRecall(9, 9)).approval == NO_EVIDENCE


@given(st.integers(1, 400), st.floats(0, 9), st.floats(0, 9), st.floats(0.1, 5))
def test_more_errors_never_raise_confidence(
    rows: int, wrong: float, missed: float, more: float
) -> None:
    base = Expected(rows, wrong, missed).approval
    assert 0.0 <= base <= 1.0
    assert Expected(rows, wrong + more, missed).approval <= base
    assert Expected(rows, wrong, missed + more).approval <= base


def test_expected_errors_are_sums_of_probabilities() -> None:
    found = expect([0.9, 0.8, 1.0], HeldOutRecall(46, 40))
    assert found.rows == 3
    assert found.wrong == pytest.approx(0.3)
    assert found.missed == pytest.approx(3 * (1 - (40 + 4 * 0.97) / 50))


def test_recall_is_drawn_to_the_usual_where_rows_are_few() -> None:
    assert HeldOutRecall(0, 0).smoothed == pytest.approx(0.97)
    assert 0.75 < HeldOutRecall(1, 0).smoothed < 0.8
    assert HeldOutRecall(10_000, 5_000).smoothed == pytest.approx(0.5, abs=0.001)
    assert HeldOutRecall(10, 6).with_seen(HeldOutRecall(10, 10)) == HeldOutRecall(20, 16)


@pytest.mark.parametrize(("mean", "most"), [(0.0, 0), (0.5, 0), (3.0, 2), (12.0, 9)])
def test_poisson(mean: float, most: int) -> None:
    terms = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(most + 1)]
    assert poisson_at_most(mean, most) == pytest.approx(sum(terms))


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_its_share(part: int, rest: int) -> None:
    low, high = wilson(part, part + rest)
    assert 0.0 <= low <= high <= 1.0
    if part + rest:
        assert low - 1e-9 <= part / (part + rest) <= high + 1e-9
        wider = wilson(part / 10, (part + rest) / 10)
        assert wider[1] - wider[0] >= high - low - 1e-9
