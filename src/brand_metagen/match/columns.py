"""Columns that grow: what is known per number of a `Numbering`, ready for arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", np.int64, np.float64)


class Column(Generic[T]):
    """Values in rows of `width`, added at the end."""

    def __init__(self, kind: type[T], width: int = 1) -> None:
        self._held: NDArray[T] = np.empty((1_024, width), kind)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, rows: Sequence[object]) -> None:
        """Add values or, in a wide column, rows of them."""
        size = self._size + len(rows)
        if size > len(self._held):
            room = np.empty((max(size, 2 * len(self._held)), self._held.shape[1]), self._held.dtype)
            room[: self._size] = self._held[: self._size]
            self._held = room
        if rows:
            self._held[self._size : size] = np.reshape(rows, (len(rows), -1))  # type: ignore[arg-type]
        self._size = size

    def clear(self) -> None:
        """Begin anew."""
        self._size = 0

    @property
    def values(self) -> NDArray[T]:
        """The values as they lie; the rows of a wide column."""
        held = self._held[: self._size]
        return held[:, 0] if held.shape[1] == 1 else held
