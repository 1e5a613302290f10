"""Narratives as numbered words: the form in which many are matched and weighed at once.

A word is what stands between blanks. The same few ten thousand words make up all narratives, so
whatever depends on a word alone is worked out once and then looked up by its number.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.recall import Bits, Ints, Numbers, Recall

MOST_NUMBERS = 1_000_000
"""Distinct things kept before the numbering starts anew; some 150 MB at the most."""

K = TypeVar("K", bound=Hashable)

_BLANK, _BREAK = 0x20, 0x0A
_HALF = 8
"""Characters in 64 bits; words of up to two halves are told apart by arithmetic."""
_MASKS = np.array([(1 << 8 * kept) - 1 for kept in range(_HALF + 1)], np.uint64)


class Numbering(dict[K, int]):
    """Thing → its number, in the order of first sight; `listed` is the way back.

    `era` counts how often the numbering began anew: what was worked out for a number of an
    earlier era is void.
    """

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[K] = []
        self.era = 0

    def __missing__(self, thing: K) -> int:
        number = self[thing] = len(self.listed)
        self.listed.append(thing)
        return number

    def renew(self) -> None:
        """Begin anew when there are too many things."""
        if len(self.listed) > MOST_NUMBERS:
            self.clear()
            self.listed.clear()
            self.era += 1


class Lexicon(Numbering[str]):
    """The numbers of words."""

    def __init__(self) -> None:
        super().__init__()
        self._recall = Recall()

    def renew(self) -> None:
        """Begin anew when there are too many words."""
        era = self.era
        super().renew()
        if self.era > era:
            self._recall.clear()

    def read(self, texts: Sequence[str]) -> Words:
        """Number the words of texts; raises ValueError for a text that is not normalised."""
        self.renew()
        joined = "\n".join(texts)
        characters = np.frombuffer(joined.encode("ascii", "replace"), np.uint8)
        breaks = np.flatnonzero(characters <= _BLANK)
        ends = characters[breaks] != _BLANK
        if np.count_nonzero(ends) != max(0, len(texts) - 1) or not joined.isascii():
            raise ValueError("a narrative holds control characters or accents: normalise it first")
        begin, end = np.concatenate(([0], breaks + 1)), np.append(breaks, len(joined))
        return Words(
            texts,
            joined,
            characters,
            self._numbers(joined, characters, begin, end),
            np.concatenate(([0], np.cumsum(ends))),
            begin,
            end,
            np.concatenate(([0], np.flatnonzero(ends) + 1)),
        )

    def _numbers(
        self, joined: str, characters: NDArray[np.uint8], begin: Ints, end: Ints
    ) -> Numbers:
        """The number of each word: most are recalled by their characters, taken as two integers."""
        length = end - begin
        halves = _halves(characters, begin, length)
        number = self._recall.find(*halves)
        number[length > 2 * _HALF] = -1
        missing = np.flatnonzero(number < 0)
        places = zip(begin[missing].tolist(), end[missing].tolist(), strict=True)
        words = [joined[b:e] for b, e in places]
        number[missing] = np.fromiter(map(self.__getitem__, words), np.int32, len(words))
        short = missing[length[missing] <= 2 * _HALF]
        self._recall.put(halves[0][short], halves[1][short], number[short])
        return number


def _halves(characters: NDArray[np.uint8], begin: Ints, length: Ints) -> tuple[Bits, Bits]:
    """The first and the next eight characters from each place on, zero from the length on."""
    padded = np.append(characters, np.zeros(3 * _HALF, np.uint8))
    eights: Bits = np.ndarray(len(padded) - _HALF + 1, "<u8", padded, strides=(1,))
    first = eights[begin] & _MASKS[np.minimum(length, _HALF)]
    # A longer word is not looked up by its halves.
    second = eights[begin + _HALF] & _MASKS[np.clip(length - _HALF, 0, _HALF)]
    return first, second


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts in order: number, text it stands in, where it begins and ends.

    Places count from the first text's first character; between texts stands one line break.
    `first` is each text's first word.
    """

    texts: Sequence[str]
    joined: str
    characters: NDArray[np.uint8]
    number: Numbers
    text: Ints
    begin: Ints
    end: Ints
    first: Ints

    @property
    def text_begin(self) -> Ints:
        """Where each text begins."""
        return self.begin[self.first]

    @property
    def beyond(self) -> Ints:
        """The word after each text's last."""
        return np.append(self.first[1:], len(self.number))

    @property
    def following(self) -> NDArray[np.uint8]:
        """The first character of the word behind each, a line break where that has none; 0 behind
        a text's last word."""
        padded = np.append(self.characters, np.full(2, _BREAK, np.uint8))
        return np.where(padded[self.end] == _BLANK, padded[self.end + 1], np.uint8(0))
