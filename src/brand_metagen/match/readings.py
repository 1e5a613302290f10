"""What a rule makes of a word and those behind it, worked out once and looked up ever after.

A reading is a rule at a word. Where the next word begins with a character the rule can read after a
blank, the reading grows by that word, and so on; where it cannot, the words read so far decide,
whatever stands around them. Readings form trees that grow as narratives are met: the root is one
word, a branch per next word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.columns import Column
from brand_metagen.match.heads import RUN_CHARACTERS, characters_after_blank, stands_alone
from brand_metagen.match.lexicon import Numbering, Words
from brand_metagen.match.recall import Ints, Recall

Search = Callable[[str], Any]

NO_MATCH, UNDECIDED, NOT_ASKED = -1, -2, -3
"""Instead of a phrase: no match begins in the word; words cannot tell; not yet worked out."""
MOST_WORDS = 4
"""Words of one reading: what goes on beyond them is searched each time, lest a pattern with wide
gaps makes a reading of every narrative."""


class Phrases(Numbering[tuple[int, str]]):
    """The numbers of what was matched: (rule, text it matched)."""


class Readings:
    """Numbered readings: rule, phrase it matches (or why that is not told), and where in the words.

    A match that begins in a later word is that word's, not the reading's.
    """

    def __init__(
        self, patterns: Sequence[str], searches: Sequence[Search], phrases: Phrases
    ) -> None:
        self._searches, self._phrases = searches, phrases
        self._alone = np.array(list(map(stands_alone, patterns)), bool)
        self._onward = _onward(patterns)
        self._recall = Recall()
        self.clear()

    def __len__(self) -> int:
        return len(self._rule)

    def clear(self) -> None:
        """Begin anew."""
        self._rule, self._phrase = Column(np.int64), Column(np.int64)
        self._begin, self._end = Column(np.int64), Column(np.int64)
        self._longer: dict[tuple[int, int], int] = {}
        self._recall.clear()

    def extend(self, rules: Sequence[int]) -> None:
        """Add readings of one word, or longer by one, by these rules."""
        self._rule.extend(rules)
        self._phrase.extend([NOT_ASKED] * len(rules))
        for column in (self._begin, self._end):
            column.extend([0] * len(rules))

    @property
    def rule(self) -> Ints:
        """The rule of each reading."""
        return self._rule.values

    def of(self, words: Words, word: Ints, reading: Ints) -> tuple[Ints, Ints, Ints]:
        """What readings that begin as told at these words come to: phrase, its begin and end.

        Begin and end count from the word's first character and hold where there is a phrase.
        """
        reading, last = self._read_on(words, word, reading)
        self._work_out(words, word, last, reading)
        phrase = np.where(last - word < MOST_WORDS, self._phrase.values[reading], UNDECIDED)
        return phrase, self._begin.values[reading], self._end.values[reading]

    def _read_on(self, words: Words, word: Ints, reading: Ints) -> tuple[Ints, Ints]:
        """The readings grown as far as their rules may read, and the last word of each."""
        reading, last, following = reading.copy(), word.copy(), words.following
        rule = self.rule[reading]
        on = np.flatnonzero(self._onward[rule, following[last]])
        for _ in range(MOST_WORDS - 1):
            if not len(on):
                break
            last[on] += 1
            reading[on] = self._grown(reading[on], words.number[last[on]].astype(np.int64))
            on = on[self._onward[rule[on], following[last[on]]]]
        last[on] = word[on] + MOST_WORDS
        last[~self._alone[rule]] += MOST_WORDS
        return reading, last

    def _grown(self, reading: Ints, number: Ints) -> Ints:
        """The readings longer by a word, by its number."""
        halves = reading.astype(np.uint64), number.astype(np.uint64)
        grown = self._recall.find(*halves)
        missing = np.flatnonzero(grown < 0)
        if len(missing):
            keys = zip(reading[missing].tolist(), number[missing].tolist(), strict=True)
            grown[missing] = self._numbered(list(keys))
            self._recall.put(halves[0][missing], halves[1][missing], grown[missing])
        return grown.astype(np.int64)

    def _numbered(self, keys: Sequence[tuple[int, int]]) -> list[int]:
        longer, size = self._longer, len(self)
        new = [key for key in dict.fromkeys(keys) if key not in longer]
        longer.update((key, size + i) for i, key in enumerate(new))
        self.extend(self.rule[[reading for reading, _ in new]].tolist() if new else [])
        return [longer[key] for key in keys]

    def _work_out(self, words: Words, word: Ints, last: Ints, reading: Ints) -> None:
        """Run the patterns of readings that were never asked."""
        asked = np.flatnonzero(
            (self._phrase.values[reading] == NOT_ASKED) & (last - word < MOST_WORDS)
        )
        if not len(asked):
            return
        reading, at = np.unique(reading[asked], return_index=True)
        word, last = word[asked[at]], last[asked[at]]
        found = [
            self._search(rule, words.joined[begin:end], most)
            for rule, begin, end, most in zip(
                self.rule[reading].tolist(),
                words.begin[word].tolist(),
                words.end[last].tolist(),
                (words.end[word] - words.begin[word]).tolist(),
                strict=True,
            )
        ]
        columns = (self._phrase.values, self._begin.values, self._end.values)
        for column, values in zip(columns, zip(*found, strict=True), strict=True):
            column[reading] = values

    def _search(self, rule: int, text: str, most: int) -> tuple[int, int, int]:
        match = self._searches[rule](text)
        if match is None or match.start() >= most:
            return NO_MATCH, 0, 0
        return (self._phrases[rule, match.group()], *match.span())


def _onward(patterns: Sequence[str]) -> NDArray[np.bool_]:
    """Rule by character, whether the rule can read on where a word begins with it."""
    onward = np.ones((len(patterns), 128), bool)
    onward[:, 0] = False
    for rule, pattern in enumerate(patterns):
        for character in RUN_CHARACTERS - characters_after_blank(pattern):
            onward[rule, ord(character)] = False
    return onward
