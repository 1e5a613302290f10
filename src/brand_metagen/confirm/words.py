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
from dataclasses import dataclass, field

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

TIE = "&"
"""Ties another name to this one, and so counts as a word."""
_WORD = re.compile(r"(?<![A-Z0-9'_])[A-Z][A-Z']+(?![A-Z0-9'_])|&")
_INITIAL = re.compile(r"(?:^|[ *])[A-Z] $")


@dataclass(frozen=True, slots=True)
class Residue:
    """What stands before and after a match, as plain words (numbers and codes left out).

    `glued` is true when a hyphen ties the next word to the match (NAME-JONES), `initial` when a
    single letter stands before it (J NAME).
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    glued: bool
    initial: bool

    @property
    def words(self) -> tuple[str, ...]:
        return self.before + self.after


def residue(text: str, start: int, end: int) -> Residue:
    """Split the rest of a narrative around the matched span.

    >>> residue("POS STARBUCKS-JONES 12 CAFE", 4, 13)
    Residue(before=('POS',), after=('JONES', 'CAFE'), glued=True, initial=False)
    """
    before, after = text[:start], text[end:]
    initial = _INITIAL.search(before) is not None
    return Residue(plain_words(before), plain_words(after), is_glued(after), initial)


def is_glued(after: str) -> bool:
    """Whether a hyphen ties a word to what stands before it.

    >>> is_glued("-JONES"), is_glued("-2727"), is_glued(" - LEEDS")
    (True, False, False)
    """
    return after[:1] == "-" and after[1:2].isalpha()


def plain_words(text: str) -> tuple[str, ...]:
    """Words of two letters or more that hold no digit, and `&`: it ties another name to this one.

    >>> plain_words("A FISH-BAR & 12 X9Y WORD9")
    ('FISH', 'BAR', '&')
    """
    return tuple(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Brands that a word stood beside, each split by how many of its rows' labels agreed."""

    agreed: Mapping[str, float]
    disagreed: Mapping[str, float]
    label_rate: float
    elsewhere: Mapping[str, float] = field(default_factory=dict)
    """How often a word stands in narratives of nobody's: trades, surnames, towns. On a scale on
    which a word that says nothing has `agreed` to `elsewhere` as right labels to wrong ones."""

    def weight(self, word: str, less: Say = (0.0, 0.0)) -> float | None:
        """Log odds that the word adds; None where the market does not know it.

        `less` takes one brand's own (agreed, disagreed) out, so that it does not judge itself.
        """
        agreed = max(0.0, self.agreed.get(word, 0.0) - less[0])
        disagreed = max(0.0, self.disagreed.get(word, 0.0) - less[1])
        if agreed + disagreed < NOBODY:
            return None
        return self._odds(agreed, disagreed)

    def strange(self, word: str, less: Say = (0.0, 0.0)) -> float:
        """Log odds, 0 or less, that a word adds which stands rather in narratives of nobody's."""
        elsewhere = self.elsewhere.get(word, 0.0)
        if not elsewhere:
            return 0.0
        return min(0.0, self._odds(max(0.0, self.agreed.get(word, 0.0) - less[0]), elsewhere))

    def _odds(self, right: float, wrong: float) -> float:
        c = self.label_rate
        odds = (right + SHRINK * c) / (wrong + SHRINK * (1 - c))
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


def count_words(
    said: Sayings, label_rate: float, elsewhere: Mapping[str, int] | None = None
) -> WordCounts:
    """Brands per word, in order of the words; the order of the sayings does not matter.

    `elsewhere` counts narratives of nobody's per word.
    """
    yes: dict[str, list[float]] = defaultdict(list)
    no: dict[str, list[float]] = defaultdict(list)
    for (_, word), (agreed, disagreed) in said.items():
        yes[word].append(agreed)
        no[word].append(disagreed)
    agreed_by_word = _summed(yes)
    return WordCounts(
        agreed_by_word,
        _summed(no),
        label_rate,
        _scaled(elsewhere or {}, math.fsum(agreed_by_word.values()), label_rate),
    )


def _scaled(counts: Mapping[str, int], right: float, label_rate: float) -> dict[str, float]:
    """The counts as if as many words stood elsewhere as wrong labels stand beside right matches:
    a word as usual here as there then says nothing."""
    total = sum(counts.values())
    one = (1 - label_rate) / label_rate * right / total if total else 0.0
    return {word: round(one * count, 9) for word, count in sorted(counts.items())}


def _summed(shares: Mapping[str, list[float]]) -> dict[str, float]:
    """Exact sums, so that no order changes a digit; words nobody says are left out."""
    sums = {word: round(math.fsum(parts), 9) for word, parts in sorted(shares.items())}
    return {word: total for word, total in sums.items() if total}
