"""The one matcher: every rule over narratives at once.

What is verified is what runs: the verifier, the market run and the classifier all use this. Words
name the few rules that can match (`Candidates`), and only where words do not decide is a pattern
run. Answers are those of a set of all patterns in RE2, by test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import re2
from numpy.typing import NDArray

from brand_metagen.grammar import is_branchy, parse
from brand_metagen.match.candidates import UNDECIDED, Candidates, Pairs, Phrases, Search
from brand_metagen.match.lexicon import Ints, Lexicon, Numbers, Words
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
    listing: Ints

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
        self._candidates = Candidates(patterns, self._includes, self.lexicon, self.phrases)

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
        pairs = self._candidates.pairs(words)
        if codes is not None:
            pairs = pairs.where(self._listing[pairs.rule, codes[pairs.text]] >= 0)
        open_ = pairs.goes_on | (pairs.phrase == UNDECIDED)
        keys = pairs.text * len(self.rules) + pairs.rule
        searched = np.unique(keys[open_])
        known = _first_known(keys, pairs, searched, open_)
        return self._unless_excluded(words, self._all(words, known, searched, codes))

    def _all(self, words: Words, known: Pairs, searched: Ints, codes: Ints | None) -> Matches:
        """What words decided and what patterns find, in order."""
        text, rule = np.divmod(searched, max(1, len(self.rules)))
        found, begin, end, phrase = self._search(words.texts, text.tolist(), rule.tolist())
        text, rule = text[found], rule[found]
        origin = words.text_begin[text]
        held = words.begin[known.word] + known.offset
        lengths = np.fromiter(
            (len(self.phrases.listed[p][1]) for p in known.phrase.tolist()), np.int64
        )
        text, rule = np.concatenate((known.text, text)), np.concatenate((known.rule, rule))
        listing = np.full(len(text), -1)
        if codes is not None:
            listing = self._listing[rule, codes[text]].astype(np.int64)
        order = np.argsort(text * len(self.rules) + rule, kind="stable")
        return Matches(
            text,
            rule,
            np.concatenate((held, origin + begin)),
            np.concatenate((held + lengths, origin + end)),
            np.concatenate((known.phrase, phrase)),
            listing,
        ).where(order)

    def _search(
        self, texts: Sequence[str], text: Sequence[int], rule: Sequence[int]
    ) -> tuple[Ints, Ints, Ints, Ints]:
        """Of pairs (text, rule) which match, and where each begins and ends, and its phrase."""
        searches = map(self._includes.__getitem__, rule)
        asked = zip(searches, map(texts.__getitem__, text), strict=True)
        found = [search(text) for search, text in asked]
        at = [i for i, match in enumerate(found) if match is not None]
        spans = np.fromiter(chain.from_iterable(found[i].span() for i in at), np.int64, 2 * len(at))
        phrases = self.phrases
        numbers = [phrases[rule[i], found[i].group()] for i in at]
        return np.array(at, np.int64), spans[::2], spans[1::2], np.array(numbers, np.int64)

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


def _first_known(keys: Ints, pairs: Pairs, searched: Ints, open_: NDArray[np.bool_]) -> Pairs:
    """Of the rules that a word decided, each text's first word; none that is searched anyway."""
    at = np.flatnonzero((pairs.phrase >= 0) & ~open_)
    distinct, first = np.unique(keys[at], return_index=True)
    return pairs.where(at[first[~np.isin(distinct, searched, assume_unique=True)]])


def searcher(pattern: str) -> Search:
    """The pattern's search function, by an engine that is linear for it."""
    if not is_branchy(parse(pattern)):
        return re.compile(pattern).search
    # Python's engine may try all combinations of optional parts; RE2 never does, but starts slower.
    search: Search = re2.compile(pattern).search
    return search
