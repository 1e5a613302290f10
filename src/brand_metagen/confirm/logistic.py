"""Logistic regression by Newton's method, ridge-penalised; a dozen features, any number of rows."""

from __future__ import annotations

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
