"""Names found in spite of how they are spelt, each with how like it is to what was asked."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from brand_metagen.registry.brands import KnownBrand, known_brands, squeeze
from brand_metagen.registry.sectors import category

Found = TypeVar("Found")
SAME_NAME, SAME_ALIAS, BEGINS = 1.0, 0.99, 0.95
"""Likeness of a name spelt alike, of an alias spelt alike, and of a longer name that begins so."""
SHORTEST_BEGINNING = 4
"""Letters from which the beginning of a name says which it is."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Found]):
    """What was found, and its likeness, 0 to 1: one less the share of letters to change, add, drop
    or swap with the next."""

    found: Found
    likeness: float


class Names(Generic[Found]):
    """Things with a name and aliases, to be looked up tolerantly.

    Spelling habits do not count: letters are compared as capitals without blanks and signs. Names
    without a Latin letter or digit are found by their exact text.
    """

    def __init__(self, entries: Iterable[tuple[Found, str, Sequence[str]]]) -> None:
        named: defaultdict[str, dict[int, None]] = defaultdict(dict)
        aliased: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self._things: list[Found] = []
        for place, (thing, name, aliases) in enumerate(entries):
            self._things.append(thing)
            named[_key(name)][place] = None
            for alias in aliases:
                aliased[_key(alias)][place] = None
        self._named: Mapping[str, Mapping[int, None]] = named
        self._aliased: Mapping[str, Mapping[int, None]] = aliased
        self._keys = sorted({*named, *aliased} - {""})

    def search(self, query: str, least: float) -> list[Match[Found]]:
        """Things at least so like the query, likest first, equal ones in their order."""
        wanted = _key(query)
        if not wanted:
            return []
        best: dict[int, float] = {}
        near = process.extract(
            wanted, self._keys, scorer=OSA.normalized_similarity, score_cutoff=least, limit=None
        )
        for key, likeness, _ in near:
            self._take(best, key, float(likeness))
        if len(wanted) >= SHORTEST_BEGINNING and least <= BEGINS:
            longer = self._keys[bisect_right(self._keys, wanted) :]
            for key in takewhile(lambda key: key.startswith(wanted), longer):
                self._take(best, key, BEGINS)
        ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))
        return [Match(self._things[place], round(likeness, 4)) for place, likeness in ranked]

    def _take(self, best: dict[int, float], key: str, likeness: float) -> None:
        for places, most in ((self._named, SAME_NAME), (self._aliased, SAME_ALIAS)):
            for place in places.get(key, ()):
                best[place] = max(best.get(place, 0.0), min(likeness, most))


def _key(name: str) -> str:
    return squeeze(name) or name.strip().casefold()


@cache
def _known() -> Names[KnownBrand]:
    return Names((b, b.name, b.aliases) for b in known_brands() if category(b.category).retail)


def search_known(query: str, least: float) -> list[Match[KnownBrand]]:
    """Brands of the packaged table where people pay, at least so like the query, likest first.

    >>> [m.found.name for m in search_known("waterstnes", 0.8)]
    ['Waterstones']
    >>> search_known("no such name anywhere", 0.8)
    []
    """
    return _known().search(query, least)
