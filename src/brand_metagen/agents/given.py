"""A market, or a part of one, as an agent is given it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeVar

from brand_metagen.agents.role import Means
from brand_metagen.errors import InputError
from brand_metagen.records import Brand, Combos, Market, Mcc
from brand_metagen.tables.normalise import normalise

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class BrandGiven:
    brandid: str
    brandname: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class MccGiven:
    mccid: str
    mcc_desc: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True)
class ComboGiven:
    ccid: str
    bankid: str
    mccid: str
    narrative: str
    brandid: str = ""
    mid: str = ""


@dataclass(frozen=True, slots=True)
class MarketGiven:
    """The three tables a brand is judged by; codes may be left out of `mccs`."""

    brands: tuple[BrandGiven, ...]
    combos: tuple[ComboGiven, ...]
    mccs: tuple[MccGiven, ...] = ()

    def market(self, brandid: str) -> Market:
        """The market with one brand to check; raises InputError where that is not in it."""
        brands = {b.brandid: Brand(b.brandid, b.brandname, b.sector) for b in self.brands}
        if brandid not in brands:
            raise InputError(f"no brand {brandid!r} among those given")
        codes = {c.mccid: Mcc(c.mccid, "", "") for c in self.combos}
        codes |= {m.mccid: Mcc(m.mccid, m.mcc_desc, m.sector) for m in self.mccs}
        rows = sorted(self.combos, key=lambda c: (c.ccid, c.bankid))
        shown = json.dumps(asdict(self), sort_keys=True).encode()
        return Market(
            _ordered(brands),
            _ordered(codes),
            (brandid,),
            Combos(
                [c.ccid for c in rows],
                [c.bankid for c in rows],
                [c.mid for c in rows],
                [c.brandid for c in rows],
                [c.mccid for c in rows],
                [normalise(c.narrative) for c in rows],
            ),
            hashlib.sha256(shown).hexdigest(),
        )


def market_of(given: MarketGiven | None, brandid: str, means: Means) -> Market:
    """What was given, or the market of the workspace's last run."""
    if given is not None:
        return given.market(brandid)
    market = means.live().market
    if brandid not in market.brands:
        raise InputError(f"no brand {brandid!r} in the market of the last run")
    return market


def _ordered(named: Mapping[str, Value]) -> dict[str, Value]:
    return dict(sorted(named.items()))
