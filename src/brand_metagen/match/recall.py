"""Numbers of things met before, looked up many at once.

A table with one place per slot: what is met later takes the place of what was there. So it is small
and quick, may have forgotten and never errs; whoever asks keeps a dictionary for what it forgot.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
Bits = NDArray[np.uint64]

SLOTS = 19
"""Binary digits of a slot's number, if nothing else is said: 10 MB in all. Twice as many
would not be faster (measured)."""
UNKNOWN = -1


class Recall:
    """Things told by two halves of 64 bits, with their numbers."""

    def __init__(self, digits: int | None = None) -> None:
        digits = SLOTS if digits is None else digits
        # Drawn anew each time, so that nobody can write texts that all want one slot.
        self._odd = [np.uint64(secrets.randbits(64) | 1) for _ in range(2)]
        self._halves = np.zeros((2, 1 << digits), np.uint64)
        self._number = np.full(1 << digits, UNKNOWN, np.int32)
        self._shift = np.uint64(64 - digits)

    def find(self, first: Bits, second: Bits) -> Numbers:
        """The number of each thing; UNKNOWN where it is not (or no longer) known."""
        slot = self._slots(first, second)
        here = (self._halves[0].take(slot) == first) & (self._halves[1].take(slot) == second)
        return np.where(here, self._number.take(slot), np.int32(UNKNOWN))

    def put(self, first: Bits, second: Bits, number: Numbers) -> None:
        """Remember things by their numbers."""
        slot = self._slots(first, second)
        # Of several things for one slot, all three columns must keep the same one.
        slot, last = np.unique(slot[::-1], return_index=True)
        last = len(first) - 1 - last
        self._halves[0, slot], self._halves[1, slot] = first[last], second[last]
        self._number[slot] = number[last]

    def clear(self) -> None:
        """Forget everything."""
        self._number.fill(UNKNOWN)

    def _slots(self, first: Bits, second: Bits) -> Ints:
        mixed = first * self._odd[0] + second * self._odd[1]
        return (mixed >> self._shift).astype(np.int64)
