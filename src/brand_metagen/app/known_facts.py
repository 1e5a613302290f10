"""Facts about brands from the packaged table alone: what is asked when nobody else answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from brand_metagen.app.catalogue import best_fit, fit_of, retail_brands, usual_codes
from brand_metagen.config import McpSettings
from brand_metagen.ports import Fact, Facts, Known, MarketUse
from brand_metagen.records import Brand
from brand_metagen.registry.alignment import Sectors, folded, known_sectors
from brand_metagen.registry.search import search_known

PACKAGED = "packaged table"
NEAR = 3


class PackagedFacts:
    """The packaged table's word, held against the sectors as the customer's market uses them."""

    def __init__(self, settings: McpSettings, market: MarketUse, note: str = "") -> None:
        self._settings, self._note = settings, note
        self._market = market
        self._uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for sector, counts in market.values():
            self._uses[folded(sector)].update(counts)
        named = {folded(sector): sector for sector, _ in market.values()}
        pairs = ((named[key], mccid) for key, mccid in usual_codes(self._uses))
        self._sectors = Sectors.of(pairs).joined(known_sectors())

    def _sectors_without(self, brand: Brand) -> Sectors:
        """The sectors as the market uses them but for this brand: its own rows prove nothing."""
        key = folded(brand.sector)
        own = self._market.get(brand.brandid, ("", {}))[1]
        others = Counter(self._uses.get(key, {}))
        others.subtract(own)
        counts = {mccid: n for mccid, n in others.items() if n > 0}
        codes = {mccid for _, mccid in usual_codes({key: counts})}
        known = known_sectors().codes.get(key, frozenset())
        left = {k: c for k, c in self._sectors.codes.items() if k != key}
        if both := known | codes:
            left[key] = both
        return Sectors(self._sectors.names, left)

    def about(self, brand: Brand) -> Fact:
        """A brand of exactly that name or alias, spelling habits aside; else unknown, with the
        names that are near as a note."""
        known = retail_brands(brand.brandname)
        if not known:
            near = search_known(brand.brandname, self._settings.likeness)
            names = list(dict.fromkeys(match.found.name for match in near))[:NEAR]
            near_names = f"near: {', '.join(names)}" if names else ""
            note = "; ".join(part for part in (near_names, self._note) if part)
            return Fact(brand.brandid, Known.UNKNOWN, source=PACKAGED, note=note)
        found = best_fit(known, self._sectors_without(brand), brand.sector, self._settings)
        return Fact(
            brand.brandid,
            Known.KNOWN,
            name=known[0].name,
            sector=known[0].sector,
            fit=fit_of(found.share, self._settings),
            alignment=found.share,
            alternatives=found.alternatives,
            aliases=tuple(dict.fromkeys(a for b in known for a in b.aliases)),
            regions=tuple(sorted({r for b in known for r in b.regions})),
            wikidata=next((b.wikidata for b in known if b.wikidata), ""),
            source=PACKAGED,
            note=self._note,
        )


@contextmanager
def packaged_facts(settings: McpSettings, market: MarketUse, note: str = "") -> Iterator[Facts]:
    """The packaged table as somebody to ask; `note` says why nobody else is asked."""
    yield PackagedFacts(settings, market, note)
