"""The one matcher: every rule at once over a narrative, with RE2 (linear time).

What is verified is what runs: the verifier, the market run and the classifier all use this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2

from brand_metagen.errors import RuleError
from brand_metagen.records import Rule

MAX_MEMORY = 1 << 30
"""Bytes RE2 may use; its default fails beyond some 10,000 patterns (measured)."""


class Matcher:
    """Rules compiled together; answers by position in the sequence given.

    Raises RuleError when a pattern is not one RE2 can run.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        self.rules = tuple(rules)
        self._includes = re2.Set.SearchSet(options)
        for rule in self.rules:
            try:
                self._includes.Add(rule.include)
            except re2.error as error:
                raise RuleError(f"brand {rule.brandid}: {error}") from error
        if self.rules:
            self._includes.Compile()
        self._excludes = [re.compile(r.exclude).search if r.exclude else None for r in self.rules]

    def match(self, text: str) -> list[int]:
        """Positions of the rules whose include matches and whose exclude does not, ascending.

        >>> Matcher([Rule("1", "STAR", "STARB", ()), Rule("2", "BUCKS", None, ())]).match("STARBUCKS")
        [1]
        """
        if not self.rules:
            return []
        excludes = self._excludes
        found = self._includes.Match(text)
        if not found:
            return []
        return sorted(i for i in found if not ((shut := excludes[i]) and shut(text)))
