"""Narratives as numbered words: the form in which many are matched and weighed at once.

A word is a run of letters, digits, underscores and apostrophes; a gap is what stands between two
words. The same few ten thousand words make up all narratives, so whatever depends on a word alone
is worked out once and then looked up by its number.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.recall import Bits, Ints, Numbers, Recall

MOST_NUMBERS = 1_000_000
"""Distinct things kept before the numbering starts anew; some 150 MB at the most."""

K = TypeVar("K", bound=Hashable)

WORD = re.compile("[A-Za-z0-9_']+")
_IN_WORD = np.array([bool(WORD.match(chr(code))) for code in range(128)])

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
        breaks = np.flatnonzero(characters < _BLANK)
        if len(breaks) != max(0, len(texts) - 1) or not joined.isascii():
            raise ValueError("a narrative holds control characters or accents: normalise it first")
        edges = np.zeros(len(characters) + 2, bool)
        edges[1:-1] = _IN_WORD[characters]
        edges = np.flatnonzero(edges[1:] != edges[:-1])
        begin, end = edges[::2], edges[1::2]
        text_begin = np.concatenate(([0], breaks + 1))[: len(texts)]
        first = np.searchsorted(begin, text_begin)
        words = np.diff(first, append=len(begin))
        return Words(
            texts,
            joined,
            characters,
            text_begin,
            self._numbers(joined, characters, begin, end),
            np.repeat(np.arange(len(texts)), words),
            begin,
            end,
            first,
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
class Gaps:
    """What stands behind each word: its first two characters, and all of it as an integer.

    `told` is false where it is too long for one, or no word follows in the text. A character of 0
    is the text's end.
    """

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    bits: Bits
    told: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts in order: number, text it stands in, where it begins and ends.

    Places count from the first text's first character; between texts stands one line break.
    `text_begin` is where each text begins, `first` its first word.
    """

    texts: Sequence[str]
    joined: str
    characters: NDArray[np.uint8]
    text_begin: Ints
    number: Numbers
    text: Ints
    begin: Ints
    end: Ints
    first: Ints

    @property
    def beyond(self) -> Ints:
        """The word after each text's last."""
        return np.append(self.first[1:], len(self.number))

    def gaps(self) -> Gaps:
        """What stands behind each word."""
        characters = np.append(self.characters, np.zeros(2, np.uint8))
        characters[characters == _BREAK] = 0
        length = np.append(self.begin[1:], len(self.joined)) - self.end
        told = (length <= _HALF) & (self.text == np.append(self.text[1:], -1))
        bits = _halves(self.characters, self.end, np.where(told, length, 0))[0]
        return Gaps(characters[self.end], characters[self.end + 1], bits, told)
