"""All that is known of a brand before learning, with what a human may want to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.ambiguity import Ambiguity, NameIndex, Words, split_words, words_of
from brand_metagen.evaluate.consistency import Consistency, SectorCodes, consistency, tail_words
from brand_metagen.evaluate.issues import BrandRows, Findings, find_issues, guidance
from brand_metagen.evaluate.wallets import WalletHit, WalletStrategy, detect, strategy
from brand_metagen.records import Issue, Market, Severity, plain


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
    """Codes seen in wallet rows only, where others are seen too (WAL-05)."""
    rivals: tuple[tuple[str, int], ...]
    """Brands that the same narratives are labelled to as well, with the rows (EVA-07)."""
    out_of_sector: float
    consistency: Consistency
    ambiguity: Ambiguity
    issues: tuple[Issue, ...]
    guidance: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What every brand's evaluation asks of the market, made once."""

    names: NameIndex
    sectors: SectorCodes
    tails: frozenset[str]
    shared: Mapping[str, frozenset[str]]


def evaluate_market(
    market: Market, settings: EvaluateSettings, public_names: Sequence[str]
) -> dict[str, Evaluation]:
    """Evaluate every brand to check, in order of ids; independent of the order of rows."""
    lookup = _Lookup(
        names=NameIndex(market, public_names),
        sectors=SectorCodes(market, settings.sector_code_share),
        tails=tail_words(market, settings.tail_brands),
        shared=_shared_narratives(market),
    )
    positions: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(market.combos.brandid):
        if label:
            positions[label].append(i)
    rows = (_brand_rows(market, b, positions[b], lookup) for b in sorted(market.to_check))
    return {of.brand.brandid: _evaluate(of, lookup, settings) for of in rows}


def _shared_narratives(market: Market) -> Mapping[str, frozenset[str]]:
    """Narratives labelled to several brands: ties before any rule is learned (EVA-07)."""
    labels: dict[str, set[str]] = defaultdict(set)
    for narrative, label in zip(market.combos.narrative, market.combos.brandid, strict=True):
        if label:
            labels[narrative].add(label)
    return {n: frozenset(brands) for n, brands in labels.items() if len(brands) > 1}


def _brand_rows(
    market: Market, brandid: str, positions: Sequence[int], lookup: _Lookup
) -> BrandRows:
    combos, brand = market.combos, market.brands[brandid]
    words = words_of(brand.brandname)
    narratives = tuple(combos.narrative[i] for i in positions)
    return BrandRows(
        brand=brand,
        words=words,
        keys=tuple((combos.ccid[i], combos.bankid[i]) for i in positions),
        narratives=narratives,
        mccids=tuple(combos.mccid[i] for i in positions),
        hits=tuple(through_wallet(narrative, words) for narrative in narratives),
        rivals=tuple(lookup.shared.get(n, frozenset()) - {brandid} for n in narratives),
        unusual=lookup.sectors.unusual(brandid),
    )


def _evaluate(rows: BrandRows, lookup: _Lookup, settings: EvaluateSettings) -> Evaluation:
    brandid = rows.brand.brandid
    found = Findings(
        consistency=consistency(rows.merchants(), settings, lookup.tails - set(rows.words)),
        ambiguity=lookup.names.ambiguity(brandid, settings),
        out_of_sector=lookup.sectors.unusual_share(brandid),
    )
    issues = find_issues(rows, found, settings)
    return Evaluation(
        brandid=brandid,
        rows=len(rows.keys),
        narratives=len(set(rows.narratives)),
        mccs=_ranked(rows.mccids),
        wallets=_ranked(hit.wallet for hit in rows.hits if hit is not None),
        wallet_share=round(rows.wallet_share(), 6),
        wallet_strategy=strategy(rows.wallet_share(), settings),
        suspect_mccs=rows.suspect_mccs(),
        rivals=_ranked(rival for rivals in rows.rivals for rival in rivals),
        out_of_sector=round(found.out_of_sector, 6),
        consistency=found.consistency,
        ambiguity=found.ambiguity,
        issues=issues,
        guidance=guidance(issues),
    )


def through_wallet(narrative: str, words: Words) -> WalletHit | None:
    """The wallet, unless what looks like one only begins the brand's own longer name.

    >>> through_wallet("SP ENGINEERING LEEDS", ("SP", "ENGINEERING")) is None
    True
    """
    hit = detect(narrative)
    if hit is None or split_words(narrative)[: len(words)] != words:
        return hit
    prefix = sum(map(len, split_words(narrative[: hit.prefix_length])))
    return None if sum(map(len, words)) > prefix else hit


def _ranked(items: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """With counts, most frequent first, equal ones in order."""
    return tuple(sorted(Counter(items).items(), key=lambda x: (-x[1], x[0])))


def to_json(evaluation: Evaluation) -> Any:
    """Plain data, one JSON line per brand."""
    return plain(evaluation)


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
            "rivals": _pairs(data["rivals"]),
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
