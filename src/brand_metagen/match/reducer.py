"""Narratives with the words no rule can touch replaced by marks.

Store numbers, towns and reference codes make every narrative different without changing its
answer. A word that cannot take part in any match becomes `~` if it says nothing about the row (a
number, a town) and `?` if it is merely unknown; what carries evidence stays. What is left repeats,
so answers can be remembered. Matches on the reduced text are the matches on the original: a
property test holds this against RE2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from brand_metagen.match.starts import Starts, word_starts
from brand_metagen.records import Rule

SILENT, STRANGE = "~", "?"
MOST_WORDS = 2_000_000
"""Distinct words kept before the table starts anew; some 200 MB at the most."""

_RUN = re.compile(r"[A-Z0-9_]+")
_WORD = re.compile(r"[A-Z][A-Z']+")


class Reducer:
    """Reduces narratives word by word through a table that grows as words are met.

    `weigh` says what a plain word is worth: 0 for nothing, None for unknown, else its evidence.
    """

    def __init__(self, rules: Sequence[Rule], weigh: Callable[[str], float | None]) -> None:
        starts = word_starts([p for rule in rules for p in (rule.include, rule.exclude) if p])
        self._words = _Words(starts, weigh)
        # A rule that reads the marks themselves leaves nothing to reduce with.
        marks = {SILENT, STRANGE} & starts.punctuation
        self.reduce: Callable[[str], str] = str if marks else self._reduced

    def _reduced(self, narrative: str) -> str:
        return " ".join(map(self._words.__getitem__, narrative.split(" ")))


class _Words(dict[str, str]):
    """Word → what stands for it."""

    def __init__(self, starts: Starts, weigh: Callable[[str], float | None]) -> None:
        super().__init__()
        self._starts = starts
        self._weigh = weigh

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = mark = self._marked(word)
        return mark

    def _marked(self, word: str) -> str:
        runs = _RUN.findall(word)
        # Punctuation at the end may be the joint a match goes on across.
        if not runs or word[-1] in self._starts.punctuation or any(map(self._starts.touch, runs)):
            return word
        plain = _WORD.findall(word)
        if not plain:
            return SILENT
        weights = [self._weigh(w) for w in plain]
        if all(w == 0 for w in weights):
            return SILENT
        return STRANGE if plain == [word] and weights == [None] else word
