"""The probability that one row is one brand's, and what speaks loudest against it."""

from __future__ import annotations

from dataclasses import dataclass

from brand_metagen.confirm.features import (
    MOST_UNKNOWN,
    NAMES,
    OF_CLAIM,
    Surroundings,
    bounded,
    is_short,
    of_claim,
    of_row,
)
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.words import WordCounts, is_glued, plain_words

CERTAIN = 0.995
"""No row is surer than this: the labels cannot tell."""
FELT = -0.1
"""A feature that lowers the score by less is not worth telling."""
MOST_REMEMBERED = 1_000_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """A brand's claim on a row: its probability and the strongest reason against it, if any."""

    brandid: str
    probability: float
    doubt: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """The part of a score that brand, matched text and code decide."""

    score: float
    short: bool
    worst: float
    reason: str


Asked = tuple[str, str, str]
"""Brand, matched text, code."""


class Posterior:
    """Opinions by one model; remembers the parts that repeat. One per thread."""

    def __init__(self, model: ConfirmModel) -> None:
        self._model = model
        self._weights = model.weights[1 + OF_CLAIM :]
        self._words = _WordWorth(model.words)
        self._claims: dict[Asked, _Claim] = {}
        self._opinions: dict[tuple[Asked, Surroundings, int, int], Opinion] = {}

    def opine(
        self,
        brandid: str,
        text: str,
        span: tuple[int, int],
        mccid: str,
        known_mid: str | None,
        rivals: int,
    ) -> Opinion:
        """The opinion on `text`, whose `span` the brand's include matched; pure in its arguments.

        `known_mid` is the brand the row's merchant id is known for.
        """
        start, end = span
        mid = 0 if known_mid is None else 1 if known_mid == brandid else -1
        around = self._words.around(text[:start], text[end:])
        key = ((brandid, text[start:end], mccid), around, rivals, mid)
        opinion = self._opinions.get(key)
        if opinion is None:
            if len(self._opinions) >= MOST_REMEMBERED:
                self._opinions.clear()
            opinion = self._opinions[key] = self._judge(*key)
        return opinion

    def _judge(self, asked: Asked, around: Surroundings, rivals: int, mid: int) -> Opinion:
        claim = self._claim(asked)
        values = of_row(rivals, mid, around, claim.short)
        parts = [w * v for w, v in zip(self._weights, values, strict=True)]
        labelled = self._model.curve(claim.score + sum(parts))
        probability = min(CERTAIN, max(1 - CERTAIN, labelled / self._model.label_rate))
        return Opinion(asked[0], round(probability, 6), _doubt(claim, parts))

    def _claim(self, asked: Asked) -> _Claim:
        claim = self._claims.get(asked)
        if claim is None:
            if len(self._claims) >= MOST_REMEMBERED:
                self._claims.clear()
            claim = self._claims[asked] = self._weigh(*asked)
        return claim

    def _weigh(self, brandid: str, matched: str, mccid: str) -> _Claim:
        model = self._model
        facts = model.brands[brandid]
        mcc = model.mcc_evidence(brandid, mccid)
        values = of_claim(matched, facts.letters, mcc, facts.own, facts.other, model.label_rate)
        intercept, *weights = model.weights
        parts = [w * v for w, v in zip(weights, values, strict=False)]
        worst = min(range(OF_CLAIM), key=lambda k: (parts[k], k))
        return _Claim(intercept + sum(parts), is_short(matched), parts[worst], NAMES[worst])


class _WordWorth(dict[str, tuple[float, int]]):
    """What stands between blanks → log odds of its known words, number of its unknown ones."""

    def __init__(self, words: WordCounts) -> None:
        super().__init__()
        self._worth = words.worth

    def __missing__(self, word: str) -> tuple[float, int]:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        found = (0.0, 0)
        if not word.isdigit():
            worths = [self._worth(plain) for plain in plain_words(word)]
            found = (sum(w for w in worths if w is not None), worths.count(None))
        self[word] = found
        return found

    def around(self, before: str, after: str) -> Surroundings:
        """The words on both sides of a match, weighed."""
        known, unknown_before, unknown_after = 0.0, 0, 0
        if before:
            for word in before.split(" "):
                worth, unknown = self[word]
                known += worth
                unknown_before += unknown
        if after:
            for word in after.split(" "):
                worth, unknown = self[word]
                known += worth
                unknown_after += unknown
        return (
            bounded(known) if known else 0.0,
            min(unknown_after, MOST_UNKNOWN),
            min(unknown_before, MOST_UNKNOWN),
            is_glued(after),
        )


def _doubt(claim: _Claim, parts: list[float]) -> str:
    """The feature that lowers the score most; empty when none does."""
    least = min(parts)
    if min(least, claim.worst) >= FELT:
        return ""
    return claim.reason if claim.worst <= least else NAMES[OF_CLAIM + parts.index(least)]
