"""Narratives with the words no rule can touch and no evidence weighs replaced by marks.

Store numbers, towns and reference codes make every narrative different without changing its
answer. A word at which no rule can begin, or go on across a joint, cannot take part in any match;
if it also says nothing about the row (a number, a town), it becomes `~`, and if it is merely
unknown, `?`. What is left repeats, so answers can be remembered. Matches on the reduced text are
the matches on the original (a property test holds this against RE2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from brand_metagen.records import Rule
from brand_metagen.synthesise.grammar import word_starts

SILENT, STRANGE = "~", "?"
"""Neither is in any class or literal the learner prints; a rule that holds one turns reduction off."""
MOST_WORDS = 2_000_000

_RUN = re.compile(r"[A-Z0-9_]+")
_LETTERS = re.compile(r"[A-Z]")


class Reducer:
    """Reduces words through a table that grows as words are met."""

    def __init__(
        self,
        rules: Sequence[Rule],
        is_neutral: Callable[[str], bool],
        is_unknown: Callable[[str], bool],
    ) -> None:
        patterns = [p for rule in rules for p in (rule.include, rule.exclude) if p]
        starts = word_starts(patterns)
        self._table = _Words(starts, is_neutral, is_unknown)
        # A pattern with gaps may reach over any word, so nothing may be replaced.
        self.reduce = self._marked if starts is not None else str

    def _marked(self, narrative: str) -> str:
        return " ".join(map(self._table.__getitem__, narrative.split(" ")))
