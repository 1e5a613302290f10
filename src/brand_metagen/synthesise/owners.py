"""Whose full names stand in a narrative, as columns: no object per narrative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brand_metagen.match.recall import Ints, Numbers
from brand_metagen.synthesise.cells import lying


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """The brands of narrative i lie at `first[i]` to `first[i + 1]`, as places in `brandids`."""

    brandids: Sequence[str]
    first: Ints
    brand: Numbers

    @classmethod
    def of(cls, hits: Mapping[str, Sequence[int]], narratives: int) -> Owners:
        """From the narratives that hold each brand's name."""
        sizes = np.fromiter(map(len, hits.values()), np.int64, len(hits))
        brand = np.repeat(np.arange(len(hits), dtype=np.int32), sizes)
        held = [np.empty(0, np.int32), *(np.asarray(found, np.int32) for found in hits.values())]
        narrative = np.concatenate(held)
        order = np.argsort(narrative, kind="stable")
        first = np.searchsorted(narrative[order], np.arange(narratives + 1))
        return cls(list(hits), first, brand[order])

    def others(self, narratives: Sequence[int], brandid: str) -> Iterator[tuple[int, str]]:
        """Some narratives with the brands besides one whose names stand there, in their order.

        >>> list(Owners.of({"1": [0, 2], "2": [2], "3": [2]}, 3).others([0, 2], "1"))
        [(2, '2'), (2, '3')]
        """
        at, whose = lying(self.first, narratives)
        for place, brand in zip(whose.tolist(), self.brand[at].tolist(), strict=True):
            if self.brandids[brand] != brandid:
                yield narratives[place], self.brandids[brand]
