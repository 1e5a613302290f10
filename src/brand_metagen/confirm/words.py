"""The words a rule did not match, and what the whole market says of them.

STARBUCKS 0412 LEEDS is Starbucks; STARBUCKS HOTEL may not be. Whether a word speaks for or against
is read off all brands together: LEEDS follows many names whose labels agree, SOLICITORS follows
names whose labels do not.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SHRINK = 4.0
"""Brands' worth of doubt before a word is believed to be out of the ordinary."""
NEUTRAL_BRANDS = 3
NEUTRAL_WITHIN = 1.0
"""A word seen after this many brands whose weight is this close to nothing is no news at all."""
MOST = 4.0
"""Bound on the weight of one word, in log odds."""

STEPS = 1024
"""Weights are whole multiples of one part in so many, so that any order sums to the same digit."""

NOBODY = 1e-3
"""Less than this of a brand is what rounding leaves when a word's only brand is taken out."""

Say = tuple[float, float]
"""Shares of a brand's rows beside a word whose label agreed, and did not."""

_WORD = re.compile(r"(?<![A-Z0-9'_])[A-Z][A-Z']+(?![A-Z0-9'_])")


@dataclass(frozen=True, slots=True)
class Residue:
    """What stands before and after a match, as plain words (numbers and codes left out).

    `glued` is true when a hyphen ties the next word to the match (NAME-JONES).
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    glued: bool

    @property
    def words(self) -> tuple[str, ...]:
        return self.before + self.after


def residue(text: str, start: int, end: int) -> Residue:
    """Split the rest of a narrative around the matched span.

    >>> residue("POS STARBUCKS-JONES 12 CAFE", 4, 13)
    Residue(before=('POS',), after=('JONES', 'CAFE'), glued=True)
    """
    after = text[end:]
    return Residue(plain_words(text[:start]), plain_words(after), is_glued(after))


def is_glued(after: str) -> bool:
    """Whether a hyphen ties a word to what stands before it.

    >>> is_glued("-JONES"), is_glued("-2727"), is_glued(" - LEEDS")
    (True, False, False)
    """
    return after[:1] == "-" and after[1:2].isalpha()


def plain_words(text: str) -> tuple[str, ...]:
    """Words of two letters or more that hold no digit.

    >>> plain_words("A FISH-BAR 12 X9Y WORD9")
    ('FISH', 'BAR')
    """
    return tuple(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Brands that a word stood beside, each split by how many of its rows' labels agreed."""

    agreed: Mapping[str, float]
    disagreed: Mapping[str, float]
    label_rate: float

    def weight(self, word: str, less: Say = (0.0, 0.0)) -> float | None:
        """Log odds that the word adds; None where the market does not know it.

        `less` takes one brand's own (agreed, disagreed) out, so that it does not judge itself.
        """
        agreed = max(0.0, self.agreed.get(word, 0.0) - less[0])
        disagreed = max(0.0, self.disagreed.get(word, 0.0) - less[1])
        if agreed + disagreed < NOBODY:
            return None
        c = self.label_rate
        odds = (agreed + SHRINK * c) / (disagreed + SHRINK * (1 - c))
        value = math.log(odds) - math.log(c / (1 - c))
        return round(max(-MOST, min(MOST, value)) * STEPS) / STEPS

    def worth(self, word: str, less: Say = (0.0, 0.0)) -> float | None:
        """`weight`, or 0 where a word common beside right rows says nothing (LEEDS, LTD)."""
        weight = self.weight(word, less)
        if weight is None or self.agreed.get(word, 0.0) - less[0] < NEUTRAL_BRANDS:
            return weight
        return 0.0 if abs(weight) < NEUTRAL_WITHIN else weight


Sayings = Mapping[tuple[str, str], Say]
"""What each brand says of each word it stood beside; every brand has one voice, however large."""


def sayings(rows: Iterable[tuple[str, tuple[str, ...], bool]]) -> Sayings:
    """From (brandid, words, label agreed) to what each brand says of each word.

    Shares, because of many rows some always lack their label: a large brand would else speak
    against every common word as loudly as for it.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for brandid, words, agreed in rows:
        for word in dict.fromkeys(words):
            counts.setdefault((brandid, word), [0, 0])[not agreed] += 1
    return {said: (yes / (yes + no), no / (yes + no)) for said, (yes, no) in counts.items()}


def count_words(said: Sayings, label_rate: float) -> WordCounts:
    """Brands per word, in order of the words; the order of the sayings does not matter."""
    yes: dict[str, list[float]] = defaultdict(list)
    no: dict[str, list[float]] = defaultdict(list)
    for (_, word), (agreed, disagreed) in said.items():
        yes[word].append(agreed)
        no[word].append(disagreed)
    return WordCounts(_summed(yes), _summed(no), label_rate)


def _summed(shares: Mapping[str, list[float]]) -> dict[str, float]:
    """Exact sums, so that no order changes a digit; words nobody says are left out."""
    sums = {word: round(math.fsum(parts), 9) for word, parts in sorted(shares.items())}
    return {word: total for word, total in sums.items() if total}
