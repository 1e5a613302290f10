"""Which rules to run over which texts: what words alone decide, before any pattern is run.

A rule that can begin in a word either matches within the word, whatever surrounds it, or has to go
on behind the next blank. Both are told once per word and rule; that it goes on, only where the next
word begins with a character the rule can read there. Few patterns are left to run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.columns import Column
from brand_metagen.match.heads import RUN_CHARACTERS, characters_after_blank, stands_alone
from brand_metagen.match.lexicon import Ints, Lexicon, Numbering, Words
from brand_metagen.match.starts import Starts

Search = Callable[[str], Any]

NOT_WITHIN, UNDECIDED = -1, -2
"""Instead of a phrase: the rule does not match within the word; the word alone cannot tell."""

_BLANK, _BREAK = 0x20, 0x0A


class Phrases(Numbering[tuple[int, str]]):
    """The numbers of what was matched: (rule, text it matched)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts and rules that can begin in them, as parallel columns in order of the words.

    `word` is the word's place, `phrase` what the rule matches within it or why that is not known,
    from its `offset` on; `goes_on` says that it may read beyond the word.
    """

    text: Ints
    rule: Ints
    word: Ints
    phrase: Ints
    offset: Ints
    goes_on: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_] | Ints) -> Pairs:
        """Some of them."""
        return Pairs(*(getattr(self, column)[chosen] for column in self.__slots__))


class Candidates:
    """Per word of a lexicon, the rules that can begin in it; worked out at first sight."""

    def __init__(
        self,
        patterns: Sequence[str],
        searches: Sequence[Search],
        lexicon: Lexicon,
        phrases: Phrases,
    ) -> None:
        self._starts = Starts(patterns)
        self._alone = [stands_alone(pattern) for pattern in patterns]
        self._onward = _onward(patterns)
        self._searches, self._lexicon, self._phrases = searches, lexicon, phrases
        self._forget()

    def of(self, text: str) -> list[int]:
        """Rules that may match a text, ascending; a superset."""
        self._lexicon.renew()
        numbers = [self._lexicon[word] for word in text.split(" ")]
        self._learn()
        count, first, rule = self._count.values, self._first.values, self._rule.values
        found: set[int] = set()
        for number in numbers:
            if count[number]:
                found.update(rule[first[number] : first[number] + count[number]].tolist())
        return sorted(found)

    def pairs(self, words: Words) -> Pairs:
        """Every rule that can begin in every word."""
        self._learn()
        count = self._count.values
        word = np.flatnonzero(count[words.number])
        times = count[words.number[word]]
        # Every word's rules lie in a row: count up from where they begin.
        steps = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        word = np.repeat(word, times)
        at = self._first.values[words.number[word]] + steps
        rule = self._rule.values[at]
        following = np.append(words.characters, np.full(2, _BREAK, np.uint8))
        end = words.end[word]
        onward = np.where(following[end] == _BLANK, following[end + 1], 0)
        return Pairs(
            words.text[word],
            rule,
            word,
            self._phrase.values[at],
            self._offset.values[at],
            self._onward[rule, onward],
        )

    def _learn(self) -> None:
        if self._eras != (self._lexicon.era, self._phrases.era):
            self._forget()
        words = self._lexicon.listed[len(self._count) :]
        found = [self._starts.of(word) for word in words]
        count = [len(rules) for rules in found]
        within = [
            self._within(word, rule)
            for word, rules in zip(words, found, strict=True)
            for rule in rules
        ]
        self._first.extend([len(self._rule) + n for n in accumulate(count, initial=0)][:-1])
        self._count.extend(count)
        self._rule.extend(list(chain.from_iterable(found)))
        self._phrase.extend([phrase for phrase, _ in within])
        self._offset.extend([offset for _, offset in within])

    def _within(self, word: str, rule: int) -> tuple[int, int]:
        """The phrase that a rule matches within a word, and where it begins there."""
        if not self._alone[rule]:
            return UNDECIDED, 0
        match = self._searches[rule](word)
        if match is None:
            return NOT_WITHIN, 0
        return self._phrases[rule, match.group()], match.start()

    def _forget(self) -> None:
        self._eras = (self._lexicon.era, self._phrases.era)
        self._count, self._first = Column(np.int64), Column(np.int64)
        self._rule, self._phrase, self._offset = (Column(np.int64) for _ in range(3))


def _onward(patterns: Sequence[str]) -> NDArray[np.bool_]:
    """Rule by character, whether the rule can read on where a word begins with it."""
    onward = np.ones((len(patterns), 128), bool)
    onward[:, 0] = False
    for rule, pattern in enumerate(patterns):
        for character in RUN_CHARACTERS - characters_after_blank(pattern):
            onward[rule, ord(character)] = False
    return onward
