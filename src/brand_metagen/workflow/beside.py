"""Pieces of work done in processes of their own while this one goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from brand_metagen.ports.work import Result, when_asked
from brand_metagen.workflow.workers import Workers


class Beside:
    """Begins each piece of work in a process of its own; `close` ends those still at it.

    With `count` 1 there is no process but this one, and work is done when it is asked for.
    """

    def __init__(self, count: int) -> None:
        self._apart = count > 1
        self._begun: list[Workers[None, Any]] = []

    def begin(self, work: Callable[[], Result], /) -> Callable[[], Result]:
        """A `ports.work.Begin`; the result raises ServiceError where the process has ended."""
        if not self._apart:
            return when_asked(work)
        worker = Workers[None, Result](1, lambda _: work(), apart=True)
        self._begun.append(worker)
        results = worker.map([None])

        def result() -> Result:
            # Let go of: it holds all that the work had in hand.
            self._begun = [other for other in self._begun if other is not worker]
            with worker:
                return next(results)

        return result

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._begun:
            worker.close()
        self._begun.clear()
