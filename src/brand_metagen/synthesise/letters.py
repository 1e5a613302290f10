"""Where letters stand in many texts: sorted columns of what begins at every letter or word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

DEPTH = 12
"""Letters of one entry: as many as 64 bits hold in base 37."""
EDGE = 3
"""Letters of an entry at the edge of a word."""

MOST_REMEMBERED = 4_096
"""Answers that are kept: all folds ask for the same, and many brands for the same initials."""

MOST_PLACES = 4_000_000
"""Narratives that these answers may name in all."""
Places = NDArray[np.int32]
"""Positions of texts, ascending, each once."""
Codes = NDArray[np.uint8]
Asked = TypeVar("Asked")

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE = len(_LETTERS) + 1
_BLANK, _END = 0, 255
_CODES = np.full(128, _END, dtype=np.uint8)
_CODES[np.frombuffer(_LETTERS.encode(), np.uint8)] = np.arange(1, _BASE)
_CODES[ord(" ")] = _BLANK


class LetterIndex:
    """Texts of letters and digits by every run that stands in them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        codes, owner = _coded(texts)
        codes[codes == _END] = _BLANK
        # One first letter after the other: all at once would take the most room by far.
        starts = (np.flatnonzero(codes == first) for first in range(1, _BASE))
        self._runs = [_Runs(codes, owner, start, 1, DEPTH) for start in starts]

    def holding(self, letters: str) -> Places:
        """The texts that hold `letters` (at least one) as one run."""
        code = int(_CODES[ord(letters[0])])
        found = _distinct(self._runs[code - 1].beginning(letters[:DEPTH]))
        if len(letters) <= DEPTH:
            return found
        texts = self._texts
        return np.array([i for i in found.tolist() if letters in texts[i]], np.int32)


class EdgeIndex:
    """Texts by how their blank-separated words begin and end, all but letters and digits let go."""

    def __init__(self, texts: Sequence[str]) -> None:
        codes, owner = _coded([text.translate(_LET_GO) for text in texts])
        letter = (codes != _BLANK) & (codes != _END)
        codes[~letter] = _BLANK
        begins = np.flatnonzero(letter[1:] & ~letter[:-1]) + 1
        ends = np.flatnonzero(letter[:-1] & ~letter[1:])
        self._begins = _Runs(codes, owner, begins, 1, EDGE)
        self._ends = _Runs(codes, owner, ends, -1, EDGE)

    def at_edge(self, letters: str) -> Places:
        """The texts of which a word begins or ends with `letters`, one to EDGE of them."""
        sides = (self._begins.beginning(letters), self._ends.beginning(letters[::-1]))
        return _distinct(np.concatenate(sides))


_LET_GO = {i: None for i in range(33, 127) if not chr(i).isalnum()}


def _coded(texts: Sequence[str]) -> tuple[Codes, NDArray[np.int32]]:
    """The texts' letters one after the other, parted by ends, and the text each stands in."""
    joined = "~".join(("", *texts, "")) + "~" * DEPTH
    codes = _CODES[np.frombuffer(joined.encode("ascii"), dtype=np.uint8)]
    return codes, np.cumsum(codes == _END, dtype=np.int32) - 1


def _distinct(places: NDArray[np.int32]) -> Places:
    """In order and each once; as `np.unique`, which takes longer for the few it mostly is."""
    if len(places) < 2:
        return places
    ordered = np.sort(places)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


class _Runs:
    """Runs of letters as numbers in base 37, ascending, and the text each stands in."""

    def __init__(
        self,
        codes: Codes,
        owner: NDArray[np.int32],
        starts: NDArray[np.int64],
        step: int,
        depth: int,
    ) -> None:
        self._depth = depth
        runs = np.zeros(len(starts), np.int64)
        open_ = np.ones(len(starts), bool)
        for k in range(depth):
            letters = codes[starts + step * k]
            open_ &= letters != _BLANK
            runs *= _BASE
            runs += letters * open_
        order = np.argsort(runs)
        self._numbers, self._owners = runs[order], owner[starts[order]]

    def beginning(self, letters: str) -> NDArray[np.int32]:
        """The texts of the runs that begin with `letters`, in no order."""
        low = 0
        for letter in letters:
            low = low * _BASE + int(_CODES[ord(letter)])
        room: int = _BASE ** (self._depth - len(letters))
        bounds = np.array((low * room, (low + 1) * room))
        begin, end = np.searchsorted(self._numbers, bounds)
        return self._owners[begin:end]


class Answers(Generic[Asked]):
    """What was asked lately with its answer, in bounded room."""

    def __init__(self) -> None:
        self._known: dict[Asked, Places] = {}
        self._places = 0
        self.get = self._known.get

    def put(self, asked: Asked, places: Places) -> None:
        """Keep an answer."""
        self._places += len(places)
        if len(self._known) == MOST_REMEMBERED or self._places > MOST_PLACES:
            self._known.clear()
            self._places = len(places)
        self._known[asked] = places
