"""Figures as sums over the rows behind them: whoever counts the rows gets the figure.

Most who ask for a figure never look at its rows, so these are told in words only when asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, compress
from math import fsum
from operator import attrgetter
from typing import Any, TypeVar

from brand_metagen.analytics.stats import Interval, ratio_interval, wilson

T = TypeVar("T")
WHOSE = attrgetter("brandid")


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


Told = tuple[Of, str, str, str]
"""A thing as a row has it: its kind, its id, its moment, and words."""


@dataclass(frozen=True, slots=True)
class Part:
    """Things that are counted: of each its brand (empty = none's), what it adds to numerator and
    denominator, and how it is told."""

    things: Sequence[Any]
    brands: Sequence[str]
    tops: Sequence[float]
    bottoms: Sequence[float]
    tell: Callable[[Any], Told]

    def rows(self) -> list[Evidence]:
        """The things told."""
        found = []
        columns = zip(self.things, self.brands, self.tops, self.bottoms, strict=True)
        for thing, brandid, top, bottom in columns:
            kind, name, at, says = self.tell(thing)
            found.append(Evidence(kind, name, brandid, at, top, bottom, says))
        return found


def part(
    things: Sequence[T],
    top: Callable[[T], float] | float,
    bottom: Callable[[T], float] | float,
    tell: Callable[[T], Told],
    brand: Callable[[T], str] = WHOSE,
) -> Part:
    """Things with what each adds, or with what all add alike.

    >>> told = part(["a", "b"], 1.0, len, lambda s: (Of.RUN, s, "2026-05-01", ""), lambda s: s)
    >>> told.tops, told.bottoms, told.rows()[1].id
    ([1.0, 1.0], [1, 1], 'b')
    """
    tops, bottoms = (
        list(map(each, things)) if callable(each) else [each] * len(things)
        for each in (top, bottom)
    )
    return Part(things, list(map(brand, things)), tops, bottoms, tell)


def of_rows(rows: Sequence[Evidence]) -> Part:
    """Rows that are told already."""
    return part(rows, lambda r: r.top, lambda r: r.bottom, lambda r: (r.kind, r.id, r.at, r.says))


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula counted: `top` ÷ `bottom`, the brands behind it, an interval where one can be
    given, and the things. `value` is None where there was nothing to count."""

    top: float
    bottom: float
    interval: Interval | None
    brands: tuple[str, ...] = ()
    note: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def value(self) -> float | None:
        return self.top / self.bottom if self.bottom else None

    def rows(self) -> tuple[Evidence, ...]:
        """The rows behind it in order of time, told anew each time."""
        found = chain.from_iterable(part.rows() for part in self.parts)
        return tuple(sorted(found, key=lambda row: (row.at, row.brandid, row.kind, row.id)))


def counted(*parts: Part, interval: Interval | None = None, note: str = "") -> Counted:
    """The sums of some things; they do not hang on the order of these (fsum rounds once).

    >>> row = Evidence(Of.ACT, "7", "12", "2026-05-01", 1, 2)
    >>> counted(of_rows([row])).value, counted(of_rows([row])).brands, counted().value
    (0.5, ('12',), None)
    """
    brands: set[str] = set()
    for p in parts:
        brands.update(p.brands if all(p.bottoms) else compress(p.brands, p.bottoms))
    top = fsum(chain.from_iterable(p.tops for p in parts))
    bottom = fsum(chain.from_iterable(p.bottoms for p in parts))
    return Counted(top, bottom, interval, tuple(sorted(brands - {""})), note, parts)


def share(*parts: Part, note: str = "") -> Counted:
    """A share of things that are each counted once, with Wilson's interval."""
    found = counted(*parts)
    interval = wilson(round(found.top), round(found.bottom)) if found.bottom else None
    return Counted(found.top, found.bottom, interval, found.brands, note, parts)


def ratio(*parts: Part, note: str = "", by_brand: bool = False) -> Counted:
    """A ratio of sums with its interval; those of one brand are one unit where they go together."""
    found = counted(*parts)
    each = [pair for p in parts for pair in zip(p.tops, p.bottoms, strict=True)]
    interval = ratio_interval(_of_brands(parts) if by_brand else each)
    return Counted(found.top, found.bottom, interval, found.brands, note, parts)


def _of_brands(parts: Sequence[Part]) -> list[tuple[float, float]]:
    """The sums of each brand."""
    units: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for p in parts:
        for brandid, top, bottom in zip(p.brands, p.tops, p.bottoms, strict=True):
            tops, bottoms = units[brandid]
            tops.append(top)
            bottoms.append(bottom)
    return [(fsum(tops), fsum(bottoms)) for tops, bottoms in units.values()]
