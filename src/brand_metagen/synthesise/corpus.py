"""The market as the learner sees it: distinct narratives, who they are labelled to, a letter index.

Counts are of distinct narratives, not of rows: a narrative that a bank prints a thousand times is
one piece of evidence about a pattern.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brand_metagen.match.recall import Numbers
from brand_metagen.records import Combos
from brand_metagen.synthesise.cells import Cells, Label, cells_of, numbered
from brand_metagen.synthesise.letters import EDGE, Answers, EdgeIndex, LetterIndex, Places
from brand_metagen.synthesise.names import phrase_of

SHARED = 4
"""Narratives to look at per one wanted up to which all folds are answered at once."""
STRIDE = 1_024
"""Narratives looked at between two counts of what was found."""

_NO_VOWELS = str.maketrans("", "", "AEIOU")
_LET_GO = {i: None for i in range(32, 127) if not chr(i).isalnum()}

Search = Callable[[str], object]


@dataclass(frozen=True)
class Corpus:
    """Distinct narratives in sorted order with their cells.

    `own[brandid]` lists the narratives labelled to a brand at least once; `rows` tells the
    narrative of every row it was built from.
    """

    texts: list[str]
    cells: Cells
    own: dict[str, Sequence[int]]
    rows: Numbers

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def squeezed(self) -> list[str]:
        """Letters and digits of every narrative."""
        return [text.translate(_LET_GO) for text in self.texts]

    @cached_property
    def labels(self) -> list[Label]:
        """Per narrative: the one brand (or none, empty) it is labelled to, or all of them."""
        return self.cells.labels()

    @cached_property
    def name_letters(self) -> list[str]:
        """The letters of every text read as a name."""
        return [phrase_of(text).letters for text in self.texts]

    def containing(self, letters: str, bare: bool = False) -> list[int]:
        """Narratives whose letters and digits hold `letters` as one run, in order.

        Up to EDGE letters are only looked for where they begin or end a word. `bare` looks at
        consonants and digits only, and for longer runs.
        """
        found: list[int] = self._holding(letters, bare).tolist()
        return found

    def matching(
        self, pattern: str, letters: str, bare: bool, compiled: Callable[[str], Search]
    ) -> list[int]:
        """Those `containing` letters that a pattern matches, in order."""
        found: list[int] = self._matching(pattern, letters, bare, compiled).tolist()
        return found

    def matching_within(
        self,
        pattern: str,
        letters: str,
        bare: bool,
        compiled: Callable[[str], Search],
        most: float,
    ) -> list[int] | None:
        """`matching`, or None where there are more than `most`: then hardly more are looked at."""
        places = self._holding(letters, bare)
        if len(places) <= SHARED * most:
            found = self.matching(pattern, letters, bare, compiled)
            return found if len(found) <= most else None
        search, texts, found = compiled(pattern), self.texts, []
        for at in range(0, len(places), STRIDE):
            found += [i for i in places[at : at + STRIDE].tolist() if search(texts[i])]
            if len(found) > most:
                return None
        return found

    def beginning(self, start: str) -> range:
        """Narratives that begin so."""
        return range(bisect_left(self.texts, start), bisect_left(self.texts, start + "\x7f"))

    def part(self, keep: Callable[[str], bool]) -> Corpus:
        """The narratives to keep as a corpus of its own, which looks things up in this one."""
        kept = [i for i, text in enumerate(self.texts) if keep(text)]
        members, cells = np.array(kept, np.int32), self.cells.of(kept)
        texts = [self.texts[i] for i in kept]
        return _Part(texts, cells, cells.by_label(), np.empty(0, np.int32), self, members)

    def prepare(self) -> None:
        """Build the indexes, which are otherwise built when first asked for."""
        _ = self.labels, self._index, self._bare_index, self._edges

    def forget(self) -> None:
        """Let go of the indexes and what they answered; asked again, they are built again."""
        for name in ("_index", "_bare_index", "_edges", "_held", "_matched"):
            self.__dict__.pop(name, None)

    def here(self, places: Places) -> Places:
        """Those of some narratives of the whole that are of this part, by their place here."""
        return places

    def _holding(self, letters: str, bare: bool) -> Places:
        if not letters:
            return np.arange(len(self), dtype=np.int32)
        found = self._held.get((letters, bare))
        if found is None:
            if len(letters) <= EDGE:
                found = self._edges.at_edge(letters)
            else:
                found = (self._bare_index if bare else self._index).holding(letters)
            self._held.put((letters, bare), found)
        return found

    def _matching(
        self, pattern: str, letters: str, bare: bool, compiled: Callable[[str], Search]
    ) -> Places:
        asked = (pattern, letters, bare)
        found = self._matched.get(asked)
        if found is None:
            possible, texts = self.containing(letters, bare), self.texts
            search = compiled(pattern) if possible else None
            taken = [i for i in possible if search and search(texts[i])]
            found = np.array(taken, np.int32)
            self._matched.put(asked, found)
        return found

    @cached_property
    def _index(self) -> LetterIndex:
        return LetterIndex(self.squeezed)

    @cached_property
    def _bare_index(self) -> LetterIndex:
        return LetterIndex([text.translate(_NO_VOWELS) for text in self.squeezed])

    @cached_property
    def _edges(self) -> EdgeIndex:
        return EdgeIndex(self.texts)

    @cached_property
    def _held(self) -> Answers[tuple[str, bool]]:
        return Answers()

    @cached_property
    def _matched(self) -> Answers[tuple[str, str, bool]]:
        return Answers()


@dataclass(frozen=True)
class _Part(Corpus):
    """Some narratives of a whole; `members` are their places there."""

    whole: Corpus
    members: Places

    @cached_property
    def squeezed(self) -> list[str]:
        return [self.whole.squeezed[i] for i in self.members.tolist()]

    @cached_property
    def labels(self) -> list[Label]:
        return [self.whole.labels[i] for i in self.members.tolist()]

    @cached_property
    def _place(self) -> Places:
        """By place in the whole the place here, -1 where it is none of these."""
        place = np.full(len(self.whole), -1, np.int32)
        place[self.members] = np.arange(len(self.members), dtype=np.int32)
        return place

    def prepare(self) -> None:
        self.whole.prepare()
        _ = self.labels, self._place

    def forget(self) -> None:
        self.whole.forget()

    def here(self, places: Places) -> Places:
        found = self._place[places]
        return found[found >= 0]

    def _holding(self, letters: str, bare: bool) -> Places:
        return self.here(self.whole._holding(letters, bare))

    def _matching(
        self, pattern: str, letters: str, bare: bool, compiled: Callable[[str], Search]
    ) -> Places:
        return self.here(self.whole._matching(pattern, letters, bare, compiled))


def build_corpus(combos: Combos) -> Corpus:
    """Aggregate the combos."""
    texts, rows = numbered(combos.narrative)
    cells = cells_of(combos, rows, len(texts))
    return Corpus(texts, cells, cells.by_label(), rows)
