"""Names that also mean other things, found from the market and never from a list of words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.config import EvaluateSettings
from brand_metagen.records import Market
from brand_metagen.tables.normalise import normalise

_JOINED = str.maketrans(dict.fromkeys("'’`") | dict.fromkeys("-&+.,/!*#_():", " "))


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """How likely a name stands for something else: 0 to 1, with why, and a level to act on."""

    score: float
    level: str
    reasons: tuple[str, ...]


def words_of(text: str) -> tuple[str, ...]:
    """Words with punctuation taken as blanks and apostrophes as nothing.

    >>> words_of("Sainsbury's S/MKT")
    ('SAINSBURYS', 'S', 'MKT')
    """
    return tuple(normalise(text).translate(_JOINED).split())


class NameIndex:
    """Where names' words stand in narratives and in other names, by their first word."""

    def __init__(self, market: Market, public_names: Sequence[str]) -> None:
        self._market = market
        self._names = {b: words_of(brand.brandname) for b, brand in market.brands.items()}
        self._starts: dict[str, list[str]] = defaultdict(list)
        for brandid, words in self._names.items():
            if words:
                self._starts[words[0]].append(brandid)
        self._labels = self._labels_by_name()
        others = [words_of(name) for name in public_names] + list(self._names.values())
        self._containing = self._containing_names(sorted(set(others)))

    def ambiguity(self, brandid: str, settings: EvaluateSettings) -> Ambiguity:
        """The verdict on one brand's name."""
        labels = self._labels.get(brandid, Counter())
        rows = sum(labels.values())
        own = labels[brandid]
        elsewhere = rows - own
        share = (elsewhere + 1) / (rows + 4)
        reasons = []
        if rows >= settings.ambiguity_rows and share > settings.ambiguity_medium:
            reasons.append(
                f"{elsewhere} of {rows} narratives that hold the name are not labelled to it"
            )
        containing = self._containing[brandid]
        if containing:
            shown = ", ".join(" ".join(words) for words in containing[:3])
            reasons.append(f"{len(containing)} other brand names hold it: {shown}")
        score = min(
            1.0, (share if rows >= settings.ambiguity_rows else 0.25) + 0.05 * len(containing)
        )
        level = (
            "high"
            if score >= settings.ambiguity_high
            else "medium"
            if score >= settings.ambiguity_medium
            else "low"
        )
        return Ambiguity(round(score, 6), level, tuple(reasons))

    def _labels_by_name(self) -> dict[str, Counter[str]]:
        """For every name, the labels of the distinct narratives that hold its words in a row."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        combos = self._market.combos
        rows = sorted(set(zip(combos.narrative, combos.brandid, strict=True)))
        for narrative, label in rows:
            for brandid in self._named_in(words_of(narrative)):
                found[brandid][label] += 1
        return found

    def _named_in(self, words: Sequence[str]) -> set[str]:
        return {
            brandid
            for i, word in enumerate(words)
            for brandid in self._starts.get(word, ())
            if tuple(words[i : i + len(self._names[brandid])]) == self._names[brandid]
        }

    def _containing_names(
        self, others: Iterable[tuple[str, ...]]
    ) -> Mapping[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in others:
            for brandid in self._named_in(words):
                if words != self._names[brandid]:
                    found[brandid].append(words)
        return found
