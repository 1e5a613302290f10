"""Make the packaged tables again from the published ones.

Sources: name-suggestion-index (names, categories, regions, Wikidata ids, other spellings) and
iso18245 (codes and descriptions). Sectors are ours (sectors.csv, mcc_sectors.csv).
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

BRAND_COLUMNS = ("name", "aliases", "category", "sector", "regions", "wikidata")
MCC_COLUMNS = ("mccid", "mcc_desc", "sector")


def build_brands(source: Path, target: Path) -> int:
    """From a CSV of name, category, regions, wikidata, match_names to `brands.csv.gz`; rows written.

    Categories without a sector are left out: nobody pays at an advertising column.
    """
    sector_of = sectors_by_category()
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(
            {
                (r["name"], r["match_names"], r["category"], sector_of[r["category"]], r["regions"],
                 r["wikidata"])
                for r in csv.DictReader(file)
                if r["category"] in sector_of
            }
        )
    target.write_bytes(gzip.compress(_csv(BRAND_COLUMNS, rows), mtime=0))
    return len(rows)


def build_mccs(source: Path, target: Path) -> int:
    """From a CSV of mcc, edited_description to `mccs.csv`; rows written."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = sorted(
            (r["mcc"], r["edited_description"], mcc_sector(r["mcc"])) for r in csv.DictReader(file)
        )
    target.write_bytes(_csv(MCC_COLUMNS, rows))
    return len(rows)


def sectors_by_category() -> Mapping[str, str]:
    """OSM category → sector."""
    return {c: row["sector"] for row in _table("sectors.csv") for c in row["categories"].split()}


def usual_codes() -> Mapping[str, tuple[str, ...]]:
    """Sector → its usual codes, the most usual first."""
    return {row["sector"]: tuple(row["mccids"].split()) for row in _table("sectors.csv")}


def mcc_sector(mccid: str) -> str:
    """The sector of a code.

    >>> mcc_sector("5814"), mcc_sector("0742")
    ('Restaurants', 'Agriculture')
    """
    for row in _table("mcc_sectors.csv"):
        if row["first"] <= mccid <= row["last"]:
            return row["sector"]
    return ""


def _table(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _csv(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()
