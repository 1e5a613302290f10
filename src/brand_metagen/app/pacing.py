"""How often somebody may ask a server, counted in its process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

MOST_CALLERS = 10_000
"""Callers that are remembered; beyond, whoever asked longest ago is forgotten."""


class Pace:
    """So many of something per minute for each caller, as many at once at the most.

    `monotonic` may be set by tests; a set clock moves nothing. Used from one thread.
    """

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most, self._monotonic = per_minute, monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """Seconds until the caller may ask again, 0 = now."""
        left, _ = self._now(caller)
        return 0 if left >= 1 else max(1, ceil((1 - left) * 60 / self._most))

    def count(self, caller: str) -> None:
        """The caller has asked."""
        left, now = self._now(caller)
        self._left[caller] = (max(0.0, left - 1), now)
        self._left.move_to_end(caller)
        if len(self._left) > MOST_CALLERS:
            self._left.popitem(last=False)

    def _now(self, caller: str) -> tuple[float, float]:
        now = self._monotonic()
        left, then = self._left.get(caller, (float(self._most), now))
        return min(float(self._most), left + (now - then) * self._most / 60), now
