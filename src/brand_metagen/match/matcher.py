"""The one matcher: every rule over a narrative at once.

What is verified is what runs: the verifier, the market run and the classifier all use this. Words
name the few rules that can begin in them (`WordTable`), and only those patterns are run. Answers
are those of a set of all patterns in RE2, by test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import re2

from brand_metagen.grammar import parse, variable_parts
from brand_metagen.match.starts import WordTable
from brand_metagen.records import Rule

Span = tuple[int, int]
Search = Callable[[str], Any]

MOST_VARIABLE = 16
"""Optional parts of one alternative up to which Python's engine is used; it may try all their
combinations, so a pattern with more goes to RE2, which never does but starts slower (measured)."""


class Matcher:
    """Rules compiled together; answers by position in the sequence given.

    Raises RuleError when a pattern is outside the portable subset.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._words = WordTable([rule.include for rule in rules])
        self._includes = [searcher(rule.include) for rule in rules]
        self._excludes = [searcher(rule.exclude) if rule.exclude else None for rule in rules]

    def spans(self, text: str) -> list[tuple[int, Span]]:
        """The rules whose include matches and whose exclude does not, with what it matched.

        >>> matcher = Matcher([Rule("1", "STAR", "STARB", ()), Rule("2", "BUCKS", None, ())])
        >>> matcher.spans("STARFISH"), matcher.spans("STARBUCKS")
        ([(0, (0, 4))], [(1, (4, 9))])
        """
        words = self._words
        named = [found for word in text.split(" ") if (found := words[word])]
        if not named:
            return []
        candidates = named[0] if len(named) == 1 else sorted({c for some in named for c in some})
        taken = []
        for candidate in candidates:
            match = self._includes[candidate](text)
            if match is not None:
                exclude = self._excludes[candidate]
                if exclude is None or exclude(text) is None:
                    taken.append((candidate, match.span()))
        return taken


def searcher(pattern: str) -> Search:
    """The pattern's search function, by an engine that is linear for it."""
    if variable_parts(parse(pattern)) <= MOST_VARIABLE:
        return re.compile(pattern).search
    search: Search = re2.compile(pattern).search
    return search
