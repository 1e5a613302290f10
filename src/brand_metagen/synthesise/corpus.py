"""The market as the learner sees it: distinct narratives, who they are labelled to, a letter index.

Counts are of distinct narratives, not of rows: a narrative that a bank prints a thousand times is
one piece of evidence about a pattern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brand_metagen.records import Combos

GRAM = 4
"""Letters of one index entry; shorter literals go through the token index."""
_BASE = 37
_CODES = np.zeros(128, dtype=np.int64)
for _code, _letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1):
    _CODES[ord(_letter)] = _code


_NO_VOWELS = str.maketrans("", "", "AEIOU")

Grams = tuple[NDArray[np.int64], NDArray[np.int32]]
"""Sorted codes of runs of GRAM letters, and the narrative each stands in."""


def index_grams(texts: Sequence[str]) -> Grams:
    """Index texts of letters and digits by their runs of GRAM."""
    joined = "~".join(texts) + "~" * GRAM
    codes = _CODES[np.frombuffer(joined.encode("ascii"), dtype=np.uint8)]
    owner = np.cumsum(codes == 0, dtype=np.int32) - (codes == 0)
    size = len(codes) - GRAM + 1
    grams = np.zeros(size, dtype=np.int64)
    valid = np.ones(size, dtype=bool)
    for k in range(GRAM):
        window = codes[k : k + size]
        grams = grams * _BASE + window
        valid &= window > 0
    grams, owners = grams[valid], owner[:size][valid]
    order = np.argsort(grams, kind="stable")
    return grams[order], owners[order].astype(np.int32)


@dataclass(frozen=True)
class Corpus:
    """Distinct narratives in sorted order with their cells.

    `cells[i]` lists (mccid, given brandid, rows) of narrative i; the brandid is empty where none
    was given. `own[brandid]` lists the narratives labelled to a brand at least once.
    """

    texts: list[str]
    cells: list[list[tuple[str, str, int]]]
    own: dict[str, list[int]]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def squeezed(self) -> list[str]:
        """Letters and digits of every narrative."""
        table = {i: None for i in range(32, 127) if not chr(i).isalnum()}
        return [text.translate(table) for text in self.texts]

    @cached_property
    def tokens(self) -> dict[str, list[int]]:
        """Narratives by their blank-separated words, punctuation trimmed."""
        index: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(self.texts):
            for token in dict.fromkeys(text.split(" ")):
                index[token.strip("*.,-_#'/")].append(i)
        return index

    @cached_property
    def labels(self) -> list[str | tuple[str, ...]]:
        """Per narrative: the one brand (or none, empty) it is labelled to, or all of them."""
        merged: list[str | tuple[str, ...]] = []
        for cells in self.cells:
            names = sorted({brandid for _, brandid, _ in cells})
            merged.append(names[0] if len(names) == 1 else tuple(names))
        return merged

    @cached_property
    def bare(self) -> list[str]:
        """The same without vowels."""
        return [text.translate(_NO_VOWELS) for text in self.squeezed]

    @cached_property
    def _grams(self) -> Grams:
        return index_grams(self.squeezed)

    @cached_property
    def _bare_grams(self) -> Grams:
        return index_grams(self.bare)

    def containing(self, letters: str, bare: bool = False) -> list[int]:
        """Narratives whose letters and digits hold `letters` as one run, in order.

        `bare` looks at consonants and digits only, and for runs of GRAM or more.
        """
        if len(letters) < GRAM:
            return self._containing_short(letters)
        grams, owners = self._bare_grams if bare else self._grams
        codes = _CODES[np.frombuffer(letters.encode("ascii"), dtype=np.uint8)]
        keys = np.zeros(len(codes) - GRAM + 1, dtype=np.int64)
        for k in range(GRAM):
            keys = keys * _BASE + codes[k : k + len(keys)]
        low, high = np.searchsorted(grams, keys, "left"), np.searchsorted(grams, keys, "right")
        best = int(np.argmin(high - low))
        found = sorted(set(owners[low[best] : high[best]].tolist()))
        texts = self.bare if bare else self.squeezed
        return [i for i in found if letters in texts[i]]

    def _containing_short(self, letters: str) -> list[int]:
        """Short literals are only looked for where they begin or end a word."""
        found = {i for token in self._edges.get(letters, ()) for i in self.tokens[token]}
        return sorted(found)

    @cached_property
    def _edges(self) -> dict[str, list[str]]:
        """Words by their first and last one to three letters."""
        index: dict[str, list[str]] = defaultdict(list)
        for token in self.tokens:
            letters = "".join(filter(str.isalnum, token))
            for size in range(1, GRAM):
                for edge in sorted({letters[:size], letters[-size:]}):
                    index[edge].append(token)
        return index


def build_corpus(combos: Combos, keep: Callable[[str], bool] | None = None) -> Corpus:
    """Aggregate the combos; `keep` chooses narratives (folds)."""
    counts: dict[str, dict[tuple[str, str], int]] = {}
    for narrative, mccid, brandid in zip(
        combos.narrative, combos.mccid, combos.brandid, strict=True
    ):
        cell = counts.get(narrative)
        if cell is None:
            counts[narrative] = {(mccid, brandid): 1}
        else:
            cell[mccid, brandid] = cell.get((mccid, brandid), 0) + 1
    texts = sorted(text for text in counts if keep is None or keep(text))
    cells = [sorted((m, b, n) for (m, b), n in counts[text].items()) for text in texts]
    return Corpus(texts, cells, _by_label(cells))


def _by_label(cells: Iterable[list[tuple[str, str, int]]]) -> dict[str, list[int]]:
    own: dict[str, list[int]] = defaultdict(list)
    for i, entries in enumerate(cells):
        for brandid in sorted({b for _, b, _ in entries if b}):
            own[brandid].append(i)
    return dict(own)
