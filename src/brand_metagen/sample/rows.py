"""The rows of the made-up market, with what is true about each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from brand_metagen.config import SampleSettings
from brand_metagen.registry.brands import squeeze
from brand_metagen.sample.cast import Cast, new_mid
from brand_metagen.sample.layouts import LETTERS, Layout, layouts, printed
from brand_metagen.sample.shops import Shop, independents, look_alikes, shop_weights
from brand_metagen.sample.spelling import dirtied, pick, written
from brand_metagen.sample.words import words
from brand_metagen.tables.normalise import normalise

BANKS = ("1", "2", "3", "4", "5")
TRAIN, HELD_OUT = "train", "heldout"
LABELLED, NEAR_MISS, BACKGROUND = "labelled", "near_miss", "background"
NONE, WRONG, MISSING = "none", "wrong", "missing"
MOST_TRIES = 25
"""Draws of one row before a reference code is put behind it to make it new."""


@dataclass(frozen=True, slots=True)
class Row:
    """One combination: what the tables show of it, and the truth."""

    bankid: str
    mid: str
    brandid: str
    """The given label, noisy; empty for held-out rows too."""
    mccid: str
    narrative: str
    true_brandid: str
    kind: str
    split: str
    noise: str
    confusable: str
    format: str


@dataclass(frozen=True, slots=True)
class Shares:
    """How many rows of each kind a market of `total` rows has."""

    labelled: int
    near_miss: int
    background: int


def shares(total: int, settings: SampleSettings) -> Shares:
    """Split `total` rows by the shares of the settings.

    >>> shares(1000, SampleSettings())
    Shares(labelled=800, near_miss=50, background=150)
    """
    near_miss = round(total * settings.near_miss_share)
    background = round(total * settings.background_share)
    return Shares(total - near_miss - background, near_miss, background)


def draw(
    brands: Sequence[Cast], counts: Shares, train: int, rng: Random, settings: SampleSettings
) -> list[Row]:
    """All rows in random order, the first `train` of them for learning.

    No normalised narrative is on both sides, none belongs to two brands (or to a brand and a
    shop), and no two rows agree in bank, merchant id, code and narrative.
    """
    taken = frozenset(squeeze(written(brand.candidate.name)) for brand in brands)
    owners: list[Cast | Shop] = [brand for brand in brands for _ in range(brand.rows)]
    near, other = (
        max(1, round(rows / settings.rows_per_shop))
        for rows in (counts.near_miss, counts.background)
    )
    owners += rng.choices(look_alikes(near, brands, taken, rng, settings), k=counts.near_miss)
    owners += rng.choices(independents(other, taken, rng), k=counts.background)
    rng.shuffle(owners)
    press = _Press(brands, rng, settings)
    return [press.row(owner, TRAIN if at < train else HELD_OUT) for at, owner in enumerate(owners)]


class _Press:
    """Prints one row after the other and remembers what was printed."""

    def __init__(self, brands: Sequence[Cast], rng: Random, settings: SampleSettings) -> None:
        self._brands, self._rng, self._settings = brands, rng, settings
        self._by_sector: defaultdict[str, list[Cast]] = defaultdict(list)
        for brand in brands:
            self._by_sector[brand.candidate.sector].append(brand)
        self._by_id = {brand.brandid: brand for brand in brands}
        self._shop_weights = shop_weights()
        self._owner_of: dict[str, tuple[str, str]] = {}
        self._printed: set[tuple[str, str, str, str]] = set()

    def row(self, owner: Cast | Shop, split: str) -> Row:
        """A row of that merchant, different from all before."""
        true = owner.brandid if isinstance(owner, Cast) else ""
        for attempt in range(MOST_TRIES + 1):
            layout, bankid, mid, mccid, narrative = self._attempt(owner)
            if isinstance(owner, Shop) and not owner.stands_out(narrative) and attempt < MOST_TRIES:
                continue
            if attempt == MOST_TRIES:
                narrative += " " + "".join(self._rng.choices(LETTERS, k=10))
            key = normalise(narrative)
            combination = (bankid, mid, mccid, key)
            holder = self._owner_of.setdefault(key, (true, split))
            if holder == (true, split) and combination not in self._printed:
                break
        self._printed.add(combination)
        given, noise = self._label(owner, true) if split == TRAIN else ("", NONE)
        kind, confusable = LABELLED, ""
        if isinstance(owner, Shop):
            kind, confusable = NEAR_MISS if owner.confusable else BACKGROUND, owner.confusable
        return Row(
            bankid, mid, given, mccid, narrative, true, kind, split, noise, confusable, layout.name
        )

    def _attempt(self, owner: Cast | Shop) -> tuple[Layout, str, str, str, str]:
        rng, settings = self._rng, self._settings
        if isinstance(owner, Cast):
            layout = rng.choices(layouts(), cum_weights=owner.layout_weights)[0]
            name, place = pick(owner.spellings, rng), rng.choice(owner.places)
            if rng.random() < settings.dirt_share:
                name = dirtied(name, owner.candidate.name, rng)
            mccid = owner.mccids[min(int(rng.expovariate(1.6)), len(owner.mccids) - 1)]
        else:
            layout = rng.choices(layouts(), cum_weights=self._shop_weights)[0]
            name, place, mccid = owner.name, owner.place, owner.mccid
        narrative = self._raw(printed(layout, name, place, rng))
        if rng.random() < layout.wallet_mcc:
            mccid = rng.choice(words().wallet_codes)
        elif rng.random() < settings.stray_code_share:
            mccid = rng.choice(words().stray_codes)
        mid = place.mid if rng.random() < settings.same_mid_share else new_mid(rng)
        return layout, rng.choice(layout.banks or BANKS), mid, mccid, narrative

    def _raw(self, text: str) -> str:
        """The text as a careless system hands it on: case, blanks, accents mostly lost."""
        rng, settings = self._rng, self._settings
        if not text.isascii() and rng.random() >= settings.accent_share:
            text = normalise(text)
        if rng.random() < settings.mixed_case_share:
            text = text.title()
        if rng.random() < settings.odd_blanks_share:
            text = rng.choice((text.replace(" ", "  "), text + "   ", "  " + text))
        return text

    def _label(self, owner: Cast | Shop, true: str) -> tuple[str, str]:
        """The label a row for learning carries, and what is wrong with it."""
        luck, settings = self._rng.random(), self._settings
        if isinstance(owner, Shop):
            if owner.confusable and luck < settings.near_miss_wrong_share:
                return owner.confusable, WRONG
            if not owner.confusable and luck < settings.background_wrong_share:
                return self._rng.choice(self._brands).brandid, WRONG
            return "", NONE
        if luck < settings.wrong_share and len(self._brands) > 1:
            return self._other(owner), WRONG
        if settings.wrong_share <= luck < settings.wrong_share + settings.missing_share:
            return "", MISSING
        return true, NONE

    def _other(self, brand: Cast) -> str:
        """Another brand, in half of the cases one of the same sector."""
        peers = self._by_sector[brand.candidate.sector]
        pool = peers if len(peers) > 1 and self._rng.random() < 0.5 else self._brands
        while True:
            other = self._rng.choice(pool)
            if other is not brand:
                return other.brandid
