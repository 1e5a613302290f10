"""Whether confidence means what it says: by decile, and in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Scored = Sequence[tuple[float, bool]]
"""(confidence, right) of rows that name a candidate."""

BINS = 10
"""Equal-count bins of the calibration error."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of about the same confidence: `mean` is that which was said, `right` how many were."""

    rows: int
    lowest: float
    highest: float
    mean: float
    right: int


def reliability(scored: Scored) -> tuple[Bin, ...]:
    """Equal-count bins from the least sure to the surest; empty bins are left out.

    >>> [(b.rows, b.mean, b.right) for b in reliability([(0.25, False), (0.75, True)])]
    [(1, 0.25, 0), (1, 0.75, 1)]
    """
    ordered, n = sorted(scored, key=lambda pair: pair[0]), len(scored)
    parts = (ordered[i * n // BINS : (i + 1) * n // BINS] for i in range(BINS))
    return tuple(
        Bin(
            rows=len(part),
            lowest=part[0][0],
            highest=part[-1][0],
            mean=sum(confidence for confidence, _ in part) / len(part),
            right=sum(right for _, right in part),
        )
        for part in parts
        if part
    )


def calibration_error(scored: Scored) -> float:
    """Mean gap between confidence and share right, over equal-count bins of (confidence, right).

    >>> calibration_error([(0.9, True)] * 9 + [(0.9, False)])
    0.18
    """
    gaps = sum(abs(part.mean * part.rows - part.right) for part in reliability(scored))
    return round(gaps / len(scored), 4) if scored else 0.0


def brier_skill(scored: Scored) -> float:
    """How much better than always saying the base rate: 1 is perfect, 0 no better.

    >>> brier_skill([(1.0, True), (0.0, False)])
    1.0
    """
    if not scored:
        return 0.0
    base = sum(right for _, right in scored) / len(scored)
    brier = sum((c - right) ** 2 for c, right in scored) / len(scored)
    return round(1 - brier / max(1e-9, base * (1 - base)), 4)
