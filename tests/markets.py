"""Made-up markets for tests: brands and rows in a few words, as the records the learner reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from brand_metagen.records import Brand, Combos, Market, Mcc
from brand_metagen.tables.normalise import normalise

Row = tuple[str, str, str] | tuple[str, str, str, str]
"""Narrative, brandid (empty = no label), mccid, and the merchant id where it matters."""

CODES = {
    "5812": ("Restaurants", "Food"),
    "5814": ("Fast food", "Food"),
    "5411": ("Groceries", "Groceries"),
    "5541": ("Fuel", "Fuel"),
    "5651": ("Clothing", "Fashion"),
    "5999": ("Other shops", "Other"),
    "7399": ("Services", "Other"),
    "8111": ("Solicitors", "Other"),
}

TOWNS = (
    "LEEDS",
    "YORK",
    "BATH",
    "DERBY",
    "TRURO",
    "WIGAN",
    "RIPON",
    "EXETER",
    "LUTON",
    "DOVER",
    "OXFORD",
    "BURNLEY",
)


def market_of(
    brands: Mapping[str, str | tuple[str, str]],
    rows: Iterable[Row],
    order: Random | None = None,
) -> Market:
    """The market of `brands` (id → name, or name and sector) and `rows`, shuffled by `order`.

    Narratives are normalised here as `tables` does it; a row's ccid is its place in `rows`.
    """
    known = {
        brandid: Brand(brandid, *((said, "Food") if isinstance(said, str) else said))
        for brandid, said in sorted(brands.items())
    }
    drawn = [(f"{i:06d}", *_padded(row)) for i, row in enumerate(rows)]
    if order is not None:
        order.shuffle(drawn)
    fingerprint = hashlib.sha256(repr(sorted(drawn)).encode()).hexdigest()
    return Market(known, _codes(), tuple(known), _combos(drawn), fingerprint)


def _padded(row: Row) -> tuple[str, str, str, str]:
    narrative, brandid, mccid, *mid = row
    return normalise(narrative), brandid, mccid, mid[0] if mid else ""


def _codes() -> dict[str, Mcc]:
    return {mccid: Mcc(mccid, *said) for mccid, said in sorted(CODES.items())}


def _combos(drawn: Sequence[tuple[str, str, str, str, str]]) -> Combos:
    return Combos(
        ccid=[ccid for ccid, *_ in drawn],
        bankid=["B1"] * len(drawn),
        mid=[mid for *_, mid in drawn],
        brandid=[brandid for _, _, brandid, _, _ in drawn],
        mccid=[mccid for _, _, _, mccid, _ in drawn],
        narrative=[narrative for _, narrative, *_ in drawn],
    )


def shops(name: str, brandid: str, mccid: str, count: int = 8) -> list[Row]:
    """Rows of branches, each with a number and a town of its own."""
    return [(f"{name} {17 * i + 101} {TOWNS[i % 12]}", brandid, mccid) for i in range(count)]
