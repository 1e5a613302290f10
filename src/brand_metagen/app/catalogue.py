"""What is known of brands: the customer's own table as the last run left it, and the world's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from brand_metagen.config import McpSettings
from brand_metagen.errors import InputError, NotFound
from brand_metagen.ports import Fit
from brand_metagen.records import Brand, Mcc
from brand_metagen.registry.alignment import (
    MOST_ALTERNATIVES,
    Alignment,
    Sectors,
    align,
    folded,
    known_sectors,
)
from brand_metagen.registry.brands import KnownBrand, known_brands, lookup, squeeze
from brand_metagen.registry.mccs import known_mccs
from brand_metagen.registry.search import Names, search_known
from brand_metagen.registry.sectors import category

WORLD = "known:"
"""Begins the id of a brand that only the packaged table has."""
MOST_FOUND = 100
LONGEST_QUERY = 200
"""Characters of a name that is looked up."""
NEAR = 5
"""Sectors named when one is not known."""


@dataclass(frozen=True, slots=True)
class BrandHit:
    """A brand found by its name; `origin` is `customer` or `registry`."""

    brandid: str
    brandname: str
    sector: str
    origin: str
    likeness: float
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    wikidata: str


@dataclass(frozen=True, slots=True)
class MccUse:
    """A code of a brand: rows confirmed for it (0 = usual for shops of its kind), and their
    share."""

    mccid: str
    mcc_desc: str
    sector: str
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class BrandInfo:
    """A brand with its rows: `combos` labelled to it, `confirmed` decided for it."""

    hit: BrandHit
    combos: int
    confirmed: int
    mccs: tuple[MccUse, ...]
    similar: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectorCheck:
    """How a sector fits a brand; `basis` says on what: its rows, its usual codes, or nothing."""

    brandid: str
    brandname: str
    sector: str
    given_sector: str
    fit: Fit
    alignment: float | None
    alternatives: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class SectorCodes:
    """The codes of a sector, most used first."""

    sector: str
    codes: tuple[MccUse, ...]


@dataclass(frozen=True)
class Catalogue:
    """Answers over one run's tables (or none) and the packaged ones; nothing in it changes."""

    settings: McpSettings
    brands: Mapping[str, Brand]
    mccs: Mapping[str, Mcc]
    labelled: Mapping[str, int]
    """Rows labelled to each brand."""
    uses: Mapping[str, Mapping[str, int]]
    """Rows confirmed for each brand, by code."""

    @cached_property
    def _own(self) -> Names[Brand]:
        return Names((b, b.brandname, ()) for b in self.brands.values())

    @cached_property
    def _world(self) -> Mapping[str, KnownBrand]:
        return {world_id(b): b for b in known_brands()}

    @cached_property
    def _sector_of(self) -> Mapping[str, str]:
        """The sector of every code: the customer's word first."""
        world = {mcc.mccid: mcc.sector for mcc in known_mccs()}
        return world | {mcc.mccid: mcc.sector for mcc in self.mccs.values() if mcc.sector}

    def search(self, query: str, sector: str = "", limit: int = 10) -> list[BrandHit]:
        """Brands whose name is like the query, likest first, the customer's before the world's.

        Raises InputError for an empty or overlong query and a limit that will not do.
        """
        if not query.strip() or len(query) > LONGEST_QUERY:
            raise InputError(f"query is a name of 1 to {LONGEST_QUERY} characters")
        if not 1 <= limit <= MOST_FOUND:
            raise InputError(f"limit lies between 1 and {MOST_FOUND}, not at {limit}")
        found = list(self._hits(query))
        if sector.strip():
            found = [hit for hit in found if folded(hit.sector) == folded(sector)]
        return sorted(found, key=lambda hit: -hit.likeness)[:limit]

    def _hits(self, query: str) -> Iterator[BrandHit]:
        least = self.settings.likeness
        for own in self._own.search(query, least):
            yield self._own_hit(own.found, own.likeness)
        for world in search_known(query, least):
            yield _world_hit(world.found, world.likeness)

    def _own_hit(self, brand: Brand, likeness: float = 1.0) -> BrandHit:
        known = retail_brands(brand.brandname)
        return BrandHit(
            brand.brandid,
            brand.brandname,
            brand.sector,
            "customer",
            likeness,
            tuple(dict.fromkeys(a for b in known for a in b.aliases)),
            tuple(sorted({r for b in known for r in b.regions})),
            next((b.wikidata for b in known if b.wikidata), ""),
        )

    def info(self, brandid: str) -> BrandInfo:
        """One brand; raises NotFound when neither table has it."""
        if (brand := self.brands.get(brandid)) is not None:
            uses = self.uses.get(brandid, {})
            mccs = self._used(uses) or self._usual(retail_brands(brand.brandname))
            near = self._near(brand.brandname, brandid)
            return BrandInfo(
                self._own_hit(brand), self.labelled.get(brandid, 0), sum(uses.values()), mccs, near
            )
        world = self._world_brand(brandid)
        near = self._near(world.name, brandid)
        return BrandInfo(_world_hit(world, 1.0), 0, 0, self._usual([world]), near)

    def _near(self, name: str, brandid: str) -> tuple[str, ...]:
        found = (hit for hit in self._hits(name) if hit.brandid != brandid)
        return tuple(dict.fromkeys(hit.brandname for hit in found))[:NEAR]

    def _world_brand(self, brandid: str) -> KnownBrand:
        world = self._world.get(brandid)
        if world is None:
            raise NotFound(f"no brand {brandid[:64]!r}; `search_brands` finds ids by name")
        return world

    def _used(self, uses: Mapping[str, int]) -> tuple[MccUse, ...]:
        total = sum(uses.values())
        ranked = sorted(uses.items(), key=lambda use: (-use[1], use[0]))
        return tuple(self._use(mccid, n, n / total) for mccid, n in ranked)

    def _usual(self, known: Sequence[KnownBrand]) -> tuple[MccUse, ...]:
        codes = dict.fromkeys(c for b in known for c in category(b.category).usual_mccids)
        return tuple(self._use(mccid, 0, 0.0) for mccid in codes)

    def _use(self, mccid: str, rows: int, share: float) -> MccUse:
        mcc = self.mccs.get(mccid) or _world_mccs().get(mccid)
        text = mcc.mcc_desc if mcc else ""
        return MccUse(mccid, text, self._sector_of.get(mccid, ""), rows, round(share, 6))

    def check(self, brandid: str, sector: str) -> SectorCheck:
        """Hold a sector against a brand's confirmed rows, or against its usual codes where it has
        too few (design: 5). Raises NotFound for a brand, InputError for a sector nobody has."""
        self._known_sector(sector)
        if (brand := self.brands.get(brandid)) is not None:
            name, given, uses = brand.brandname, brand.sector, self.uses.get(brandid, {})
            known = retail_brands(name)
        else:
            world = self._world_brand(brandid)
            name, given, uses, known = world.name, world.sector, {}, [world]
        sectors = self._sectors(without=brandid)
        if sum(uses.values()) >= FEW_ROWS:
            found, basis = align(uses, sectors, sector, self.settings.sector_valid), "rows"
        else:
            found, basis = best_fit(known, sectors, sector, self.settings), "usual codes"
        if found.share is None:
            basis = "nothing"
        fit = fit_of(found.share, self.settings)
        return SectorCheck(
            brandid, name, sector, given, fit, found.share, found.alternatives, basis
        )

    def _sectors(self, without: str = "") -> Sectors:
        """Every sector with its codes: those of its name, and those that rows of its brands (one
        left out) carry often enough."""
        uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for brandid, brand in self.brands.items():
            if brandid != without:
                uses[brand.sector].update(self.uses.get(brandid, {}))
        named = [(mcc.sector, mcc.mccid) for mcc in self.mccs.values()]
        return Sectors.of([*named, *usual_codes(uses)]).joined(known_sectors())

    def codes(self, sector: str) -> SectorCodes:
        """The codes of a sector; raises InputError, with near names, for one nobody has."""
        named, wanted = self._known_sector(sector), self._sectors().codes[folded(sector)]
        of_sector = [
            self.uses.get(b.brandid, {})
            for b in self.brands.values()
            if folded(b.sector) == folded(sector)
        ]
        rows = {m: sum(use.get(m, 0) for use in of_sector) for m in wanted}
        total = sum(rows.values())
        ranked = sorted(rows.items(), key=lambda use: (-use[1], use[0]))
        return SectorCodes(
            named, tuple(self._use(m, n, n / total if total else 0.0) for m, n in ranked)
        )

    def _known_sector(self, sector: str) -> str:
        names = self._sectors().names
        if folded(sector) not in names:
            near = Names((s, s, ()) for s in names.values()).search(sector[:64], 0.5)
            listed = [m.found for m in near] or sorted(names.values())
            raise InputError(f"no sector {sector[:64]!r}; there are {', '.join(listed[:NEAR])} …")
        return names[folded(sector)]


USUAL_SHARE = 0.02
"""Share of a sector's rows from which a code is usual there (evaluate.sector_code_share)."""
FEW_ROWS = 5
"""Confirmed rows from which they say more than what is usual (EVA-10)."""


def fit_of(share: float | None, settings: McpSettings) -> Fit:
    """An alignment in words (MCP-08)."""
    if share is None:
        return Fit.UNKNOWN
    if share >= settings.sector_strong:
        return Fit.STRONG
    return Fit.VALID if share >= settings.sector_valid else Fit.MISMATCH


def usual_codes(uses: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str]]:
    """Pairs of a sector and a code that a fair share of the rows of its brands carries; `uses`
    counts rows by sector and code."""
    for sector, counts in uses.items():
        total = sum(counts.values())
        yield from ((sector, m) for m, n in sorted(counts.items()) if n >= USUAL_SHARE * total)


def best_fit(
    known: Sequence[KnownBrand], sectors: Sectors, sector: str, settings: McpSettings
) -> Alignment:
    """The best alignment among the kinds of shop a brand has; a chain may sell petrol as well.

    Its usual codes stand most usual first; each counts by its rank (1, 1/2, 1/3 …).
    """
    best = Alignment(None, ())
    alternatives: dict[str, None] = {}
    for brand in known:
        usual = category(brand.category).usual_mccids
        codes = {mccid: 1.0 / rank for rank, mccid in enumerate(usual, start=1)}
        found = align(codes, sectors, sector, settings.sector_valid)
        alternatives.update(dict.fromkeys((brand.sector, *found.alternatives)))
        if found.share is not None and (best.share is None or found.share > best.share):
            best = found
    if best.share is None or best.share >= settings.sector_valid:
        return Alignment(best.share, ())
    return Alignment(best.share, tuple(alternatives)[:MOST_ALTERNATIVES])


def world_id(brand: KnownBrand) -> str:
    """The id of a brand of the packaged table."""
    return f"{WORLD}{brand.wikidata or squeeze(brand.name) or brand.name}:{brand.category}"


def _world_hit(brand: KnownBrand, likeness: float) -> BrandHit:
    return BrandHit(
        world_id(brand),
        brand.name,
        brand.sector,
        "registry",
        likeness,
        brand.aliases,
        brand.regions,
        brand.wikidata,
    )


def retail_brands(name: str) -> list[KnownBrand]:
    """Brands so called, those that only have it as an alias left out where one is called so."""
    found = [b for b in lookup(name) if category(b.category).retail]
    return [b for b in found if squeeze(b.name) == squeeze(name)] or found


def _world_mccs() -> Mapping[str, Mcc]:
    return {mcc.mccid: mcc for mcc in known_mccs()}
