"""The probability that a row is a brand's, and what speaks loudest against it; many at once.

Whatever repeats is worked out once: a word's weight by the word's number, what a claim is worth by
brand and matched text, a code's evidence by brand and code. What remains is arithmetic on columns,
each element on its own, so that no answer depends on what else is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from brand_metagen.confirm.calibration import Floats
from brand_metagen.confirm.features import (
    LEAST_KNOWN,
    MOST_BESIDE_SHORT,
    MOST_KNOWN,
    MOST_RIVALS,
    MOST_UNKNOWN,
    NAMES,
    OF_CODE,
    OF_MATCH,
    is_short,
    of_code,
    of_match,
)
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.opinions import row_key, shifted
from brand_metagen.confirm.words import TIE, WordCounts, plain_words
from brand_metagen.match.columns import Column
from brand_metagen.match.lexicon import Lexicon, Words
from brand_metagen.match.matcher import Matcher, Matches
from brand_metagen.match.recall import Ints, Numbers

T = TypeVar("T")
CERTAIN = 0.995
"""No row is surer than this: the labels cannot tell."""
FELT = -0.1
"""A feature that lowers the score by less is not worth telling."""
MOST_REMEMBERED = 1_000_000
MICRO = 1_000_000
OF_ROW = OF_MATCH + OF_CODE
"""Probabilities are told in whole parts of so many."""
SAID_SO = "a reviewer said so"
DOUBTS = (*NAMES, "", SAID_SO)
"""What can lower a score, then nothing to speak of; the last is no doubt but a human's word."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """Per match: the probability, and the position in `DOUBTS` of what lowers it most."""

    probability: Floats
    doubt: Ints

    def where(self, chosen: NDArray[np.bool_]) -> Opinions:
        """Those of some matches."""
        return Opinions(self.probability[chosen], self.doubt[chosen])

    def decided(self, places: Sequence[int]) -> None:
        """Make some matches as sure as any, because a human decided them."""
        self.probability[places], self.doubt[places] = CERTAIN, DOUBTS.index(SAID_SO)


class Posterior:
    """Opinions by one model on what a matcher's rules matched. One per thread."""

    def __init__(self, model: ConfirmModel, matcher: Matcher) -> None:
        self._model, self._rules = model, matcher.rules
        self._listings = matcher.listings
        self._weights = np.array(model.weights)
        self._brandids = np.array([rule.brandid for rule in matcher.rules], object)
        self._worth = _WordWorth(model.words, matcher.lexicon)
        self._claims = _Claims(model, matcher)
        self._codes = _Codes(model, matcher)
        lifts = [model.brands[rule.brandid].lift for rule in matcher.rules]
        self._lifts = np.array(lifts, np.float64)

    def opine(self, words: Words, matches: Matches, mids: Sequence[str]) -> Opinions:
        """The opinion on every match; `mids` are the texts' merchant ids."""
        values = np.empty((len(NAMES), len(matches.text)))
        values[:OF_MATCH], short = self._claims.of(matches)
        values[OF_MATCH:OF_ROW] = self._codes.of(matches)
        self._of_row(values[OF_ROW:], words, matches, mids, short)
        values *= self._weights[1:, None]
        score = np.full(len(matches.text), self._weights[0])
        for part in values:
            # One after the other: numpy may add up a single column in another order than many.
            score += part
        score += self._lifts[matches.rule]
        worst = values.argmin(0)
        felt = values[worst, np.arange(len(worst))] < FELT
        probability = self._probability(score)
        if self._model.advised:
            self._advise(probability, words, matches)
        return Opinions(probability, np.where(felt, worst, len(NAMES)))

    def _advise(self, probability: Floats, words: Words, matches: Matches) -> None:
        """Shift the probabilities of rows with a calibrated opinion, inside the not-sure band."""
        limits, advised = self._model.thresholds, self._model.advised
        unsure = (probability > limits.exclude) & (probability < limits.confirm)
        for i in np.flatnonzero(unsure).tolist():
            rule, mccid = self._listings[int(matches.listing[i])]
            key = row_key(self._rules[rule].brandid, words.texts[int(matches.text[i])], mccid)
            if shift := advised.get(key):
                probability[i] = shifted(float(probability[i]), shift, limits)

    def _probability(self, score: Floats) -> Floats:
        labelled = self._model.curve.of(score) / self._model.label_rate
        return np.rint(np.clip(labelled, 1 - CERTAIN, CERTAIN) * MICRO) / MICRO

    def _of_row(
        self, values: Floats, words: Words, matches: Matches, mids: Sequence[str], short: Floats
    ) -> None:
        """The features in the order of `features.of_row`, as rows of `values`."""
        around = self._worth.around(words, matches)
        values[0] = np.minimum(matches.rivals(), MOST_RIVALS)
        values[1] = self._mid(matches, mids)
        values[2] = np.clip(around.known, LEAST_KNOWN, MOST_KNOWN)
        values[3] = np.minimum(around.unknown_after, MOST_UNKNOWN)
        values[4] = np.minimum(around.unknown_before, MOST_UNKNOWN)
        values[5] = around.glued
        values[6] = short * np.minimum(values[3] + values[4], MOST_BESIDE_SHORT)
        values[7] = np.maximum(around.against, LEAST_KNOWN)
        values[8] = np.maximum(around.strange, LEAST_KNOWN)
        values[9] = around.initial

    def _mid(self, matches: Matches, mids: Sequence[str]) -> Ints:
        """1 where the merchant id is known for the brand, -1 where for another, else 0."""
        asked = map(mids.__getitem__, matches.text.tolist())
        found = np.fromiter(
            map(self._model.mids.get, asked, repeat(None)), object, len(matches.text)
        )
        known = np.flatnonzero(found)
        signs = np.zeros(len(found), np.int64)
        signs[known] = np.where(found[known] == self._brandids[matches.rule[known]], 1, -1)
        return signs


class _Claims:
    """Per phrase of a matcher the features of the match."""

    def __init__(self, model: ConfirmModel, matcher: Matcher) -> None:
        self._model, self._rules, self._phrases = model, matcher.rules, matcher.phrases
        self._forget()

    def of(self, matches: Matches) -> tuple[Floats, Floats]:
        """Rows of `features.of_match` by match, and whether so little was matched."""
        if self._era != self._phrases.era:
            self._forget()
        new = self._phrases.listed[len(self._values) :]
        self._values.extend([self._features(rule, matched) for rule, matched in new])
        values = self._values.values[matches.phrase].T
        return values[:OF_MATCH], values[OF_MATCH]

    def _features(self, rule: int, matched: str) -> tuple[float, ...]:
        facts = self._model.brands[self._rules[rule].brandid]
        record = (facts.letters, facts.own, facts.other, self._model.label_rate)
        return (*of_match(matched, *record), float(is_short(matched)))

    def _forget(self) -> None:
        self._era, self._values = self._phrases.era, Column(np.float64, OF_MATCH + 1)


class _Codes:
    """The features of a code, by the rule's listing of it."""

    def __init__(self, model: ConfirmModel, matcher: Matcher) -> None:
        self._model, self._matcher = model, matcher
        self._values = np.full((OF_CODE, len(matcher.listings)), np.nan)

    def of(self, matches: Matches) -> Floats:
        """Rows of `features.of_code` by match."""
        values = self._values[:, matches.listing]
        if np.isnan(values[0]).any():
            for listing in np.unique(matches.listing[np.isnan(values[0])]).tolist():
                rule, mccid = self._matcher.listings[listing]
                brandid = self._matcher.rules[rule].brandid
                self._values[:, listing] = of_code(self._model.mcc_evidence(brandid, mccid))
            values = self._values[:, matches.listing]
        return values


@dataclass(frozen=True, slots=True)
class _Around:
    """Per match what `features.Surroundings` says of one, not yet bounded."""

    known: Floats
    unknown_after: Floats
    unknown_before: Floats
    glued: NDArray[np.bool_]
    against: Floats
    strange: Floats
    initial: NDArray[np.bool_]


class _Table(dict[str, T]):
    """Values of words that are known, each made when first asked for; a trial asks for few."""

    def __init__(self, known: Set[str], make: Callable[[str], T], unknown: T) -> None:
        super().__init__()
        self._known, self._make, self._unknown = known, make, unknown

    def __missing__(self, word: str) -> T:
        if word not in self._known:
            return self._unknown
        value = self[word] = self._make(word)
        return value


class _WordWorth:
    """Per word of a lexicon the log odds of what is known in it, how much is not, the log odds
    below nothing alone, and those of what stands elsewhere."""

    def __init__(self, counts: WordCounts, lexicon: Lexicon) -> None:
        known = counts.agreed.keys() | counts.disagreed.keys()
        self._worth = _Table(known, counts.worth, None).__getitem__
        self._strange = _Table(counts.elsewhere.keys(), counts.strange, 0.0).__getitem__
        self._lexicon = lexicon
        self._tie = self._weigh_parts((TIE,))
        self._forget()

    def around(self, words: Words, matches: Matches) -> _Around:
        """The words on both sides of every match, weighed."""
        begin, end = matches.begin, matches.end
        # The first word that ends in or after the match, the first that begins after it.
        at_begin, at_end = (
            np.searchsorted(words.end, begin, "right"),
            np.searchsorted(words.begin, end),
        )
        first, beyond = words.first[matches.text], words.beyond[matches.text]
        before = self._pieces(
            words.joined, np.append(words.begin, begin.max(initial=0))[at_begin], begin
        )
        after = self._pieces(words.joined, end, np.append(0, words.end)[at_end])
        self._learn()
        left: list[Floats] = []
        right: list[Floats] = []
        for values in self._worths.values.T:
            to = _running(values[words.number])
            left.append(to[at_begin] - to[first] + values[before])
            right.append(to[beyond] - to[at_end] + values[after])
        for side, ties in zip((left, right), _ties(words, matches), strict=True):
            for i, value in enumerate(self._tie):
                side[i] += value * ties
        return _Around(
            left[0] + right[0], right[1], left[1], _is_glued(words, end),
            left[2] + right[2], left[3] + right[3], _is_initial(words, begin),
        )  # fmt: skip

    def _pieces(self, joined: str, begin: Ints, end: Ints) -> Numbers:
        """The parts of words that a match leaves over, by their number; mostly nothing at all."""
        numbers = np.full(len(begin), self._lexicon[""], np.int32)
        for i in np.flatnonzero(end > begin).tolist():
            numbers[i] = self._lexicon[joined[begin[i] : end[i]]]
        return numbers

    def _learn(self) -> None:
        if self._era != self._lexicon.era:
            self._forget()
        self._worths.extend(list(map(self._weigh, self._lexicon.listed[len(self._worths) :])))

    def _weigh(self, word: str) -> tuple[float, int, float, float]:
        """What `around` sums, of a word's parts."""
        if word.isalpha() and len(word) > 1:
            return self._weigh_parts((word,))
        return (0.0, 0, 0.0, 0.0) if word.isalnum() else self._weigh_parts(plain_words(word))

    def _weigh_parts(self, parts: Sequence[str]) -> tuple[float, int, float, float]:
        worths = [self._worth(part) for part in parts]
        known = [w for w in worths if w is not None]
        against = sum(min(0.0, w) for w in known)
        strange = sum(self._strange(part) for part in parts)
        return sum(known), worths.count(None), against, strange

    def _forget(self) -> None:
        self._era, self._worths = self._lexicon.era, Column(np.float64, 4)


def _running(values: Floats) -> Floats:
    """The sum of all before each place; exact, because the values are multiples of a step."""
    return np.concatenate(([0.0], np.cumsum(values)))


def _ties(words: Words, matches: Matches) -> tuple[Ints, Ints]:
    """How many ties stand before and after each match: to `Words` they are gaps, not words."""
    places = np.flatnonzero(words.characters == ord(TIE))
    ends = np.append(words.text_begin[1:], len(words.characters))
    begin, end = words.text_begin[matches.text], ends[matches.text]
    bounds = (begin, matches.begin, matches.end, end)
    counts = [np.searchsorted(places, bound) for bound in bounds]
    return counts[1] - counts[0], counts[3] - counts[2]


def _is_glued(words: Words, end: Ints) -> NDArray[np.bool_]:
    """`words.is_glued` of what follows each place."""
    characters = np.append(words.characters, np.zeros(2, np.uint8))
    following = characters[end + 1] | 0x20
    glued: NDArray[np.bool_] = (characters[end] == ord("-")) & (following >= ord("a"))
    return glued & (following <= ord("z"))


def _is_initial(words: Words, begin: Ints) -> NDArray[np.bool_]:
    """`Residue.initial` of what goes before each place."""
    breaks = np.full(3, ord("\n"), np.uint8)
    characters = np.concatenate((breaks, words.characters))
    third, letter, blank = (characters[begin + 3 - back] for back in (3, 2, 1))
    apart = (third == ord(" ")) | (third == ord("*")) | (third == ord("\n"))
    single = (blank == ord(" ")) & (letter >= ord("A")) & (letter <= ord("Z"))
    found: NDArray[np.bool_] = single & apart
    return found
