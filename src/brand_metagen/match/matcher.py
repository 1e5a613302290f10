"""The one matcher: every rule over a narrative at once.

What is verified is what runs: the verifier, the market run and the classifier all use this. Words
name the few rules that can begin in them (`WordTable`), and only those patterns are run. Answers
are those of a set of all patterns in RE2, by test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import re2

from brand_metagen.grammar import is_branchy, parse
from brand_metagen.match.starts import WordTable
from brand_metagen.records import Rule

Span = tuple[int, int]
Search = Callable[[str], Any]


class Matcher:
    """Rules compiled together; answers by position in the sequence given.

    Raises RuleError when a pattern is outside the portable subset.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._codes = [frozenset(rule.mccids) for rule in rules]
        self._words = WordTable([rule.include for rule in rules])
        self._includes = [searcher(rule.include) for rule in rules]
        self._excludes = [searcher(rule.exclude) if rule.exclude else None for rule in rules]

    def spans(self, text: str) -> list[tuple[int, Span]]:
        """The rules whose include matches and whose exclude does not, with what it matched.

        >>> matcher = Matcher([Rule("1", "STAR", "STARB", ()), Rule("2", "BUCKS", None, ())])
        >>> matcher.spans("STARFISH"), matcher.spans("STARBUCKS")
        ([(0, (0, 4))], [(1, (4, 9))])
        """
        return self._run(text, self._candidates(text))

    def taken(self, text: str, mccid: str) -> list[tuple[int, Span]]:
        """The same of the rules that list the code; only their patterns are run."""
        codes = self._codes
        candidates = [c for c in self._candidates(text) if mccid in codes[c]]
        return self._run(text, candidates) if candidates else []

    def _candidates(self, text: str) -> tuple[int, ...]:
        """Rules that may match, ascending; a superset."""
        words = self._words
        found: tuple[int, ...] = ()
        several = False
        for word in text.split(" "):
            named = words[word]
            if named:
                several = bool(found)
                found = found + named if several else named
        return tuple(sorted(set(found))) if several else found

    def _run(self, text: str, candidates: Iterable[int]) -> list[tuple[int, Span]]:
        matched = []
        for candidate in candidates:
            match = self._includes[candidate](text)
            if match is not None:
                exclude = self._excludes[candidate]
                if exclude is None or exclude(text) is None:
                    matched.append((candidate, match.span()))
        return matched


def searcher(pattern: str) -> Search:
    """The pattern's search function, by an engine that is linear for it."""
    if not is_branchy(parse(pattern)):
        return re.compile(pattern).search
    # Python's engine may try all combinations of optional parts; RE2 never does, but starts slower.
    search: Search = re2.compile(pattern).search
    return search
