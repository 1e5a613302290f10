"""When a server is left alone: after failures in a row, and when it is asked too fast."""

from __future__ import annotations

from collections.abc import Callable

from brand_metagen.config import McpSettings


class Breaker:
    """One server's. Closed = it may be asked; after a while of rest one question is tried."""

    def __init__(
        self,
        settings: McpSettings,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._settings, self._monotonic, self._sleep = settings, monotonic, sleep
        self._failures = 0
        self._opened = 0.0
        self._next = 0.0

    def closed(self) -> bool:
        """Whether the server may be asked now."""
        if self._failures < self._settings.breaker_failures:
            return True
        return self._monotonic() >= self._opened + self._settings.breaker_seconds

    def count(self, *, failed: bool) -> None:
        """A try has ended; each failure begins the rest anew."""
        self._failures = self._failures + 1 if failed else 0
        if failed:
            self._opened = self._monotonic()

    def turn(self) -> None:
        """Wait until the server may be asked again without asking it too often."""
        now = self._monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + 60.0 / self._settings.calls_per_minute
