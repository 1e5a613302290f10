"""The data-quality report: what came, what was left out and why, what the good rows look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from brand_metagen.records import Market, Quarantined

FEW_ROWS = 5
CRITICAL = ("no ", "unknown ", "malformed", "wrong number", "not CSV", "NUL")
"""Beginnings or parts of reasons that are critical data-quality triggers (ING-14)."""


@dataclass(frozen=True, slots=True)
class TableQuality:
    """One table's rows: `collapsed` are exact repeats, `bad` the quarantined ones by reason."""

    table: str
    file: str
    encoding: str
    rows: int
    good: int
    bad: int
    collapsed: int
    reasons: tuple[tuple[str, int], ...]
    ignored_columns: tuple[str, ...] = ()

    @property
    def bad_share(self) -> float:
        return self.bad / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """The four tables and what the good rows say together.

    `corrected` counts the cells and rows that corrections changed, `stale` says of each correction
    that was not applied why.
    """

    tables: tuple[TableQuality, ...]
    labelled: int
    unlabelled: int
    brands_without_rows: int
    brands_with_few_rows: int
    codes_unused: int
    critical: tuple[tuple[str, int], ...]
    brands_without_sector: int = 0
    corrected: int = 0
    stale: tuple[str, ...] = ()


def assess(
    market: Market, tables: Iterable[TableQuality], corrected: int = 0, stale: Iterable[str] = ()
) -> Quality:
    """Count over a checked market."""
    tables = tuple(tables)
    labels = Counter(market.combos.brandid)
    rows = [labels[brandid] for brandid in market.to_check]
    used = set(market.combos.mccid)
    reasons = ((t.table, reason, n) for t in tables for reason, n in t.reasons)
    critical = Counter({f"{table}: {why}": n for table, why, n in reasons if is_critical(why)})
    return Quality(
        tables=tables,
        labelled=len(market.combos) - labels[""],
        unlabelled=labels[""],
        brands_without_rows=sum(n == 0 for n in rows),
        brands_with_few_rows=sum(0 < n < FEW_ROWS for n in rows),
        codes_unused=sum(mccid not in used for mccid in market.mccs),
        critical=tuple(sorted(critical.items())),
        brands_without_sector=sum(not brand.sector for brand in market.brands.values()),
        corrected=corrected,
        stale=tuple(stale),
    )


def count_reasons(quarantine: Iterable[Quarantined]) -> tuple[tuple[str, int], ...]:
    """Reasons with counts, most frequent first."""
    counts = Counter(q.reason for q in quarantine)
    return tuple(sorted(counts.items(), key=lambda x: (-x[1], x[0])))


def is_critical(reason: str) -> bool:
    """Whether a quarantine reason is a critical data-quality trigger (ING-14)."""
    return any(mark in reason for mark in CRITICAL)


def quality_to_json(quality: Quality) -> dict[str, Any]:
    """Plain data."""
    return asdict(quality)


def quality_from_json(data: dict[str, Any]) -> Quality:
    """The report back."""
    tables = tuple(
        TableQuality(
            **{
                **table,
                "reasons": tuple((r, n) for r, n in table["reasons"]),
                "ignored_columns": tuple(table["ignored_columns"]),
            }
        )
        for table in data["tables"]
    )
    critical = tuple((reason, count) for reason, count in data["critical"])
    stale = tuple(data.get("stale", ()))
    return Quality(**{**data, "tables": tables, "critical": critical, "stale": stale})
