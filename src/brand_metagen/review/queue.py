"""The order of the queue: what a minute of a reviewer's time is worth."""

from __future__ import annotations

from brand_metagen.config import ReviewSettings

NEAR_LIMIT = 4.0
"""How much more a brand counts that is about to run out of rounds (ITR-03)."""
LOOKS = 7.0
"""Looks that a confidence is worth beside those that were had."""


def priority(
    rows: int, confidence: float, rounds: int, corrections: int, s: ReviewSettings
) -> float:
    """Expected corrected transactions per look: volume × doubt × nearness of the limit × history.

    `rows` are the combos that the brand's rule takes or that are labelled to it; `confidence` the
    probability that its version would be approved unchanged.

    >>> s = ReviewSettings()
    >>> priority(100, 0.9, 0, 0, s) < priority(100, 0.5, 0, 0, s) < priority(100, 0.5, 8, 8, s)
    True
    """
    near = NEAR_LIMIT if rounds >= s.near_limit else 1 + rounds / s.round_limit
    history = 1 + corrections / s.round_limit
    return round(max(rows, 1) * (1 - confidence) * near * history, 6)


def lowered(confidence: float, corrections: int) -> float:
    """Confidence of a brand that humans had to correct often (EVA-08): it weighs as much as LOOKS
    looks at it, and every correction was a look that did not end in approval.

    >>> lowered(0.9, 0), lowered(0.9, 3)
    (0.9, 0.63)
    """
    return round(confidence * LOOKS / (LOOKS + corrections), 6)
