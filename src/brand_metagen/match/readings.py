"""What a rule makes of a word and those behind it, worked out once and looked up ever after.

A reading is a rule at a word. Where the rule can read the characters behind the word, the reading
grows by the gap and the next word, and so on; where it cannot, the words read so far decide,
whatever stands around them. Readings form trees that grow as narratives are met: the root is one
word, a branch per gap and next word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.columns import Column
from brand_metagen.match.heads import (
    RUN_CHARACTERS,
    characters_after_separators,
    separators,
    stands_alone,
)
from brand_metagen.match.lexicon import Numbering, Words
from brand_metagen.match.recall import Bits, Ints, Numbers, Recall

Search = Callable[[str], Any]

NO_MATCH, UNDECIDED, NOT_ASKED = -1, -2, -3
"""Instead of a phrase: no match begins in the word; words cannot tell; not yet worked out."""
MOST_WORDS = 6
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
        self._alone, self._reads, self._heads = _outlines(patterns)
        self._recall = Recall()
        self.clear()

    def __len__(self) -> int:
        return len(self._rule)

    def clear(self) -> None:
        """Begin anew."""
        self._rule, self._phrase = Column(np.int64), Column(np.int64)
        self._begin, self._end = Column(np.int64), Column(np.int64)
        # Reading and next word in one number, the gap in another.
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
        """The readings grown as far as their rules may read, and the last word of each.

        What words cannot tell has its last word MOST_WORDS behind the first.
        """
        reading, last, gaps = reading.copy(), word.copy(), words.gaps()
        rule, on = self.rule[reading], np.arange(len(reading))
        for _ in range(MOST_WORDS):
            here, rules = last[on], rule[on]
            read = self._reads[rules, gaps.first[here]] & self._heads[rules, gaps.second[here]]
            on = on[read]
            grown = gaps.told[last[on]]
            last[on[~grown]] = word[on[~grown]] + MOST_WORDS
            on = on[grown]
            if not len(on):
                break
            reading[on] = self._grown(reading[on], gaps.bits[last[on]], words.number[last[on] + 1])
            last[on] += 1
        last[~self._alone[rule]] += MOST_WORDS
        return reading, last

    def _grown(self, reading: Ints, gap: Bits, number: Numbers) -> Ints:
        """The readings longer by a gap and a word."""
        pair = reading.astype(np.uint64) << np.uint64(32) | number.astype(np.uint64)
        grown = self._recall.find(pair, gap)
        missing = np.flatnonzero(grown < 0)
        if len(missing):
            pair, gap = pair[missing], gap[missing]
            grown[missing] = self._numbered(list(zip(pair.tolist(), gap.tolist(), strict=True)))
            self._recall.put(pair, gap, grown[missing])
        return grown.astype(np.int64)

    def _numbered(self, keys: Sequence[tuple[int, int]]) -> list[int]:
        longer, size = self._longer, len(self)
        new = [key for key in dict.fromkeys(keys) if key not in longer]
        if new:
            longer.update(zip(new, range(size, size + len(new)), strict=True))
            self.extend(self.rule[[pair >> 32 for pair, _ in new]].tolist())
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


def _outlines(patterns: Sequence[str]) -> Iterator[NDArray[np.bool_]]:
    """Which rules words can tell about; rule by character, whether it reads it right behind a word,
    and as what comes after that."""
    alone = np.zeros(len(patterns), bool)
    reads, heads = (np.zeros((len(patterns), 128), bool) for _ in range(2))
    for rule, pattern in enumerate(patterns):
        alone[rule] = stands_alone(pattern)
        between = separators(pattern)
        if between:
            after = characters_after_separators(pattern)
            reads[rule, list(map(ord, between))] = True
            # At the pattern's end something may follow that it does not even look at.
            everything = after == RUN_CHARACTERS
            heads[rule, slice(None) if everything else list(map(ord, between | after))] = True
    yield from (alone, reads, heads)
