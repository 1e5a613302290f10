"""The published packages as rows: brands from name-suggestion-index, codes from iso18245."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from brand_metagen.errors import InputError

INDEX = "package/dist/json/nsi.min.json"
"""Where the npm archive holds its items."""
TREE = "brands/"
COUNTRIES = ("gb", "ie", "us")
"""Countries whose brands are taken (ISO 3166)."""
WITH_PARTS = ("gb", "us")
"""Those of which a part, such as `us-tx.geojson`, counts as well."""
WIDER = {"001": ("GB", "US"), "150": ("GB",), "q3336843": ("GB",)}
"""Wider areas of the source and what they count as here: the world, Europe, the United Kingdom's
countries."""
MOST_ALIASES = 6
"""Other names taken of one brand, in the order of the source."""
LISTS = ("iso18245_official", "visa", "mastercard", "usda")
"""Lists of codes, the first that has a code describes it; those of other schemes add codes of their
own that no statement here carries."""


def brand_rows(archive: Path) -> Iterator[dict[str, str]]:
    """Brands of an archive of `npm pack name-suggestion-index` in the columns of the extract.

    Raises InputError for another file.
    """
    try:
        with tarfile.open(archive) as packed:
            member = packed.extractfile(INDEX)
            assert member is not None
            tree = json.load(member)["nsi"]
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise InputError(
            f"{archive}: no archive of name-suggestion-index ({error}). "
            "`npm pack name-suggestion-index@VERSION` makes one"
        ) from error
    for path, branch in tree.items():
        if path.startswith(TREE):
            for item in branch["items"]:
                if regions := _regions(item["locationSet"]):
                    yield _brand(path.removeprefix(TREE), item, regions)


def _brand(category: str, item: Mapping[str, Any], regions: list[str]) -> dict[str, str]:
    return {
        "name": item["displayName"],
        "category": category,
        "regions": "|".join(regions),
        "wikidata": item["tags"].get("brand:wikidata", ""),
        "match_names": "|".join(item.get("matchNames", ())[:MOST_ALIASES]),
    }


def _regions(places: Mapping[str, Any]) -> list[str]:
    """Our countries among the places of an item."""
    found: set[str] = set()
    for place in (str(p).lower() for p in places.get("include", ()) if not isinstance(p, list)):
        found.update(WIDER.get(place, ()))
        country = place.partition("-")[0]
        if place in COUNTRIES or country in WITH_PARTS:
            found.add(country.upper())
    return sorted(found)


def code_rows(wheel: Path) -> Iterator[dict[str, str]]:
    """Codes of a wheel of iso18245 in the columns of the extract, in order.

    Raises InputError for another file.
    """
    described: dict[str, str] = {}
    try:
        with zipfile.ZipFile(wheel) as packed:
            for name in LISTS:
                text = packed.read(f"iso18245/data/{name}_list.csv").decode("utf-8")
                for code, description, *_ in list(csv.reader(io.StringIO(text, newline="")))[1:]:
                    described.setdefault(code, description)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputError(
            f"{wheel}: no wheel of iso18245 ({error}). `pip download iso18245` fetches one"
        ) from error
    for code, description in sorted(described.items()):
        yield {"mcc": code, "edited_description": description}
