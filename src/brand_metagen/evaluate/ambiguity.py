"""Names that also mean other things, found from the market and never from a list of words."""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.wallets import wallet_names
from brand_metagen.records import Market
from brand_metagen.tables.normalise import normalise

_JOINED = str.maketrans(dict.fromkeys(string.punctuation, " ") | dict.fromkeys("'`"))
UNSEEN = 0.25
"""Share taken for a name that the market hardly holds: the prior of `share` below."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """How likely a name stands for something else: 0 to 1, with why, and a level to act on.

    `place_like`: the name ends the narratives of several other brands, as towns do.
    """

    score: float
    level: str
    reasons: tuple[str, ...]
    place_like: bool = False


@dataclass(slots=True)
class Standing:
    """Where one name stands in the market's distinct (narrative, label)."""

    own: int = 0
    others: int = 0
    """Labelled to another brand or to nobody."""
    endings: int = 0
    """Those of `others` that end with the name and do not begin with it."""
    ended: set[str] = field(default_factory=set)
    """Brands whose narratives these are."""


def words_of(text: str) -> Words:
    """Words with punctuation taken as blanks and apostrophes as nothing.

    >>> words_of("Sainsbury's S/MKT")
    ('SAINSBURYS', 'S', 'MKT')
    """
    return split_words(normalise(text.replace("’", "'")))


def split_words(narrative: str) -> Words:
    """The same for text that is normalised already."""
    return tuple(narrative.translate(_JOINED).split())


class NameIndex:
    """Where names' words stand in narratives and in other names, by their first two words."""

    def __init__(self, market: Market, public_names: Sequence[str]) -> None:
        self._names = {b: words_of(brand.brandname) for b, brand in market.brands.items()}
        self._starts: dict[Words, list[str]] = defaultdict(list)
        self._squeezed: dict[str, list[str]] = defaultdict(list)
        for brandid, words in self._names.items():
            if words:
                # By two, for many a trader shares the first: a surname, a town.
                self._starts[words[:2]].append(brandid)
            if len(words) > 1:
                self._squeezed["".join(words)].append(brandid)
        self._namesakes = Counter(self._names.values())
        self._standings = self._stand(market)
        known = [words_of(name) for name in public_names] + list(self._names.values())
        self._containing = self._containing_names(sorted(set(known)))

    def ambiguity(self, brandid: str, settings: EvaluateSettings) -> Ambiguity:
        """The verdict on one brand's name."""
        standing = self._standings.get(brandid, Standing())
        names = len(self._containing[brandid])
        rows = standing.own + standing.others
        known = rows >= settings.ambiguity_rows
        share = (standing.others + 1) / (rows + 4) if known else UNSEEN
        named = min(names * settings.ambiguity_name_share, settings.ambiguity_names_share)
        short = settings.ambiguity_short_share if self._short(brandid, settings) else 0.0
        score = min(1.0, share + named + short)
        if self._borrowed(brandid):
            score = max(score, settings.ambiguity_high)
        place = len(standing.ended) >= settings.place_brands and standing.endings > standing.own
        return Ambiguity(
            round(score, 6),
            _level(score, settings),
            tuple(self._reasons(brandid, share, place, settings)),
            place,
        )

    def _short(self, brandid: str, settings: EvaluateSettings) -> bool:
        return sum(map(len, self._names[brandid])) <= settings.short_letters

    def _borrowed(self, brandid: str) -> str:
        """What the name is besides a name, whatever the market shows; empty if nothing."""
        letters = "".join(self._names[brandid])
        if letters.isdigit():
            return "it is a number, as stores and references are"
        return "wallets print it before other merchants' names" if letters in _wallets() else ""

    def _reasons(
        self, brandid: str, share: float, place: bool, settings: EvaluateSettings
    ) -> Iterator[str]:
        words, containing = self._names[brandid], self._containing[brandid]
        standing = self._standings.get(brandid, Standing())
        if borrowed := self._borrowed(brandid):
            yield borrowed
        if share > settings.ambiguity_medium:
            rows = standing.own + standing.others
            yield (
                f"{standing.others} of {rows} narratives that hold the name are not labelled to it"
            )
        if place:
            yield f"it ends narratives of {len(standing.ended)} other brands, as towns do"
        if containing:
            shown = ", ".join(" ".join(other) for other in containing[:3])
            yield f"{len(containing)} other brand names hold it: {shown}"
        if words and self._namesakes[words] > 1:
            yield f"{self._namesakes[words] - 1} other brands bear the same name"
        if self._short(brandid, settings):
            yield f"it has only {sum(map(len, words))} letters or digits"

    def _stand(self, market: Market) -> dict[str, Standing]:
        found: dict[str, Standing] = defaultdict(Standing)
        combos = market.combos
        # The order of this set does not matter: it is only counted.
        for text, label in set(zip(combos.narrative, combos.brandid, strict=True)):
            words = split_words(text)
            for brandid, start in self._named_in(words).items():
                if label == brandid:
                    found[brandid].own += 1
                else:
                    size = len(words) - len(self._names[brandid])
                    _count_other(found[brandid], label, ends=0 < start == size)
        return found

    def _named_in(self, words: Words) -> dict[str, int]:
        """The names that stand in a row of words, or squeezed into one, and where they begin."""
        found: dict[str, int] = {}
        for i, word in enumerate(words):
            for brandid in self._starts.get((word,), ()):
                found.setdefault(brandid, i)
            for brandid in self._starts.get(words[i : i + 2], ()) if i + 1 < len(words) else ():
                name = self._names[brandid]
                if words[i : i + len(name)] == name:
                    found.setdefault(brandid, i)
            for brandid in self._squeezed.get(word, ()):
                found.setdefault(brandid, i)
        return found

    def _containing_names(self, others: Sequence[Words]) -> Mapping[str, list[Words]]:
        found: dict[str, list[Words]] = defaultdict(list)
        for words in others:
            for brandid in self._named_in(words):
                if "".join(words) != "".join(self._names[brandid]):
                    found[brandid].append(words)
        return found


@cache
def _wallets() -> frozenset[str]:
    """The letters of wallets' names."""
    return frozenset("".join(words_of(name)) for name in wallet_names())


def _count_other(standing: Standing, label: str, *, ends: bool) -> None:
    standing.others += 1
    standing.endings += ends
    if ends and label:
        standing.ended.add(label)


def _level(score: float, settings: EvaluateSettings) -> str:
    if score >= settings.ambiguity_high:
        return "high"
    return "medium" if score >= settings.ambiguity_medium else "low"
