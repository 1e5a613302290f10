"""All that is known of a brand before learning, with what a human may want to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.ambiguity import Ambiguity, NameIndex, words_of
from brand_metagen.evaluate.consistency import Consistency, SectorCodes, consistency
from brand_metagen.evaluate.issues import BrandRows, find_issues, guidance
from brand_metagen.evaluate.wallets import WalletStrategy, detect, strategy
from brand_metagen.records import Issue, Market, Severity


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One brand: its rows, codes, wallets, the shape of its narratives, its name, its issues."""

    brandid: str
    rows: int
    narratives: int
    mccs: tuple[tuple[str, int], ...]
    wallets: tuple[tuple[str, int], ...]
    wallet_share: float
    wallet_strategy: WalletStrategy
    suspect_mccs: tuple[str, ...]
    """Codes seen in wallet rows only (WAL-05)."""
    out_of_sector: float
    consistency: Consistency
    ambiguity: Ambiguity
    issues: tuple[Issue, ...]
    guidance: tuple[str, ...]


def evaluate_market(
    market: Market, settings: EvaluateSettings, public_names: Sequence[str]
) -> dict[str, Evaluation]:
    """Evaluate every brand to check; independent of the order of rows."""
    names = NameIndex(market, public_names)
    sectors = SectorCodes(market, settings.sector_code_share)
    positions: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(market.combos.brandid):
        if label:
            positions[label].append(i)
    shared = _shared_narratives(market)
    return {
        brandid: _evaluate(market, brandid, positions[brandid], names, sectors, shared, settings)
        for brandid in market.to_check
    }


def _shared_narratives(market: Market) -> Mapping[str, frozenset[str]]:
    """Narratives labelled to several brands: ties before any rule is learned (EVA-07)."""
    labels: dict[str, set[str]] = defaultdict(set)
    for narrative, label in zip(market.combos.narrative, market.combos.brandid, strict=True):
        if label:
            labels[narrative].add(label)
    return {n: frozenset(brands) for n, brands in labels.items() if len(brands) > 1}


def _evaluate(
    market: Market,
    brandid: str,
    positions: Sequence[int],
    names: NameIndex,
    sectors: SectorCodes,
    shared: Mapping[str, frozenset[str]],
    settings: EvaluateSettings,
) -> Evaluation:
    combos, brand = market.combos, market.brands[brandid]
    hits = {i: hit for i in positions if (hit := detect(combos.narrative[i])) is not None}
    codes = Counter(combos.mccid[i] for i in positions)
    direct = {combos.mccid[i] for i in positions if i not in hits}
    share = len(hits) / len(positions) if positions else 0.0
    merchants = [
        combos.narrative[i][hits[i].prefix_length if i in hits else 0 :] for i in positions
    ]
    rows = BrandRows(
        brand=brand,
        keys=tuple((combos.ccid[i], combos.bankid[i]) for i in positions),
        narratives=tuple(combos.narrative[i] for i in positions),
        mccids=tuple(combos.mccid[i] for i in positions),
        wallet=tuple(i in hits for i in positions),
        words=words_of(brand.brandname),
        suspect=tuple(sorted(set(codes) - direct)) if direct else (),
        contested=tuple(combos.narrative[i] in shared for i in positions),
        share=share,
        out_of_sector=sectors.unusual_share(brandid),
        consistency=consistency(sorted(merchants), settings),
        ambiguity=names.ambiguity(brandid, settings),
    )
    issues = find_issues(rows, settings)
    wallets = Counter(hit.wallet for hit in hits.values())
    return Evaluation(
        brandid=brandid,
        rows=len(positions),
        narratives=len(set(rows.narratives)),
        mccs=tuple(sorted(codes.items(), key=lambda x: (-x[1], x[0]))),
        wallets=tuple(sorted(wallets.items(), key=lambda x: (-x[1], x[0]))),
        wallet_share=round(share, 6),
        wallet_strategy=strategy(share, settings),
        suspect_mccs=rows.suspect,
        out_of_sector=round(rows.out_of_sector, 6),
        consistency=rows.consistency,
        ambiguity=rows.ambiguity,
        issues=issues,
        guidance=guidance(issues),
    )


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Plain data, one JSON line per brand."""
    return asdict(evaluation)


def from_json(data: Mapping[str, Any]) -> Evaluation:
    """The evaluation back."""
    shapes = data["consistency"]
    issues = tuple(
        Issue(**{**i, "severity": Severity(i["severity"]), "combos": _pairs(i["combos"])})
        for i in data["issues"]
    )
    return Evaluation(
        **{
            **data,
            "mccs": _pairs(data["mccs"]),
            "wallets": _pairs(data["wallets"]),
            "wallet_strategy": WalletStrategy(data["wallet_strategy"]),
            "suspect_mccs": tuple(data["suspect_mccs"]),
            "consistency": Consistency(**{**shapes, "top": _pairs(shapes["top"])}),
            "ambiguity": Ambiguity(
                **{**data["ambiguity"], "reasons": tuple(data["ambiguity"]["reasons"])}
            ),
            "issues": issues,
            "guidance": tuple(data["guidance"]),
        }
    )


def _pairs(items: Sequence[Sequence[Any]]) -> tuple[tuple[Any, Any], ...]:
    return tuple((a, b) for a, b in items)
