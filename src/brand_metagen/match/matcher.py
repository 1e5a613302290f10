"""The one matcher: every rule over narratives at once.

What is verified is what runs: the verifier, the market run and the classifier all use this. Words
name the few rules that can match (`Candidates`), and only where words do not decide is a pattern
run. Answers are those of a set of all patterns in RE2, by test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import re2
from numpy.typing import NDArray

from brand_metagen.grammar import is_branchy, parse
from brand_metagen.match.candidates import Candidates
from brand_metagen.match.lexicon import Lexicon, Words
from brand_metagen.match.readings import UNDECIDED, Phrases, Readings, Search
from brand_metagen.match.recall import Ints, Numbers
from brand_metagen.records import Rule

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Matches:
    """Which rule matched which text, as parallel columns in order of text, then rule.

    `begin` and `end` are places in `Words`; `phrase` is the number in `Matcher.phrases` of what
    lies between; `listing` is the rule's listing of the text's code, -1 where none was asked for.
    """

    text: Ints
    rule: Ints
    begin: Ints
    end: Ints
    phrase: Ints
    listing: Numbers

    def rivals(self) -> Ints:
        """How many other rules matched the same text."""
        return np.bincount(self.text)[self.text] - 1

    def where(self, chosen: NDArray[np.bool_] | Ints) -> Matches:
        """Some of them."""
        return Matches(*(getattr(self, column)[chosen] for column in self.__slots__))


class Matcher:
    """Rules compiled together; answers by position in the sequence given. One per thread.

    Raises RuleError when a pattern is outside the portable subset.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.lexicon, self.phrases = Lexicon(), Phrases()
        self.listings = [(r, code) for r, rule in enumerate(rules) for code in rule.mccids]
        """Every rule with every code it lists."""
        self._codes = [frozenset(rule.mccids) for rule in rules]
        self._code_numbers = {c: n for n, c in enumerate(sorted(set().union(*self._codes)))}
        self._listing = self._listed_codes()
        patterns = [rule.include for rule in rules]
        self._includes = list(map(searcher, patterns))
        self._excludes = [searcher(rule.exclude) if rule.exclude else None for rule in rules]
        self._excluding = np.array([rule.exclude is not None for rule in rules], bool)
        self._readings = Readings(patterns, self._includes, self.phrases)
        self._candidates = Candidates(patterns, self.lexicon, self.phrases, self._readings)

    def spans(self, text: str) -> list[tuple[int, Span]]:
        """The rules whose include matches and whose exclude does not, with what it matched.

        >>> matcher = Matcher([Rule("1", "STAR", "STARB", ()), Rule("2", "BUCKS", None, ())])
        >>> matcher.spans("STARFISH"), matcher.spans("STARBUCKS")
        ([(0, (0, 4))], [(1, (4, 9))])
        """
        return self._run(text, self._candidates.of(text))

    def taken(self, text: str, mccid: str) -> list[tuple[int, Span]]:
        """The same of the rules that list the code; only their patterns are run."""
        codes = self._codes
        return self._run(text, [c for c in self._candidates.of(text) if mccid in codes[c]])

    def code_numbers(self, mccids: Iterable[str]) -> Ints:
        """The codes as `matches` takes them; -1 where no rule lists one."""
        numbers = self._code_numbers
        return np.array([numbers.get(mccid, -1) for mccid in mccids], np.int64)

    def matches(self, words: Words, codes: Ints | None = None) -> Matches:
        """`spans` of many texts or, with the texts' codes, `taken`."""
        self.phrases.renew()
        word, reading = self._candidates.pairs(words)
        text, rule = words.text[word], self._readings.rule[reading]
        listing = self._listings_of(text, rule, codes)
        if codes is not None:
            listed = np.flatnonzero(listing >= 0)
            word, reading, text, rule = (c[listed] for c in (word, reading, text, rule))
            listing = listing[listed]
        phrase, begin, end = self._readings.of(words, word, reading)
        keys, origin = text * len(self.rules) + rule, words.begin[word]
        searched = np.unique(keys[phrase == UNDECIDED])
        told = Matches(text, rule, origin + begin, origin + end, phrase, listing)
        told = told.where(_first_told(keys, phrase, searched))
        if len(searched):
            told = self._merged(told, self._search(words, searched, codes))
        return self._unless_excluded(words, told)

    def _search(self, words: Words, keys: Ints, codes: Ints | None) -> Matches:
        """Run the patterns of texts and rules that words cannot tell about; `keys` name both."""
        text, rule = np.divmod(keys, max(1, len(self.rules)))
        pairs = list(zip(text.tolist(), rule.tolist(), strict=True))
        found = [self._includes[r](words.texts[t]) for t, r in pairs]
        at = [i for i, match in enumerate(found) if match is not None]
        spans = np.array([found[i].span() for i in at], np.int64).reshape(-1, 2)
        phrases = [self.phrases[pairs[i][1], found[i].group()] for i in at]
        text, rule = text[at], rule[at]
        begin, end = spans.T + words.text_begin[text]
        listing = self._listings_of(text, rule, codes)
        return Matches(text, rule, begin, end, np.array(phrases, np.int64), listing)

    def _merged(self, one: Matches, other: Matches) -> Matches:
        """Both in order of text, then rule."""
        columns = ((getattr(one, c), getattr(other, c)) for c in Matches.__slots__)
        both = Matches(*map(np.concatenate, columns))
        return both.where(np.argsort(both.text * len(self.rules) + both.rule, kind="stable"))

    def _listings_of(self, text: Ints, rule: Ints, codes: Ints | None) -> Numbers:
        """The rules' listings of the texts' codes."""
        if codes is None:
            return np.full(len(text), -1, np.int32)
        return self._listing[rule, codes[text]]

    def _unless_excluded(self, words: Words, matches: Matches) -> Matches:
        kept = np.ones(len(matches.text), bool)
        for i in np.flatnonzero(self._excluding[matches.rule]).tolist():
            exclude = self._excludes[matches.rule[i]]
            kept[i] = exclude is None or exclude(words.texts[matches.text[i]]) is None
        return matches if kept.all() else matches.where(kept)

    def _listed_codes(self) -> Numbers:
        """Rule by code, the place in `listings` or -1; the last column is for unlisted codes."""
        places = np.full((len(self.rules), len(self._code_numbers) + 1), -1, np.int32)
        for place, (rule, code) in enumerate(self.listings):
            places[rule, self._code_numbers[code]] = place
        return places

    def _run(self, text: str, candidates: Iterable[int]) -> list[tuple[int, Span]]:
        matched = []
        for candidate in candidates:
            match = self._includes[candidate](text)
            if match is not None:
                exclude = self._excludes[candidate]
                if exclude is None or exclude(text) is None:
                    matched.append((candidate, match.span()))
        return matched


def _first_told(keys: Ints, phrase: Ints, searched: Ints) -> Ints:
    """Places of the first word in which a rule matches a text; none that is searched anyway."""
    at = np.flatnonzero(phrase >= 0)
    distinct, first = np.unique(keys[at], return_index=True)
    if len(searched):
        first = first[~np.isin(distinct, searched, assume_unique=True)]
    return at[first]


def searcher(pattern: str) -> Search:
    """The pattern's search function, by an engine that is linear for it."""
    if not is_branchy(parse(pattern)):
        return re.compile(pattern).search
    # Python's engine may try all combinations of optional parts; RE2 never does, but starts slower.
    search: Search = re2.compile(pattern).search
    return search
