"""A tie is settled by probability, at exactly the stated bounds, in whatever order claims come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.resolve.ties import resolve


@dataclass(frozen=True)
class Claim:
    brandid: str
    probability: float


def claims(*probabilities: float) -> list[Claim]:
    return [Claim(str(i), p) for i, p in enumerate(probabilities)]


@pytest.mark.parametrize(
    ("probabilities", "settled"),
    [
        ((0.1,), True),
        ((0.80, 0.60), True),
        ((0.799, 0.10), False),
        ((0.80, 0.601), False),
        ((0.95, 0.75), True),
        ((0.95, 0.76), False),
        ((0.95, 0.5, 0.76), False),
        ((0.9, 0.9), False),
    ],
)
def test_bounds(probabilities: tuple[float, ...], settled: bool) -> None:
    assert resolve(claims(*probabilities), 0.8, 0.2).settled is settled


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.randoms())
def test_order_does_not_matter(probabilities: list[float], rng) -> None:  # type: ignore[no-untyped-def]
    first: Sequence[Claim] = claims(*probabilities)
    shuffled = list(first)
    rng.shuffle(shuffled)
    a, b = resolve(first, 0.8, 0.2), resolve(shuffled, 0.8, 0.2)
    assert first[a.best].brandid == shuffled[b.best].brandid
    assert (a.settled, a.lead) == (b.settled, b.lead)
    assert first[a.best].probability == max(probabilities)
