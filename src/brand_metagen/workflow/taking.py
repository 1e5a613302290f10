"""What the rules of the whole market and of every fold take of its narratives, each read once.

Most rules are the same whether or not a fold is left out. Only the patterns that differ are run
besides those of the whole, and all that rows need to know is then looked up in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.matcher import Matcher
from brand_metagen.match.recall import Ints, Numbers
from brand_metagen.records import Rule
from brand_metagen.synthesise.cells import Cells, place_of

BATCH = 16_384
"""Narratives matched at once: what is known of them meanwhile takes bounded room."""

Pattern = tuple[str, str | None]
"""Include and exclude."""
Flags = NDArray[np.bool_]


class Patterns:
    """The distinct patterns of rules by number, whatever the rules' codes."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._numbers: dict[Pattern, int] = {}
        self.add(rules)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, rules: Sequence[Rule]) -> list[Rule]:
        """Number the patterns that are new; rules that have them and nothing else, in order."""
        known = len(self)
        for rule in rules:
            self._numbers.setdefault((rule.include, rule.exclude), len(self))
        return [Rule("", *pattern, ()) for pattern in list(self._numbers)[known:]]

    def of(self, rules: Sequence[Rule]) -> Numbers:
        """The pattern of each rule."""
        numbers = [self._numbers[rule.include, rule.exclude] for rule in rules]
        return np.array(numbers, np.int32)

    def first(self, rules: Sequence[Rule]) -> Numbers:
        """The same of the first rule with a pattern; -1 of the others."""
        numbers = self.of(rules)
        _, first = np.unique(numbers, return_index=True)
        alone = np.full(len(numbers), -1, np.int32)
        alone[first] = numbers[first]
        return alone


@dataclass(frozen=True, slots=True)
class Found:
    """Where patterns match narratives, which, and what part of the text."""

    text: Numbers
    pattern: Numbers
    begin: Numbers
    end: Numbers

    def where(self, chosen: Flags | Ints) -> Found:
        """Some of them."""
        return Found(self.text[chosen], self.pattern[chosen], self.begin[chosen], self.end[chosen])


def find(matcher: Matcher, texts: Sequence[str]) -> Found:
    """The narratives that each of a matcher's rules takes, whatever their codes."""
    parts: list[tuple[Numbers, ...]] = [(np.empty(0, np.int32),) * 4]
    for at in range(0, len(texts), BATCH):
        words = matcher.lexicon.read(texts[at : at + BATCH])
        matches = matcher.matches(words)
        origin = words.text_begin[matches.text]
        columns = (matches.text + at, matches.rule, matches.begin - origin, matches.end - origin)
        parts.append(tuple(column.astype(np.int32) for column in columns))
    return Found(*map(np.concatenate, zip(*parts, strict=True)))


def joined(one: Found, other: Found) -> Found:
    """Both, in no order."""
    columns = ((getattr(one, name), getattr(other, name)) for name in Found.__slots__)
    return Found(*map(np.concatenate, columns))


class Takers:
    """Some rules with the codes they list, and where their patterns were found."""

    def __init__(
        self, rules: Sequence[Rule], patterns: Patterns, found: Found, cells: Cells
    ) -> None:
        self.rules, self._cells = rules, cells
        self._lists = np.zeros((len(rules), len(cells.codes)), bool)
        for place, rule in enumerate(rules):
            listed = (place_of(cells.codes, code) for code in rule.mccids)
            self._lists[place, [code for code in listed if code is not None]] = True
        brands = (place_of(cells.brandids, rule.brandid) for rule in rules)
        self._brand = np.array([-1 if b is None else b for b in brands], np.int64)
        self.found = _by_rule(found, patterns.of(rules), len(patterns))

    def record(self, inside: Flags) -> tuple[Ints, Ints]:
        """By rule: narratives of those marked that it takes and are its own, and that are not."""
        found = self.found.where(inside[self.found.text])
        at, place = self._cells.at(found.text)
        rule = found.pattern[place]
        coded, own = (np.zeros(len(found.text), bool) for _ in range(2))
        coded[place[self._lists[rule, self._cells.code[at]]]] = True
        own[place[self._cells.brand[at] == self._brand[rule]]] = True
        mine, others = (found.pattern[coded & said] for said in (own, ~own))
        size = len(self.rules)
        return np.bincount(mine, minlength=size), np.bincount(others, minlength=size)

    def take(self, text: Numbers, code: Numbers) -> tuple[Ints, Found, Ints]:
        """Rows, in order of their narratives, that rules take with their codes.

        The place of each row, what takes it, and how many other rules take it too.
        """
        found = self.found
        begin, end = (np.searchsorted(found.text, text, side) for side in ("left", "right"))
        times = end - begin
        row = np.repeat(np.arange(len(text)), times)
        match = np.repeat(begin - (np.cumsum(times) - times), times) + np.arange(len(row))
        kept = self._lists[found.pattern[match], code[row]]
        row, match = row[kept], match[kept]
        return row, found.where(match), np.bincount(row, minlength=len(text))[row] - 1


def _by_rule(found: Found, pattern: Numbers, patterns: int) -> Found:
    """The matches of rules, in order of narrative, then rule; several may share a pattern."""
    order = np.argsort(pattern, kind="stable")
    first = np.searchsorted(pattern[order], np.arange(patterns + 1))
    times = np.diff(first)[found.pattern]
    match = np.repeat(np.arange(len(times)), times)
    before = first[:-1][found.pattern] - (np.cumsum(times) - times)
    rule = order[before[match] + np.arange(len(match))]
    at = np.lexsort((rule, found.text[match]))
    chosen = found.where(match[at])
    return Found(chosen.text, rule[at].astype(np.int32), chosen.begin, chosen.end)
