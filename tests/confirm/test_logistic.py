"""Logistic regression: known weights come back, also where some ones are not seen."""

from __future__ import annotations

import numpy as np
import pytest

from brand_metagen.confirm.logistic import Floats, fit_logistic, fit_signed

RNG = np.random.default_rng(3)
FEATURES: Floats = RNG.normal(size=(20_000, 2))
SCORES = 2.0 + FEATURES @ np.array([1.5, -1.0])
RIGHT = (RNG.random(len(SCORES)) < 1 / (1 + np.exp(-SCORES))).astype(float)


def test_weights_come_back() -> None:
    assert fit_logistic(FEATURES, RIGHT) == pytest.approx([2.0, 1.5, -1.0], abs=0.1)


def test_weights_come_back_where_a_fifth_of_the_labels_is_missing() -> None:
    labelled = RIGHT * (RNG.random(len(RIGHT)) < 0.8)
    plain = fit_logistic(FEATURES, labelled)
    assert plain[1] < 1.2
    knowing = fit_logistic(FEATURES, labelled, seen=0.8, start=plain)
    assert knowing == pytest.approx([2.0, 1.5, -1.0], abs=0.15)


def test_a_weight_of_the_wrong_sign_is_left_out_and_stays_out() -> None:
    signed = fit_signed(FEATURES, RIGHT, (1, 1))
    assert signed[2] == 0.0 < signed[1]
    assert fit_signed(FEATURES, RIGHT, (1, 0), 1.0, signed)[2] == 0.0
