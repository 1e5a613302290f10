"""How well a sector fits the codes of a brand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from brand_metagen.registry.mccs import known_mccs
from brand_metagen.registry.sectors import categories

MOST_ALTERNATIVES = 3
"""Sectors suggested instead (MCP-02)."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """`share` of the weight of a brand's codes that are codes of the sector, 0 to 1; None = the
    brand has no codes, or the sector has none that are known. `alternatives` fit better, best
    first."""

    share: float | None
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sectors:
    """Sectors by their folded name: how each is written, and its codes."""

    names: Mapping[str, str]
    codes: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Sectors:
        """From pairs of a sector and one of its codes; the first spelling of a name counts."""
        names: dict[str, str] = {}
        codes: defaultdict[str, set[str]] = defaultdict(set)
        for sector, mccid in pairs:
            if key := folded(sector):
                names.setdefault(key, sector)
                codes[key].add(mccid)
        return cls(names, {key: frozenset(found) for key, found in codes.items()})

    def joined(self, other: Sectors) -> Sectors:
        """Both: names as written here, codes of either."""
        keys = {**self.codes, **other.codes}
        codes = {k: self.codes.get(k, frozenset()) | other.codes.get(k, frozenset()) for k in keys}
        return Sectors({**other.names, **self.names}, codes)


def folded(sector: str) -> str:
    """A sector as it is compared: case and doubled blanks do not count."""
    return " ".join(sector.split()).casefold()


@cache
def known_sectors() -> Sectors:
    """The sectors of the packaged tables: codes of the sector, and usual codes of its shops."""
    shops = ((kind.sector, code) for kind in categories() for code in kind.usual_mccids)
    return Sectors.of([*shops, *((mcc.sector, mcc.mccid) for mcc in known_mccs())])


def align(codes: Mapping[str, float], sectors: Sectors, sector: str, least: float) -> Alignment:
    """Hold a sector against codes with their weights.

    Alternatives are sectors that reach `least` and more than the sector asked about.

    >>> table = Sectors.of([("Grocery", "5411"), ("Fuel", "5541"), ("Fuel", "5542")])
    >>> align({"5411": 3, "5541": 1}, table, "fuel", 0.4)
    Alignment(share=0.25, alternatives=('Grocery',))
    >>> align({"5411": 1}, table, "Toys", 0.4)
    Alignment(share=None, alternatives=('Grocery',))
    """
    total = sum(codes.values())
    if total <= 0:
        return Alignment(None, ())
    shares = {
        key: round(sum(w for mccid, w in codes.items() if mccid in known) / total, 6)
        for key, known in sectors.codes.items()
    }
    share = shares.get(folded(sector))
    better = [
        (-found, sectors.names[key])
        for key, found in shares.items()
        if found >= least and found > (share or 0.0)
    ]
    return Alignment(share, tuple(name for _, name in sorted(better)[:MOST_ALTERNATIVES]))
