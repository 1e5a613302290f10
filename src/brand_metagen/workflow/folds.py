"""What is learned of a brand, and the folds in which rows are held out."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brand_metagen.records import Piece, Rule, plain
from brand_metagen.synthesise.learn import Learned

FOLDS = 2


def fold_of(narrative: str) -> int:
    """Which fold a narrative is held out in; the same on every machine."""
    return zlib.crc32(narrative.encode()) % FOLDS


@dataclass(frozen=True, slots=True)
class BrandRules:
    """A brand's rule from the whole market, and one per fold learned without that fold."""

    brandid: str
    full: Learned
    folds: tuple[Learned, ...]


def rules_to_json(rules: BrandRules) -> Any:
    """Plain data for a step's artifact."""
    return plain(rules)


def rules_from_json(data: Mapping[str, Any]) -> BrandRules:
    """The value back."""
    return BrandRules(
        data["brandid"], _learned(data["full"]), tuple(_learned(x) for x in data["folds"])
    )


def _learned(data: Mapping[str, Any]) -> Learned:
    rule = data["rule"]
    if rule is not None:
        pieces = tuple(Piece(**piece) for piece in rule["pieces"])
        rule = Rule(
            rule["brandid"], rule["include"], rule["exclude"], tuple(rule["mccids"]), pieces
        )
    return Learned(data["brandid"], rule, data["rounds"], tuple(data["reasons"]))
