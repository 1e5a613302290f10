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

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]

MOST_NUMBERS = 2_000_000
"""Distinct things kept before the numbering starts anew; some 300 MB at the most."""

K = TypeVar("K", bound=Hashable)

_BLANK, _BREAK = 0x20, 0x0A


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

    def read(self, texts: Sequence[str]) -> Words:
        """Number the words of normalised texts; raises ValueError for a text with a line break."""
        self.renew()
        joined = "\n".join(texts)
        characters = np.frombuffer(joined.encode("ascii", "replace"), np.uint8)
        breaks = np.flatnonzero((characters == _BLANK) | (characters == _BREAK))
        ends = characters[breaks] == _BREAK
        if np.count_nonzero(ends) != max(0, len(texts) - 1):
            raise ValueError("a narrative holds a line break: normalise it first")
        words = joined.replace("\n", " ").split(" ")
        begins = np.concatenate(([0], breaks + 1))
        return Words(
            texts,
            joined,
            characters,
            np.fromiter(map(self.__getitem__, words), np.int32, len(words)),
            np.concatenate(([0], np.cumsum(ends))),
            begins,
            np.append(breaks, len(joined)),
            np.concatenate(([0], np.flatnonzero(ends) + 1)),
        )


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
