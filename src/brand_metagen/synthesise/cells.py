"""What narratives were seen with, as columns: no object per row, so forked processes share it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brand_metagen.match.recall import Ints, Numbers
from brand_metagen.records import Combos

Label = str | tuple[str, ...]
"""The one brand (or none, empty) that a narrative is labelled to, or all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Per narrative the distinct pairs of code and given brand, in order.

    Those of narrative i lie at `first[i]` to `first[i + 1]`; `code` and `brand` are places in
    `codes` and `brandids`, which are in order. The brandid is empty where none was given.
    """

    codes: Sequence[str]
    brandids: Sequence[str]
    first: Ints
    code: Numbers
    brand: Numbers

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, narrative: int) -> list[tuple[str, str]]:
        """The codes and given brands of one narrative."""
        here = slice(self.first[narrative], self.first[narrative + 1])
        pairs = zip(self.code[here].tolist(), self.brand[here].tolist(), strict=True)
        return [(self.codes[code], self.brandids[brand]) for code, brand in pairs]

    def at(self, narratives: Sequence[int] | NDArray[np.integer]) -> tuple[Ints, Ints]:
        """`lying` of some narratives' cells."""
        return lying(self.first, narratives)

    def of(self, narratives: Sequence[int] | NDArray[np.integer]) -> Cells:
        """Those of some narratives."""
        at, place = self.at(narratives)
        first = np.searchsorted(place, np.arange(len(narratives) + 1))
        return Cells(self.codes, self.brandids, first, self.code[at], self.brand[at])

    def carried(self) -> set[str]:
        """The codes that any of the narratives carries."""
        return set(map(self.codes.__getitem__, np.unique(self.code).tolist()))

    def codes_given(self, narratives: Sequence[int], brandid: str) -> list[str]:
        """The code of every cell of these narratives that a brand was given, in their order."""
        brand = place_of(self.brandids, brandid)
        if brand is None or not len(narratives):
            return []
        at, _ = self.at(narratives)
        found = self.code[at[self.brand[at] == brand]]
        return list(map(self.codes.__getitem__, found.tolist()))

    def carrying(self, narratives: Sequence[int], codes: Iterable[str]) -> list[int]:
        """Those of some narratives that carry one of the codes, in order."""
        places = [place_of(self.codes, code) for code in codes]
        known = [place for place in places if place is not None]
        if not known or not len(narratives):
            return []
        at, whose = self.at(narratives)
        wanted = np.zeros(len(self.codes), bool)
        wanted[known] = True
        kept = np.zeros(len(narratives), bool)
        kept[whose[wanted[self.code[at]]]] = True
        return [
            narrative for narrative, keep in zip(narratives, kept.tolist(), strict=True) if keep
        ]

    def labels(self) -> list[Label]:
        """Per narrative whom it is labelled to."""
        if not len(self):
            return []
        if not len(self.brand):
            return [()] * len(self)
        least = np.minimum.reduceat(self.brand, self.first[:-1])
        most = np.maximum.reduceat(self.brand, self.first[:-1])
        merged: list[Label] = list(map(self.brandids.__getitem__, least.tolist()))
        for i in np.flatnonzero(least != most).tolist():
            names = {brandid for _, brandid in self[i]}
            merged[i] = tuple(sorted(names))
        return merged

    def by_label(self) -> dict[str, Sequence[int]]:
        """Per brand the narratives labelled to it at least once, in order."""
        narrative = np.repeat(np.arange(len(self)), np.diff(self.first))
        pairs = np.unique(self.brand.astype(np.int64) * max(1, len(self)) + narrative)
        brand, narrative = np.divmod(pairs, max(1, len(self)))
        brands, first = np.unique(brand, return_index=True)
        parts = np.split(narrative, first[1:])
        found = zip(map(self.brandids.__getitem__, brands.tolist()), parts, strict=False)
        return {brandid: array("i", part.tolist()) for brandid, part in found if brandid}


def lying(first: Ints, chosen: Sequence[int] | NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Places of the things of some lists that lie one behind the other, list i from `first[i]` on.

    Beside each, which of the chosen lists it is of.

    >>> [found.tolist() for found in lying(np.array([0, 2, 2, 3]), [2, 0])]
    [[2, 0, 1], [0, 1, 1]]
    """
    lists = np.asarray(chosen, np.int64)
    begin = first[lists]
    times = first[lists + 1] - begin
    # Things of a list lie in a row: count up from where they begin.
    before = begin - (np.cumsum(times) - times)
    whose = np.repeat(np.arange(len(lists)), times)
    return before[whose] + np.arange(len(whose)), whose


def place_of(ordered: Sequence[str], wanted: str) -> int | None:
    """The place of a text among ordered ones, None where it is none of them.

    >>> place_of(["", "5411"], "5411"), place_of(["", "5411"], "5412")
    (1, None)
    """
    place = bisect_left(ordered, wanted)
    return place if place < len(ordered) and ordered[place] == wanted else None


def numbered(cells: Sequence[str]) -> tuple[list[str], Numbers]:
    """The distinct texts in order, and the place of each among them.

    >>> texts, places = numbered(["B", "A", "B"])
    >>> texts, places.tolist()
    (['A', 'B'], [1, 0, 1])
    """
    ordered = sorted(set(cells))
    places = {text: place for place, text in enumerate(ordered)}
    return ordered, np.fromiter(map(places.__getitem__, cells), np.int32, len(cells))


def no_cells(narratives: int) -> Cells:
    """Narratives that were seen with nothing."""
    none = np.empty(0, np.int32)
    return Cells([], [], np.zeros(narratives + 1, np.int64), none, none)


def cells_of(combos: Combos, narrative: Numbers, narratives: int) -> Cells:
    """The cells of all combos, whose narratives are given by number."""
    codes, code = numbered(combos.mccid)
    brandids, brand = numbered(combos.brandid)
    keys = (narrative.astype(np.int64) * len(codes) + code) * len(brandids) + brand
    keys, brand = np.divmod(np.unique(keys), max(1, len(brandids)))
    seen, code = np.divmod(keys, max(1, len(codes)))
    first = np.searchsorted(seen, np.arange(narratives + 1))
    return Cells(codes, brandids, first, code.astype(np.int32), brand.astype(np.int32))
