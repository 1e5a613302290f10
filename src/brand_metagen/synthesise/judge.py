"""What a pattern takes from the market, and whether that can be tolerated.

Labels are noisy in two ways: true rows lack a label, and some carry a random brand's. A row that
is labelled to somebody of whom its text bears no trace is noise; one that does bear a trace is a
rival's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
import re2

from brand_metagen.config import LearnSettings
from brand_metagen.match.readings import Search
from brand_metagen.synthesise.cells import no_cells
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.names import Phrase, skeleton, squeeze
from brand_metagen.tables.normalise import normalise

CLOSED = r"(?:\b|[0-9])"
"""After a name: the end of the word, or a store number glued to it."""

TRACE = 4
"""Letters of a brand's name that leave a trace of it in a narrative."""


_LITERAL = re.compile("[A-Z0-9 &'-]+")

SIMPLE = 11
"""Optional parts up to which Python's engine, the quicker one, cannot be kept busy."""


@lru_cache(maxsize=16_384)
def search_of(pattern: str) -> Search:
    """The search function of a pattern made from names, kept; linear however odd the name."""
    if pattern.count("?") + pattern.count("{") <= SIMPLE:
        return re.compile(pattern).search
    search: Search = re2.compile(pattern).search
    return search


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed alternative: open pattern, letters every match holds, where it came from."""

    pattern: str
    key: str
    kind: str
    anchored: bool = False
    bare: bool = False
    """Whether `key` is looked for among the consonants alone."""
    tails: tuple[str, ...] = ()
    """Beginnings of words that may be glued to its end."""

    @property
    def end(self) -> str:
        """How it closes: a digit after a name that ends in one makes another number."""
        closing = r"\b" if self.pattern[-1].isdigit() else CLOSED
        if not self.tails:
            return closing
        return "(?:" + "|".join([closing.removeprefix("(?:").removesuffix(")"), *self.tails]) + ")"

    @property
    def closed(self) -> str:
        """The pattern as it will be searched."""
        return ("^" if self.anchored else r"\b") + f"(?:{self.pattern}){self.end}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Distinct narratives by whose they are said to be."""

    own: int = 0
    unlabelled: int = 0
    rival: int = 0
    noise: int = 0

    @property
    def size(self) -> int:
        return self.own + self.unlabelled + self.rival + self.noise


@dataclass(frozen=True)
class Judge:
    """Counts against one corpus; `public` holds the names of brands known to the world."""

    corpus: Corpus
    public: Corpus
    phrases: Mapping[str, Phrase]
    settings: LearnSettings

    def prepare(self) -> None:
        """Build what is otherwise built when first asked for."""
        self.corpus.prepare()
        self.public.prepare()
        _ = self._traces, self.public.name_letters

    def forget(self) -> None:
        """Let go of what only learning asks for."""
        self.corpus.forget()
        self.public.forget()
        search_of.cache_clear()

    def hits(self, candidate: Candidate, besides: Container[int] = ()) -> list[int]:
        """The narratives a candidate takes, in order, those in `besides` left out."""
        return _search(self.corpus, candidate, besides)

    def shown(self, brandid: str, candidate: Candidate, besides: Container[int]) -> int:
        """How many of the brand's own narratives a candidate's pattern matches, those in `besides`
        left out: never fewer than there are among its `hits`."""
        corpus, key = self.corpus, "" if candidate.bare else candidate.key
        own = (i for i in corpus.own.get(brandid, ()) if i not in besides)
        possible = [corpus.texts[i] for i in own if key in corpus.squeezed[i]]
        search = search_of(candidate.closed) if possible else None
        return sum(search is not None and search(text) is not None for text in possible)

    def hits_within(self, candidate: Candidate, most: float) -> list[int] | None:
        """`hits`, or None when there are more than `most`; what banks print everywhere is known
        to be too much from the first brand that asks."""
        pattern = candidate.closed
        if self._sizes.get(pattern, 0) > most:
            return None
        if candidate.anchored and _LITERAL.fullmatch(candidate.pattern):
            found = self._beginning(candidate, most)
        else:
            found = self.corpus.matching_within(
                pattern, candidate.key, candidate.bare, search_of, most
            )
        self._sizes[pattern] = math.floor(most) + 1 if found is None else len(found)
        return found

    def _beginning(self, candidate: Candidate, most: float) -> list[int] | None:
        """`hits_within` of a candidate that begins a narrative with its own letters."""
        possible, texts = self.corpus.beginning(candidate.pattern), self.corpus.texts
        if not possible:
            return []
        search = search_of(candidate.closed)
        found = list(islice((i for i in possible if search(texts[i])), math.floor(most) + 1))
        return found if len(found) <= most else None

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """By pattern at least how many narratives it takes."""
        return {}

    def public_conflicts(self, brandid: str, candidate: Candidate) -> list[str]:
        """Names of other brands that the candidate takes although they do not hold this one."""
        names, possible = self.public.texts, self.public.containing(candidate.key, candidate.bare)
        others = [names[i] for i in possible if not self.holds_name(i, brandid)]
        return list(filter(search_of(candidate.closed), others)) if others else []

    def holds_name(self, public: int, brandid: str) -> bool:
        """Whether a public name holds the brand's."""
        return self.phrases[brandid].letters in self.public.name_letters[public]

    def is_own(self, narrative: int, brandid: str) -> bool:
        """Whether at least one row of the narrative is labelled to the brand."""
        label = self.corpus.labels[narrative]
        return label == brandid or (isinstance(label, tuple) and brandid in label)

    def tally(self, brandid: str, narratives: Iterable[int]) -> Tally:
        """Count narratives as the brand's own, unlabelled, a rival's, or noise."""
        own = unlabelled = rival = noise = 0
        labels, rivals = self.corpus.labels, self._rivals
        for i in narratives:
            label = labels[i]
            if label == brandid or (isinstance(label, tuple) and brandid in label):
                own += 1
            elif label == "":
                unlabelled += 1
            elif rivals[i] if i in rivals else self._is_rivals(i):
                rival += 1
            else:
                noise += 1
        return Tally(own, unlabelled, rival, noise)

    def _is_rivals(self, narrative: int) -> bool:
        """Whether a text bears a trace of a brand that it is labelled to."""
        label = self.corpus.labels[narrative]
        labels = (label,) if isinstance(label, str) else label
        found = any(self.bears_trace(narrative, brandid) for brandid in labels if brandid)
        self._rivals[narrative] = found
        return found

    @cached_property
    def _rivals(self) -> dict[int, bool]:
        """What `_is_rivals` has said."""
        return {}

    def tolerates(self, tally: Tally) -> bool:
        """Whether what a widening newly takes looks like the brand's own rows with usual noise."""
        s = self.settings
        return (
            not self.rivals(tally)
            and tally.unlabelled <= max(1.0, s.unlabelled_share * tally.own)
            and tally.noise <= max(1.0, s.noise_share * tally.own)
        )

    def rivals(self, tally: Tally) -> bool:
        """Whether a widening takes too many rows of rivals."""
        return tally.rival > self.settings.rival_share * tally.own

    def bears_trace(self, narrative: int, brandid: str) -> bool:
        """Whether the text holds a beginning or a word of the brand's name."""
        squeezed = self.corpus.squeezed[narrative]
        return any(trace in squeezed for trace in self._traces.get(brandid, ()))

    @cached_property
    def _traces(self) -> dict[str, tuple[str, ...]]:
        return {brandid: traces_of(phrase) for brandid, phrase in self.phrases.items()}


def traces_of(phrase: Phrase) -> tuple[str, ...]:
    if not phrase.letters:
        return ()
    words = [word for word in phrase.words() if len(word) >= TRACE]
    bare = skeleton(phrase)[1][:TRACE]
    starts = [phrase.letters[:TRACE], *([bare] if len(bare) == TRACE else [])]
    return tuple(dict.fromkeys([*starts, *words]))


def _search(corpus: Corpus, candidate: Candidate, besides: Container[int] = ()) -> list[int]:
    if not besides:
        return corpus.matching(candidate.closed, candidate.key, candidate.bare, search_of)
    possible = corpus.containing(candidate.key, candidate.bare)
    possible = [i for i in possible if i not in besides]
    if not possible:
        return []
    found, texts = search_of(candidate.closed), corpus.texts
    return [i for i in possible if found(texts[i])]


def names_corpus(names: Sequence[str]) -> Corpus:
    """Public brand names as narratives without rows."""
    texts = sorted({normalise(name) for name in names} - {""})
    texts = [text for text in texts if squeeze(text)]
    return Corpus(texts, no_cells(len(texts)), {}, np.empty(0, np.int32))
