"""Logistic regression by Newton's method, ridge-penalised; a dozen features, any number of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1.0
STEPS = 30
CLOSE = 1e-9


def fit_logistic(features: Floats, outcomes: Floats) -> Floats:
    """Weights, the intercept first, for `features` (rows x columns) and `outcomes` of 0 and 1.

    The intercept is not penalised. Source: iteratively reweighted least squares.
    """
    x = np.hstack([np.ones((len(features), 1)), features])
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (outcomes - p) - penalty @ weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < CLOSE:
            break
    return weights


def fit_signed(features: Floats, outcomes: Floats, signs: Sequence[int]) -> Floats:
    """`fit_logistic`, in which no feature has a weight of the wrong sign; 0 leaves it free.

    What comes out most wrong is left out, its weight 0, and the rest fitted again: features that
    say nearly the same pull each other astray.
    """
    kept = np.ones(len(signs), dtype=bool)
    while True:
        weights = np.zeros(1 + len(signs))
        weights[np.concatenate(([True], kept))] = fit_logistic(features[:, kept], outcomes)
        right = weights[1:] * np.array(signs)
        if right.min(initial=0.0) >= 0:
            return weights
        kept[right.argmin()] = False
