"""Figures as sums over the rows behind them: whoever counts the rows gets the figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from brand_metagen.analytics.stats import Interval, ratio_interval, wilson


class Of(StrEnum):
    """What a row of evidence is; its id is that of the thing."""

    ACT = "act"
    """A decision or remark; the id is its number in the audit log."""
    VERSION = "version"
    """A metadata version, as `17 v3`."""
    CASE = "case"
    REMARK = "remark"
    JUDGED = "judged row"
    """A row that a human judged, as CCID@BANK."""
    COMBO = "row"
    """A row of the market, as CCID@BANK."""
    RUN = "run"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row behind a figure: what it adds to the numerator (`top`) and to the denominator."""

    kind: Of
    id: str
    brandid: str
    at: str
    top: float
    bottom: float
    says: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula counted: `top` ÷ `bottom`, the brands behind it, an interval where one can be
    given, and the rows. `value` is None where there was nothing to count."""

    top: float
    bottom: float
    interval: Interval | None
    brands: tuple[str, ...] = ()
    note: str = ""
    rows: tuple[Evidence, ...] = ()

    @property
    def value(self) -> float | None:
        return self.top / self.bottom if self.bottom else None


def counted(rows: Iterable[Evidence], interval: Interval | None = None, note: str = "") -> Counted:
    """The sums of some rows, in order of time.

    >>> row = Evidence(Of.ACT, "7", "12", "2026-05-01", 1, 2)
    >>> counted([row]).value, counted([row]).brands, counted([]).value
    (0.5, ('12',), None)
    """
    kept = tuple(sorted(rows, key=lambda row: (row.at, row.brandid, row.kind, row.id)))
    brands = sorted({row.brandid for row in kept if row.bottom and row.brandid})
    top, bottom = (fsum(row.top for row in kept), fsum(row.bottom for row in kept))
    return Counted(top, bottom, interval, tuple(brands), note, kept)


def share(rows: Iterable[Evidence], note: str = "") -> Counted:
    """A share of things that are each counted once, with Wilson's interval."""
    found = counted(rows, note=note)
    interval = wilson(round(found.top), round(found.bottom)) if found.bottom else None
    return Counted(found.top, found.bottom, interval, found.brands, note, found.rows)


def ratio(rows: Iterable[Evidence], note: str = "", *, by_brand: bool = False) -> Counted:
    """A ratio of sums with its interval; rows of one brand are one unit where they go together."""
    found = counted(rows, note=note)
    units: dict[str, list[Evidence]] = defaultdict(list)
    for place, row in enumerate(found.rows):
        units[row.brandid if by_brand else str(place)].append(row)
    pairs = [(fsum(r.top for r in unit), fsum(r.bottom for r in unit)) for unit in units.values()]
    interval = ratio_interval(pairs)
    return Counted(found.top, found.bottom, interval, found.brands, note, found.rows)
