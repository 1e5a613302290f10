"""A small market that remarks speak of, as the corpus writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from brand_metagen.constraints import Row
from brand_metagen.records import Brand
from brand_metagen.synthesise.names import squeeze


class SmallMarket:
    """The look-ups of a reader in one market of the corpus; counts how often it was asked."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.brand = Brand(**told["brand"])
        self.names = {squeeze(name): brandid for brandid, name in told["brands"].items()}
        self.codes = frozenset(told["codes"])
        self.rows: dict[str, list[Row]] = {}
        for ccid, bankid, mid, _, mccid, narrative in told["combos"]:
            self.rows.setdefault(ccid, []).append(Row(ccid, bankid, narrative, mccid, mid))
        every = [row for rows in self.rows.values() for row in rows]
        self.squeezed = [squeeze(row.narrative) for row in every]
        keys = told.get("doubtful")
        self.doubtful = [r for r in every if keys is None or f"{r.ccid}@{r.bankid}" in keys][:2]
        self.asked = 0

    def code(self, mccid: str) -> bool:
        self.asked += 1
        return mccid in self.codes

    def combos(self, ccid: str) -> Sequence[Row]:
        self.asked += 1
        return self.rows.get(ccid, [])

    def brands(self, name: str) -> Sequence[str]:
        self.asked += 1
        found = self.names.get(squeeze(name))
        return [found] if found else []

    def rows_saying(self, words: str) -> int:
        self.asked += 1
        wanted = squeeze(words)
        return sum(wanted in text for text in self.squeezed) if wanted else 0

    def samples(self) -> Sequence[Row]:
        return self.doubtful
