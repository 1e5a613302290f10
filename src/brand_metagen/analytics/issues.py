"""What reviewers complain of most, and what is systematic about it (LA-10, LA-14, REP-03)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from brand_metagen.analytics.history import History, Stretch

EXAMPLES = 5
SECTOR_SHARE = 0.5
"""Share of an issue's remarks in one sector from which the sector is named as its place."""
SECTOR_LEAST = 3
"""Remarks below which no sector is named."""
ADVICE: Mapping[str, str] = {
    "regex_too_broad": (
        "see in `metadata show` of the examples which piece takes foreign rows; a higher "
        "confirm.precision asks humans about more of them"
    ),
    "regex_too_narrow": (
        "spellings or codes are missing: point at missed rows (`feedback submit --belongs`), or "
        "name the code (`--mcc-in`), which is proposed to brands of the sector that need it too"
    ),
    "mccid_incorrect": (
        "codes of the sector are off: compare `brands combos` with the mcc table, and correct "
        "them at their source or with `brands reassign`"
    ),
    "wallet_handling": (
        "wallet rows hide the merchant: compare `analytics metrics wallet_effectiveness`"
    ),
    "ambiguous_name": (
        "the name means other things too: `brands show` says which; split it, or leave its rows "
        "to humans"
    ),
    "general": "read the remarks: `feedback history BRAND`",
}
"""What is usually done, by category."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One category of remarks: how many, their share of all, the brands with the most of them, the
    sector most of them come from (empty = none stands out), and what is usually done."""

    category: str
    remarks: int
    share: float
    brands: int
    examples: tuple[str, ...]
    sector: str
    advice: str


def issues(history: History, span: Stretch, least: int = 1) -> list[Issue]:
    """Categories with at least so many remarks in the span, the most frequent first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for remark in history.remarks:
        if span.holds(remark.given_at):
            counts[remark.category][remark.brandid] += 1
    total = sum(c.total() for c in counts.values())
    found = [
        Issue(
            category,
            brands.total(),
            brands.total() / total,
            len(brands),
            tuple(b for b, _ in sorted(brands.items(), key=lambda p: (-p[1], p[0]))[:EXAMPLES]),
            _sector(history, brands),
            ADVICE.get(category, ""),
        )
        for category, brands in counts.items()
        if brands.total() >= least
    ]
    return sorted(found, key=lambda issue: (-issue.remarks, issue.category))


def _sector(history: History, brands: Counter[str]) -> str:
    sectors: Counter[str] = Counter()
    for brandid, count in brands.items():
        sectors[history.sectors.get(brandid, "")] += count
    sector, count = min(sectors.items(), key=lambda pair: (-pair[1], pair[0]))
    stands_out = count >= SECTOR_LEAST and count > SECTOR_SHARE * brands.total()
    return sector if stands_out else ""
