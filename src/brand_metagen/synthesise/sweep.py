"""Many patterns at once over lists of texts, each only once however many folds ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from brand_metagen.synthesise.letters import Places

BATCH = 16_384
"""Texts read at once, so that what is known of their words meanwhile takes bounded room."""

Taken = Mapping[str, tuple[Places, ...]]
"""Per pattern, list by list, the texts it matches."""


class Sweep:
    """Per pattern, list by list, the texts it matches."""

    def __init__(self, *lists: Sequence[str]) -> None:
        self._lists = lists
        self._taken: dict[str, tuple[Places, ...]] = {}

    def learn(self, patterns: Iterable[str]) -> Taken:
        """Run those that are new, each in the language of rules; what they take is returned too."""
        new = sorted(set(patterns) - self._taken.keys())
        if not new:
            return {}
        matcher = Matcher([Rule("", pattern, None, ()) for pattern in new])
        taken = [_taken(matcher, texts) for texts in self._lists]
        learned = dict(zip(new, zip(*taken, strict=True), strict=True))
        self.add(learned)
        return learned

    def add(self, learned: Taken) -> None:
        """Know what a sweep over the same lists has learned elsewhere."""
        self._taken.update(learned)

    def of(self, pattern: str) -> tuple[Places, ...]:
        """What a pattern takes that was learned."""
        return self._taken[pattern]


@dataclass(frozen=True, slots=True)
class Sweeps:
    """Over the market's brand names, and over its narratives and the public names."""

    names: Sweep
    texts: Sweep


def _taken(matcher: Matcher, texts: Sequence[str]) -> list[Places]:
    """Rule by rule the texts it matches."""
    found: list[list[Places]] = [[] for _ in matcher.rules]
    for at in range(0, len(texts), BATCH):
        matches = matcher.matches(matcher.lexicon.read(texts[at : at + BATCH]))
        order = np.argsort(matches.rule, kind="stable")
        rules, first = np.unique(matches.rule[order], return_index=True)
        places = np.split((matches.text[order] + at).astype(np.int32), first[1:])
        for rule, taken in zip(rules.tolist(), places, strict=False):
            found[rule].append(taken)
    return [np.concatenate(parts) if parts else np.empty(0, np.int32) for parts in found]
