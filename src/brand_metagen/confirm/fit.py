"""Fit the confirmation model on rows that the rules judging them were not learned from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from brand_metagen.config import ConfirmSettings
from brand_metagen.confirm.calibration import Floats, Isotonic, fit_isotonic, reliability
from brand_metagen.confirm.features import (
    NAMES,
    SIGNS,
    Surroundings,
    is_short,
    of_code,
    of_match,
    of_row,
    surroundings,
)
from brand_metagen.confirm.logistic import fit_signed
from brand_metagen.confirm.model import BrandFacts, ConfirmModel, Thresholds
from brand_metagen.confirm.posterior import CERTAIN
from brand_metagen.confirm.words import (
    Residue,
    Sayings,
    count_words,
    plain_words,
    residue,
    sayings,
)
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.synthesise.mccs import MccModel

OUT_OF_REACH = 2.0
"""A probability no claim has."""
SURE_SHARE = 0.8
"""This share of the rows, the best by score, is taken as right to read the label rate off it."""

REMEMBERED = 1 << 16
"""Words of brands, surroundings, codes and matches each that are not worked out again."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One row that a rule learned elsewhere takes: the row, the rule's record, the given label."""

    brandid: str
    text: str
    span: tuple[int, int]
    mccid: str
    known_mid: str | None
    rivals: int
    own: int
    other: int
    label: str


def known_mids(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """From (mid, narrative, brandid) to the brand of mids seen in two narratives that agree."""
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for mid, narrative, brandid in rows:
        if mid and brandid:
            known = seen[mid].setdefault(narrative, brandid)
            seen[mid][narrative] = min(known, brandid)
    agreed: dict[str, str] = {}
    for mid, labels in sorted(item for item in seen.items() if len(item[1]) > 1):
        brandid, count = max(Counter(labels.values()).items(), key=lambda x: (x[1], x[0]))
        if count >= 2 and count >= 0.8 * len(labels):
            agreed[mid] = brandid
    return agreed


def fit(
    rows: Sequence[HeldOut],
    mccs: MccModel,
    brands: Mapping[str, BrandFacts],
    mids: Mapping[str, str],
    market: str,
    settings: ConfirmSettings,
    elsewhere: Iterable[str] = (),
    begin: Begin = when_asked,
) -> ConfirmModel:
    """The model for a market; with too few held-out rows, one that trusts the rules' own record.

    `elsewhere` are distinct narratives without a label that no rule takes. No order matters. Half
    of the rows are read beside the others.
    """
    rows = sorted(rows, key=lambda r: (r.text, r.brandid, r.mccid, r.label))
    agreed = np.array([float(r.label == r.brandid) for r in rows])
    rate = _label_rate(agreed)
    kept: dict[Residue, Residue] = {}  # most are said again, once their numbers are left out
    rests = [kept.setdefault(rest, rest) for rest in (residue(r.text, *r.span) for r in rows)]
    said = sayings(
        (r.brandid, rest.words, r.label == r.brandid) for r, rest in zip(rows, rests, strict=True)
    )
    foreign = Counter(word for text in elsewhere for word in set(plain_words(text)))
    words = count_words(said, rate, foreign)
    thresholds = _thresholds(settings)
    model = ConfirmModel(
        (0.0,) * (len(NAMES) + 1),
        Isotonic((0.0,), (rate,)),
        rate,
        words,
        mccs,
        brands,
        mids,
        thresholds,
        (),
        market,
    )
    if len(rows) < max(1, settings.least_rows):
        return model
    half = len(rows) // 2
    first = begin(lambda: _table(model, rows[:half], rests[:half], said))
    second = _table(model, rows[half:], rests[half:], said)
    features = np.concatenate((first(), second))
    weights = _fit_right(features, agreed)
    scores = weights[0] + features @ weights[1:]
    rate = _rate_of_surest(scores, agreed)
    curve = fit_isotonic(scores, agreed, settings.block)
    probability = np.clip(np.interp(scores, curve.at, curve.value) / rate, 1 - CERTAIN, CERTAIN)
    doubtful = (probability > settings.exclude) & (probability < settings.confirm)
    spare = int(settings.human_share * len(rows)) - int(doubtful.sum())
    confirm = cut_off(probability, thresholds.confirm, settings.precision, max(0, spare))
    return replace(
        model,
        thresholds=replace(thresholds, confirm=round(confirm, 6)),
        weights=tuple(round(float(w), 9) for w in weights),
        curve=Isotonic(_rounded(curve.at), _rounded(curve.value)),
        label_rate=round(rate, 9),
        reliability=reliability(probability, agreed / rate),
    )


def _thresholds(settings: ConfirmSettings) -> Thresholds:
    confirm, exclude = settings.confirm, settings.exclude
    if not settings.enabled:
        confirm = exclude = 0.0
    win = settings.win if settings.tiebreaker else OUT_OF_REACH
    return Thresholds(confirm, exclude, win, settings.lead)


def cut_off(probabilities: Floats, floor: float, wanted: float, spare: int) -> float:
    """The lowest probability from `floor` on above which rows are right as often as wanted.

    At most `spare` rows from `floor` on are left below it, whatever is wanted: somebody has to look
    at them. `floor` where there are no rows to tell.

    >>> some = np.array([0.99, 0.97, 0.85, 0.80])
    >>> cut_off(some, 0.8, 0.97, 2), cut_off(some, 0.8, 0.97, 1), cut_off(some, 0.8, 0.9, 4)
    (0.97, 0.85, 0.8)
    """
    ranked = np.sort(probabilities[probabilities >= floor])
    if not len(ranked) or floor == 0.0:
        return floor
    means = np.cumsum(ranked[::-1])[::-1] / np.arange(len(ranked), 0, -1)
    least = int(np.searchsorted(means >= wanted, True))
    left = min(least, spare, len(ranked) - 1)
    return float(ranked[left]) if left else floor


def _fit_right(features: Floats, agreed: Floats) -> Floats:
    """Weights by which rows are right, though some right ones lack their label.

    Fitted to the labels alone, what tells the surest rows from the sure ones drowns in the labels
    that both lack.
    """
    labelled = fit_signed(features, agreed, SIGNS)
    seen = _rate_of_surest(labelled[0] + features @ labelled[1:], agreed)
    return fit_signed(features, agreed, SIGNS, seen, labelled)


def _rate_of_surest(scores: Floats, agreed: Floats) -> float:
    """The share of right rows that carry their label, read off the surest.

    Where every label is right, too, one might have been wrong: the odds stay finite.
    """
    surest = agreed[scores >= np.quantile(scores, 1 - SURE_SHARE)]
    return float(np.clip(surest.mean(), 1 - CERTAIN, CERTAIN))


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(v, 9) for v in values)


def _label_rate(agreed: Floats) -> float:
    """First guess of the share of right rows that carry their label, kept off the ends."""
    return float(min(0.95, max(0.5, agreed.mean()))) if len(agreed) else 0.85


def _table(
    model: ConfirmModel, rows: Sequence[HeldOut], rests: Sequence[Residue], said: Sayings
) -> Floats:
    """The features of rows, a row each; `rests` are what the matches leave of the texts."""
    told = _Told(model, said)
    table = np.empty((len(rows), len(NAMES)))
    for place, (row, rest) in enumerate(zip(rows, rests, strict=True)):
        table[place] = told.of(row, rest)
    return table


class _Told:
    """The features of rows, their own brand's say taken out of the weights of their words.

    Parts of them that repeat are worked out once while they are remembered.
    """

    def __init__(self, model: ConfirmModel, said: Sayings) -> None:
        self._model, self._said = model, said
        remembered = lru_cache(REMEMBERED)
        self._word = remembered(self._weigh)
        self._around = remembered(self._surroundings)
        self._code = remembered(self._evidence)
        self._match = remembered(self._matched)

    def of(self, row: HeldOut, rest: Residue) -> tuple[float, ...]:
        """A row's features."""
        brandid = row.brandid
        listed = self._model.brands[brandid].codes.get(row.mccid, 0.0) >= 1.0
        less = 1.0 if row.label == brandid and listed else 0.0
        matched = row.text[row.span[0] : row.span[1]]
        match, short = self._match(brandid, matched, row.own, row.other)
        mid = 0 if row.known_mid is None else 1 if row.known_mid == brandid else -1
        around = self._around(brandid, rest)
        code = self._code(brandid, row.mccid, less)
        return match + code + of_row(row.rivals, mid, around, short)

    def _matched(
        self, brandid: str, matched: str, own: int, other: int
    ) -> tuple[tuple[float, ...], bool]:
        letters = self._model.brands[brandid].letters
        return of_match(matched, letters, own, other, self._model.label_rate), is_short(matched)

    def _evidence(self, brandid: str, mccid: str, less: float) -> tuple[float, ...]:
        return of_code(self._model.mcc_evidence(brandid, mccid, less))

    def _surroundings(self, brandid: str, rest: Residue) -> Surroundings:
        weights = {word: self._word(brandid, word) for word in rest.words}
        return surroundings(rest, lambda word: weights[word][0], lambda word: weights[word][1])

    def _weigh(self, brandid: str, word: str) -> tuple[float | None, float]:
        """What a word adds, and what it adds as one that stands elsewhere."""
        own, words = self._said.get((brandid, word), (0.0, 0.0)), self._model.words
        return words.worth(word, own), words.strange(word, own)
