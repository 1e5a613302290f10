"""Merchants that are no brand of the market: those that resemble one, and the background."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from benchmarks.commands import BenchError
from benchmarks.market.brands import Brand, head, longer_names, outsiders, public_brands
from benchmarks.market.knowledge import Part, Stranger
from benchmarks.market.narratives import Merchant
from brand_metagen.registry.sectors import sector_of_mcc

SHORTEST_WORD = 4
"""Letters of a word that makes a shop look like a brand."""
ONE_WORD, COMMON = 3.0, 4.0
"""How much more often brands of one word are resembled, and those whose word others have too."""
TRIES = 1_000


class Strangers:
    """Draws merchants until they are of the wanted sort."""

    def __init__(self, part: Part, brands: Sequence[Brand], rng: Random) -> None:
        self.part, self.brands, self.rng = part, brands, rng
        self._longer = longer_names(brands)
        self._outsiders = outsiders(part.name, brands)
        self._names = {brand.written for brand in brands}
        self._chances = _chances(brands)

    def look_alike(self) -> Merchant:
        """A merchant whose name holds a brand's first word, or nearly."""
        for _ in range(TRIES):
            kind = _drawn(self.rng, self.part.look_alikes)
            found = self._made(kind, self.rng.choices(self.brands, self._chances)[0])
            if found and found.name not in self._names:
                return found
        raise BenchError("no look-alikes can be made of these brands: take more of them")

    def background(self) -> Merchant:
        """A merchant whose name holds no brand's name."""
        for _ in range(TRIES):
            kind = _drawn(self.rng, self.part.background)
            found = self._made(kind, None)
            if found and not any(piece in self._names for piece in _pieces(found.name)):
                return found
        raise BenchError("no background can be made beside these brands")

    def _made(self, kind: Stranger, brand: Brand | None) -> Merchant | None:
        fields = _Fields(self, brand)
        try:
            name = self.rng.choice(kind.texts).format_map(fields)
        except LookupError:
            return None
        codes = fields.mccids or (self.rng.choice(self.part.words.trades)[1],)
        sort = "near_miss" if brand else "background"
        return Merchant(name, codes, sort, resembles=brand.brandid if brand else "")

    def trade(self, brand: Brand | None) -> tuple[str, str]:
        """A trade and its code: now and then one of the brand's own sector."""
        trades = self.part.words.trades
        if brand and self.rng.random() < self.part.shares.same_trade:
            trades = tuple(t for t in trades if sector_of_mcc(t[1]) == brand.sector) or trades
        return self.rng.choice(trades)


class _Fields(Mapping[str, str]):
    """What the braces of a stranger's name stand for; `mccids` follow from what was drawn."""

    def __init__(self, strangers: Strangers, brand: Brand | None) -> None:
        self.strangers, self.brand = strangers, brand
        self.mccids: tuple[str, ...] = ()

    def __getitem__(self, field: str) -> str:
        return _FIELDS[field](self)

    def __iter__(self) -> Iterator[str]:
        return iter(_FIELDS)

    def __len__(self) -> int:
        return len(_FIELDS)

    def any_of(self, choices: Sequence[str]) -> str:
        return self.strangers.rng.choice(choices)

    def word(self) -> str:
        assert self.brand is not None
        return head(self.brand.name)

    def almost(self) -> str:
        """The brand's name with one letter exchanged; LookupError when it is short."""
        assert self.brand is not None
        name = self.brand.written
        places = [i for i in range(1, len(name)) if name[i].isalpha()]
        if len(places) < SHORTEST_WORD:
            raise LookupError("too short")
        at = self.strangers.rng.choice(places)
        others = [letter for letter in string.ascii_uppercase if letter != name[at]]
        return name[:at] + self.any_of(others) + name[at + 1 :]

    def trade(self) -> str:
        trade, code = self.strangers.trade(self.brand)
        self.mccids = (code,)
        return trade

    def longer(self) -> str:
        assert self.brand is not None
        return self._public(self.strangers._longer.get(self.brand.brandid, ()))

    def outsider(self) -> str:
        return self._public(self.strangers._outsiders)

    def _public(self, brands: Sequence[Brand]) -> str:
        if not brands:
            raise LookupError("no such name")
        other = self.strangers.rng.choice(brands)
        self.mccids = other.mccids
        return other.written


_FIELDS: Mapping[str, Callable[[_Fields], str]] = {
    "word": _Fields.word,
    "almost": _Fields.almost,
    "trade": _Fields.trade,
    "longer": _Fields.longer,
    "outsider": _Fields.outsider,
    "town": lambda f: f.any_of(f.strangers.part.words.towns),
    "surname": lambda f: f.any_of(f.strangers.part.words.surnames),
    "forename": lambda f: f.any_of(f.strangers.part.words.forenames),
    "ending": lambda f: f.any_of(f.strangers.part.words.endings),
    "letter": lambda f: f.any_of(string.ascii_uppercase),
}
FIELDS = frozenset(_FIELDS)
"""What may stand in the braces of a stranger's name."""


def _chances(brands: Sequence[Brand]) -> list[float]:
    """How likely each brand is to be resembled: most if its first word is a common one."""
    heads = Counter(head(brand.name) for brand in public_brands())
    words = Counter(word for brand in public_brands() for word in set(brand.written.split()))
    chances = []
    for brand in brands:
        word = head(brand.name)
        usable = word.isalpha() and len(word) >= SHORTEST_WORD
        alone = ONE_WORD if brand.written == word else 1.0
        common = COMMON if words[word] > heads[word] else 1.0
        chances.append(alone * common if usable else 0.0)
    return chances


def _drawn(rng: Random, kinds: Sequence[Stranger]) -> Stranger:
    return rng.choices(kinds, [kind.weight for kind in kinds])[0]


def _pieces(name: str) -> Iterator[str]:
    words = name.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])
