"""A series as a row of bars."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """A series as a row of bars.

    >>> sparkline([0, 1, 2]), sparkline([5, 5]), sparkline([])
    ('▁▄█', '▁▁', '')
    """
    if not values:
        return ""
    low, high = min(values), max(values)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0
    return "".join(BARS[int((v - low) * scale)] for v in values)
