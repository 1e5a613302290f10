"""Which rules can begin in which words: what is told before any pattern is run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np

from brand_metagen.match import lexicon as lexicons
from brand_metagen.match.columns import Column
from brand_metagen.match.lexicon import WORD, Lexicon, Words
from brand_metagen.match.readings import Phrases, Readings
from brand_metagen.match.recall import Ints
from brand_metagen.match.starts import Starts


class Candidates:
    """Per word of a lexicon, the rules that can begin in it; worked out at first sight."""

    def __init__(
        self, patterns: Sequence[str], lexicon: Lexicon, phrases: Phrases, readings: Readings
    ) -> None:
        self._starts = Starts(patterns)
        self._lexicon, self._phrases, self._readings = lexicon, phrases, readings
        self._forget()

    def of(self, text: str) -> list[int]:
        """Rules that may match a text, ascending; a superset."""
        self._lexicon.renew()
        numbers = [self._lexicon[word] for word in WORD.findall(text)]
        self._learn()
        count, first, rule = self._count.values, self._first.values, self._readings.rule
        found: set[int] = set()
        for number in numbers:
            if count[number]:
                found.update(rule[first[number] : first[number] + count[number]].tolist())
        return sorted(found)

    def pairs(self, words: Words) -> tuple[Ints, Ints]:
        """Every word with every rule that can begin in it, as a reading; in order of the words."""
        self._learn()
        count = self._count.values
        word = np.flatnonzero(count[words.number])
        number = words.number[word]
        times = count[number]
        # Every word's readings lie in a row: count up from where they begin.
        before = self._first.values[number] - (np.cumsum(times) - times)
        return np.repeat(word, times), np.repeat(before, times) + np.arange(times.sum())

    def _learn(self) -> None:
        eras = (self._lexicon.era, self._phrases.era)
        if self._eras != eras or len(self._readings) > lexicons.MOST_NUMBERS:
            self._forget()
        words = self._lexicon.listed[len(self._count) :]
        found = list(map(self._starts.of, words))
        count = list(map(len, found))
        before = len(self._readings)
        self._first.extend([before + n for n in accumulate(count, initial=0)][:-1])
        self._count.extend(count)
        self._readings.extend(list(chain.from_iterable(found)))

    def _forget(self) -> None:
        self._eras = (self._lexicon.era, self._phrases.era)
        self._count, self._first = Column(np.int64), Column(np.int64)
        self._readings.clear()
