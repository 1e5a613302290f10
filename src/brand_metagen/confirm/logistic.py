"""Logistic regression by Newton's method, ridge-penalised; a dozen features, any number of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1.0
STEPS = 30
STEPS_ON = 6
"""Steps from given weights: later ones change no weight by more than a few hundredths."""
CLOSE = 1e-9


def fit_logistic(
    features: Floats, outcomes: Floats, seen: float = 1.0, start: Floats | None = None
) -> Floats:
    """Weights, the intercept first, for `features` (rows x columns) and `outcomes` of 0 and 1.

    The intercept is not penalised. Where only a share of the ones is `seen`, a row of 0 counts in
    part as a one, by its odds. `start` are weights to begin from. Source: Fisher scoring, which is
    iteratively reweighted least squares where all are seen.
    """
    x = np.hstack([np.ones((len(features), 1)), features])
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6
    weights = np.zeros(x.shape[1]) if start is None else start.copy()
    for _ in range(STEPS if start is None else STEPS_ON):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        ones = outcomes + (1 - outcomes) * (1 - seen) * p / (1 - seen * p)
        gradient = x.T @ (ones - p) - penalty @ weights
        told = seen * p * (1 - p) ** 2 / (1 - seen * p)
        curvature = (x * told[:, None]).T @ x + penalty
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < CLOSE:
            break
    return weights


def fit_signed(
    features: Floats,
    outcomes: Floats,
    signs: Sequence[int],
    seen: float = 1.0,
    start: Floats | None = None,
) -> Floats:
    """`fit_logistic`, in which no feature has a weight of the wrong sign; 0 leaves it free.

    What comes out most wrong is left out, its weight 0, and the rest fitted again: features that
    say nearly the same pull each other astray. What has no weight in `start` is left out as well.
    """
    kept = np.ones(len(signs), dtype=bool) if start is None else start[1:] != 0
    while True:
        weights = np.zeros(1 + len(signs))
        here = np.concatenate(([True], kept))
        first = None if start is None else start[here]
        weights[here] = fit_logistic(features[:, kept], outcomes, seen, first)
        start = start if start is None else weights
        right = weights[1:] * np.array(signs)
        if right.min(initial=0.0) >= 0:
            return weights
        kept[right.argmin()] = False
