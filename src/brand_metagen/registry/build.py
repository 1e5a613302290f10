"""Rebuild the packaged tables from their published sources, byte for byte the same each time.

Sources: the published packages (an npm archive of name-suggestion-index, a wheel of iso18245), or
CSV extracts of them (columns name, category, regions, wikidata, match_names; mcc,
edited_description).
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from brand_metagen.errors import InputError
from brand_metagen.records import Mcc
from brand_metagen.registry.brands import LIST_SEPARATOR, KnownBrand, squeeze
from brand_metagen.registry.packages import brand_rows, code_rows
from brand_metagen.registry.sectors import category, sector_of_mcc

BRAND_COLUMNS = ("name", "category", "regions", "wikidata", "match_names")
MCC_COLUMNS = ("mcc", "edited_description")


def build(brand_source: Path, mcc_source: Path, out: Path) -> tuple[int, int]:
    """Write `brands.csv.gz` and `mccs.csv` into the folder `out`; returns the rows of each.

    A source ending in .tgz or .whl is the published package, any other CSV (gzipped when its name
    ends in .gz). Raises InputError when a source lacks a column, or has a category or a code that
    sectors.csv does not know.
    """
    brands, mccs = read_brands(brand_source), read_mccs(mcc_source)
    out.mkdir(parents=True, exist_ok=True)
    (out / "brands.csv.gz").write_bytes(packed_brands(brands))
    (out / "mccs.csv").write_text(
        _csv(("mccid", "mcc_desc", "sector"), ((m.mccid, m.mcc_desc, m.sector) for m in mccs)),
        encoding="utf-8",
        newline="",
    )
    return len(brands), len(mccs)


def read_brands(source: Path) -> list[KnownBrand]:
    """Brands of the extract, sorted; rows of one (name, category, wikidata) become one brand."""
    merged: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {}
    rows = brand_rows(source) if source.suffix == ".tgz" else _rows(source, BRAND_COLUMNS)
    for row in rows:
        name = " ".join(row["name"].split())
        aliases, regions = merged.setdefault(
            (name, row["category"], row["wikidata"]), (set(), set())
        )
        regions.update(filter(None, row["regions"].split("|")))
        aliases.update(_aliases(name, row["match_names"]))
    return [
        KnownBrand(
            name, tuple(sorted(aliases)), kind, category(kind).sector, tuple(sorted(regions)), item
        )
        for (name, kind, item), (aliases, regions) in sorted(merged.items())
    ]


def _aliases(name: str, cell: str) -> Iterator[str]:
    """Other spellings worth keeping: those that differ from the name once squeezed.

    The source writes two names of one shop as "sainsbury's / j sainsbury"; either counts.
    """
    seen = {squeeze(name), ""}
    for text in cell.replace(" / ", "|").split("|"):
        alias = " ".join(text.split())
        if squeeze(alias) not in seen:
            seen.add(squeeze(alias))
            yield alias


def read_mccs(source: Path) -> list[Mcc]:
    """Codes in order with their sectors; blanks inside a description become one."""
    rows = code_rows(source) if source.suffix == ".whl" else _rows(source, MCC_COLUMNS)
    codes = {row["mcc"]: " ".join(row["edited_description"].split()) for row in rows}
    return [Mcc(code, text, sector_of_mcc(code)) for code, text in sorted(codes.items())]


def packed_brands(brands: Iterable[KnownBrand]) -> bytes:
    """The table as gzipped CSV without a time stamp, so that the same brands are the same bytes."""
    text = _csv(
        ("name", "aliases", "category", "sector", "regions", "wikidata"),
        (
            (
                brand.name,
                LIST_SEPARATOR.join(brand.aliases),
                brand.category,
                brand.sector,
                LIST_SEPARATOR.join(brand.regions),
                brand.wikidata,
            )
            for brand in brands
        ),
    )
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def _rows(source: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    data = source.read_bytes()
    text = (gzip.decompress(data) if source.suffix == ".gz" else data).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{source}: column {', '.join(missing)} is missing")
    yield from reader
