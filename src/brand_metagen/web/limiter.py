"""How often somebody may ask, counted in this process."""

from __future__ import annotations

import time
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from brand_metagen.config import ServeSettings


class Limiter:
    """Counts requests of a caller, and failures to sign in of an address, in a sliding minute."""

    def __init__(self, settings: ServeSettings) -> None:
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(settings.requests_per_minute, namespace="requests")
        self._failures = RateLimitItemPerMinute(settings.failures_per_minute, namespace="failures")

    def request(self, caller: str) -> int:
        """Count a request; seconds to wait, 0 = go ahead."""
        if self._window.hit(self._requests, caller):
            return 0
        return self._wait(self._requests, caller)

    def failures(self, address: str) -> int:
        """Seconds to wait before an address may try to sign in again, 0 = go ahead."""
        if self._window.test(self._failures, address):
            return 0
        return self._wait(self._failures, address)

    def failed(self, address: str) -> None:
        """Count a failure to sign in."""
        self._window.hit(self._failures, address)

    def _wait(self, item: RateLimitItemPerMinute, key: str) -> int:
        reset = self._window.get_window_stats(item, key).reset_time
        return max(1, ceil(reset - time.time()))
