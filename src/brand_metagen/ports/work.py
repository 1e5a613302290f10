"""Work that may be done beside other work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Begin(Protocol):
    """Begins a piece of work; what is returned gives its result, and is to be called once.

    Where the work is done elsewhere it sees what stood when it was begun, what it changes stays
    there, and its result must bear being pickled.
    """

    def __call__(self, work: Callable[[], Result], /) -> Callable[[], Result]: ...


def when_asked(work: Callable[[], Result], /) -> Callable[[], Result]:
    """Work that is done here, when its result is asked for."""
    return work
