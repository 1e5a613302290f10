"""Scores into probabilities that keep their word: isotonic correction, label noise, measures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A rising curve through knots; between them straight, beyond them flat."""

    at: tuple[float, ...]
    value: tuple[float, ...]

    def __call__(self, score: float) -> float:
        at, value = self.at, self.value
        i = bisect_right(at, score)
        if i == 0 or i == len(at):
            return value[0] if i == 0 else value[-1]
        share = (score - at[i - 1]) / (at[i] - at[i - 1])
        return value[i - 1] + share * (value[i] - value[i - 1])

    def of(self, scores: Floats) -> Floats:
        """The curve at many scores, to the last digit as at each alone."""
        at, value = np.array(self.at), np.array(self.value)
        i = np.clip(np.searchsorted(at, scores, "right"), 1, max(1, len(at) - 1))
        if len(at) == 1:
            return np.full(len(scores), value[0])
        share = (scores - at[i - 1]) / (at[i] - at[i - 1])
        between = value[i - 1] + share * (value[i] - value[i - 1])
        above = np.where(scores >= at[-1], value[-1], between)
        return np.asarray(np.where(scores < at[0], value[0], above))


def fit_isotonic(scores: Floats, outcomes: Floats, least: int) -> Isotonic:
    """Pool adjacent violators over equal-count blocks of at least `least` rows.

    `outcomes` are 0 or 1 per score, at least one. Equal scores stay in one block, so that the
    curve says the same of them whatever their order.
    """
    pools: list[tuple[float, float, float]] = []
    for block in _blocks(scores, least):
        pool = (float(len(block)), float(scores[block].sum()), float(outcomes[block].sum()))
        while pools and pools[-1][2] / pools[-1][0] >= pool[2] / pool[0]:
            last = pools.pop()
            pool = (pool[0] + last[0], pool[1] + last[1], pool[2] + last[2])
        pools.append(pool)
    return Isotonic(tuple(s / n for n, s, _ in pools), tuple(y / n for n, _, y in pools))


def _blocks(scores: Floats, least: int) -> list[NDArray[np.intp]]:
    """Positions in order of their score, cut into equal counts, each cut moved past equal scores.

    >>> [block.tolist() for block in _blocks(np.array([3.0, 1.0, 2.0, 2.0, 4.0, 5.0]), 2)]
    [[1, 2, 3], [0], [4, 5]]
    """
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    parts = np.array_split(ranked, max(1, len(ranked) // max(1, least)))
    ends = {int(np.searchsorted(ranked, part[-1], "right")) for part in parts}
    return np.split(order, sorted(ends)[:-1])


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: mean prediction, share that came true, rows."""

    predicted: float
    observed: float
    rows: int


def reliability(predicted: Floats, observed: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """Equal-count bins in order of the prediction."""
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(Bin(float(predicted[p].mean()), float(observed[p].mean()), len(p)) for p in parts)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of prediction and outcome, weighted by rows."""
    rows = sum(b.rows for b in bins)
    return sum(abs(b.predicted - b.observed) * b.rows for b in bins) / rows if rows else 0.0
