"""What a release carries besides its rules: everything a row's probability depends on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from brand_metagen.confirm.calibration import Bin, Isotonic
from brand_metagen.confirm.words import WordCounts
from brand_metagen.synthesise.mccs import MccModel

FORMAT = 1

Vouched = tuple[str, str, str]
"""Narrative and code of a row, and the brand whose reviewer said that it is theirs."""


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """What confirming needs to know of one brand.

    `letters` is its name squeezed; `codes` its own narratives per MCC; the rest counts narratives
    its rule took from the market it was learned on. `lift` is what reviewers' word adds to the
    score of every row its rule takes (`reviews`), in log odds.
    """

    letters: str
    sector: str
    codes: Mapping[str, float]
    own: int
    other: int
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which a row is confirmed, up to which it is excluded, and ties settle."""

    confirm: float
    exclude: float
    win: float
    lead: float


@dataclass(frozen=True, slots=True)
class ConfirmModel:
    """Fitted on held-out rows of the market; applied to one row at a time.

    `label_rate` is the share of right rows that carry their label; `mids` maps merchant ids seen
    in two narratives or more to the brand they agree on.
    """

    weights: tuple[float, ...]
    curve: Isotonic
    label_rate: float
    words: WordCounts
    mccs: MccModel
    brands: Mapping[str, BrandFacts]
    mids: Mapping[str, str]
    thresholds: Thresholds
    reliability: tuple[Bin, ...]
    market: str
    """Fingerprint of the market it was fitted on."""
    vouched: tuple[Vouched, ...] = ()
    """Rows that reviewers said are a brand's, in order; no two of one narrative and code."""
    advised: Mapping[str, float] = field(default_factory=dict)
    """Log odds that calibrated opinions add to a row's (`opinions.row_key`), mostly none."""

    def mcc_evidence(self, brandid: str, mccid: str, less: float = 0.0) -> float:
        """log P(mcc | brand) / P(mcc), bounded to four either way; `less` as in `MccModel.p`."""
        facts = self.brands[brandid]
        here = self.mccs.p(facts.sector, facts.codes, mccid, less)
        anywhere = max(self.mccs.everywhere.get(mccid, 0.0), 1e-4)
        return max(-4.0, min(4.0, math.log(max(here, 1e-6) / anywhere)))


def model_to_json(model: ConfirmModel) -> dict[str, Any]:
    """Plain lists and dicts, keys sorted when dumped."""
    told = asdict(model)
    if not model.advised:
        del told["advised"]  # a release without opinions is the same bytes as ever
    return {"format": FORMAT, **told}


def model_from_json(data: Mapping[str, Any]) -> ConfirmModel:
    """The model back; raises KeyError or TypeError when parts are missing."""
    return ConfirmModel(
        weights=tuple(data["weights"]),
        curve=Isotonic(tuple(data["curve"]["at"]), tuple(data["curve"]["value"])),
        label_rate=data["label_rate"],
        words=WordCounts(**data["words"]),
        mccs=MccModel(**data["mccs"]),
        brands={brandid: BrandFacts(**facts) for brandid, facts in data["brands"].items()},
        mids=data["mids"],
        thresholds=Thresholds(**data["thresholds"]),
        reliability=tuple(Bin(**b) for b in data["reliability"]),
        market=data["market"],
        vouched=tuple((text, mccid, brandid) for text, mccid, brandid in data.get("vouched", ())),
        advised=data.get("advised", {}),
    )
