"""Which merchant category codes a brand's rows may carry: P(mcc | brand), smoothed by the market.

A brand shows few of the codes it will be seen with. What it lacks is borrowed twice. Its own rows
are filled up with its sector's, the less the more of its own there are. Beside them a share of the
rows of every brand, however large, carries codes that turn up out of place (wallets, acquirers,
head offices); they are found by pooling and need no list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

BORROWED_ROWS = 0.03
"""Weight of the borrowed distribution, in narratives of the brand's own."""
RARE_SHARE = 0.12
"""A code below this share of its brand and of its sector stands out of place."""
PRIOR_STRAYS = 20.0
"""Rows imagined out of place, half as the market's codes are spread, half evenly: any may come."""
LEAST_STRAY = 0.01
LEAST_ROWS = 4
"""Narratives from which a brand's own rare codes can be told."""
MOST_ROWS = 12.0
"""A brand's say in its sector's distribution stops growing at this many narratives."""
WIDER = (0.7, 0.5, 0.35, 0.25, 0.125, 0.0)
"""Lower floors that are tried where a market is too small to pool codes, in parts of the usual."""
MOST_LISTED = 20.0
"""Codes per brand, on average, that wider lists may come to (design.md, Numbers): longer ones would
say nothing of a brand any more."""
WORTH_WIDENING = 0.02
"""Share of the brands' own rows that wider lists must regain: else they only grow longer."""
OWN_SHARE = 0.6
"""Share of own rows among those that wider lists take; about one own row in five is not labelled
so."""


class Named(NamedTuple):
    """A narrative with a code that holds a brand's name: which part it is in, whether labelled."""

    brandid: str
    mccid: str
    part: int
    own: bool


@dataclass(frozen=True)
class MccModel:
    """What the market lends to a brand: P(mcc | sector), and where codes out of place land."""

    sectors: Mapping[str, Mapping[str, float]]
    everywhere: Mapping[str, float]
    out_of_place: Mapping[str, float]
    stray: float
    """Share of rows whose code is out of place."""

    def p(self, sector: str, own: Mapping[str, float], mccid: str, less: float = 0.0) -> float:
        """P(mcc | brand) from its own narratives per code (`own`) and what is borrowed.

        `less` takes so many narratives of this code out again: a row must not speak for itself.
        """
        usual = self._usual(sector).get(mccid, 0.0)
        seen = max(0.0, own.get(mccid, 0.0) - less)
        home = (seen + BORROWED_ROWS * usual) / (sum(own.values()) - less + BORROWED_ROWS)
        return (1 - self.stray) * home + self.stray * self.out_of_place.get(mccid, 0.0)

    def listed(self, sector: str, own: Mapping[str, float], floor: float) -> tuple[str, ...]:
        """The codes of probability `floor` or more, in order."""
        likely = self.likely(sector, own)
        return tuple(sorted(code for code, p in likely.items() if p >= floor))

    def likely(self, sector: str, own: Mapping[str, float]) -> dict[str, float]:
        """P(mcc | brand) of every code that may come."""
        home = (1 - self.stray) / (sum(own.values()) + BORROWED_ROWS)
        usual, likely = self._usual(sector), self._strayed.copy()
        for code in {*own, *usual}:
            seen = own.get(code, 0.0) + BORROWED_ROWS * usual.get(code, 0.0)
            likely[code] = likely.get(code, 0.0) + home * seen
        return likely

    @cached_property
    def _strayed(self) -> dict[str, float]:
        return {code: self.stray * share for code, share in self.out_of_place.items()}

    def _usual(self, sector: str) -> Mapping[str, float]:
        return self.sectors.get(sector, self.everywhere)


def fit_mccs(
    rows: Mapping[str, Mapping[str, float]], sector_of: Mapping[str, str], codes: Iterable[str]
) -> MccModel:
    """Pool narratives per brand and code (`rows`) into the model; it lists no code but `codes`."""
    codes = sorted(codes)
    sectors = _sector_shares(rows, sector_of)
    seen: dict[str, float] = dict.fromkeys(codes, 0.0)
    for counts in rows.values():
        for mccid, count in counts.items():
            if mccid in seen:
                seen[mccid] += count
    everywhere = _normalised(seen)
    strays, total = _strays(rows, sector_of, sectors)
    prior = {m: 0.5 * everywhere.get(m, 0.0) + 0.5 / len(codes) for m in codes}
    pooled = _normalised({m: strays.get(m, 0.0) + PRIOR_STRAYS * prior[m] for m in codes})
    share = sum(strays.values()) / total if total else 0.0
    return MccModel(sectors, everywhere, pooled, max(share, LEAST_STRAY))


def wide_floor(
    named: Mapping[Named, int], sector_of: Mapping[str, str], codes: Sequence[str], floor: float
) -> float:
    """The floor that suits a market: a lower one than `floor` where rows left out ask for it.

    `named` tells how often each stands there. Each part of the rows is left out once and asks
    whether its codes would still be listed. In a market of many rows they mostly are; in a small
    one few codes are known, and a name says more.
    """
    own: list[tuple[float, int]] = []
    other: list[tuple[float, int]] = []
    for part in sorted({row.part for row in named}):
        rows = _own_rows(named, sector_of, part)
        model = fit_mccs(rows, sector_of, codes)
        for row, count in named.items():
            if row.part == part:
                p = model.p(sector_of[row.brandid], rows[row.brandid], row.mccid)
                (own if row.own else other).append((p, count))
    size = sum(count for _, count in own)
    floors = [share * floor for share in reversed(WIDER)]
    for lower, length in zip(floors, _mean_lengths(named, sector_of, codes, floors), strict=True):
        if length > MOST_LISTED:
            continue
        more = sum(count for p, count in own if lower <= p < floor)
        wrong = sum(count for p, count in other if lower <= p < floor)
        if more >= WORTH_WIDENING * size and more >= OWN_SHARE * (more + wrong) and more:
            return lower
    return floor


def _own_rows(
    named: Mapping[Named, int], sector_of: Mapping[str, str], without: int | None = None
) -> dict[str, Counter[str]]:
    """Every brand's own rows per code, those of one part left out."""
    rows: dict[str, Counter[str]] = {brandid: Counter() for brandid in sector_of}
    for row, count in named.items():
        if row.own and row.part != without:
            rows[row.brandid][row.mccid] += count
    return rows


def _mean_lengths(
    named: Mapping[Named, int],
    sector_of: Mapping[str, str],
    codes: Sequence[str],
    floors: Sequence[float],
) -> list[float]:
    """Codes that a brand's list would hold on average at each of some floors."""
    rows = _own_rows(named, sector_of)
    model = fit_mccs(rows, sector_of, codes)
    listed = [0] * len(floors)
    for brandid, own in rows.items():
        likely = sorted(model.likely(sector_of[brandid], own).values())
        for n, floor in enumerate(floors):
            listed[n] += len(likely) - bisect_left(likely, floor)
    return [count / len(rows) if rows else 0.0 for count in listed]


def _strays(
    rows: Mapping[str, Mapping[str, float]],
    sector_of: Mapping[str, str],
    sectors: Mapping[str, Mapping[str, float]],
) -> tuple[Mapping[str, float], float]:
    """Rows whose code is rare for brand and sector, per code; and all rows looked at."""
    strays: dict[str, float] = defaultdict(float)
    total = 0.0
    for brandid, counts in sorted(rows.items()):
        size = sum(counts.values())
        if size < LEAST_ROWS:
            continue
        total += size
        usual = sectors[sector_of[brandid]]
        for mccid, count in sorted(counts.items()):
            if count / size < RARE_SHARE and usual.get(mccid, 0.0) < RARE_SHARE:
                # Two rows at most: one brand's habit is not the market's.
                strays[mccid] += min(count, 2.0)
    return strays, total


def _sector_shares(
    rows: Mapping[str, Mapping[str, float]], sector_of: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for brandid, counts in sorted(rows.items()):
        size = sum(counts.values())
        weight = min(size, MOST_ROWS) / size if size else 0.0
        for mccid, count in sorted(counts.items()):
            sums[sector_of[brandid]][mccid] += weight * count
    return {sector: _normalised(counts) for sector, counts in sorted(sums.items())}


def _normalised(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {m: n / total for m, n in sorted(counts.items())} if total else {}
