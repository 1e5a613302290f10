"""A small market whose first brand is also printed under a name that nobody could guess."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from brand_metagen.publish.classifier import Classifier
from brand_metagen.publish.release import load
from brand_metagen.records import Decision
from brand_metagen.tables.normalise import normalise
from markets import CODES, TOWNS, Row, shops

NAMES = (
    "Northwind Coffee", "Aspen Grille", "Texas Roadhouse", "Peacock Stores", "Kestrel Books",
    "Harbour Fuel", "Maple Bakery", "Violet Florist", "Orchard Foods", "Granite Gym",
    "Lantern Cinema", "Saddlers Pets",
)  # fmt: skip
BRANDS = {str(101 + i): name for i, name in enumerate(NAMES)}
FIRST = "101"
ALIAS = "Q7VX"
OTHERS = {"102": "ZK41", "103": "W0R8", "104": "B3KK", "105": "XT55", "106": "J2JD"}
"""More brands that are printed under such names."""


def rows() -> list[Row]:
    """Rows by name for all, by the other name for some; every fourth of these has no label."""
    found: list[Row] = []
    for brandid, name in BRANDS.items():
        found += shops(name, brandid, "5812", 12)
    for brandid, alias in {FIRST: ALIAS, **OTHERS}.items():
        found += [
            (f"{alias} {31 * i + 7} {TOWNS[i % 12]}", "" if i % 4 == 3 else brandid, "5812")
            for i in range(8)
        ]
    return found


def unseen(aliases: Iterable[tuple[str, str]] = ((FIRST, ALIAS),)) -> list[tuple[str, str]]:
    """Narratives never shown, and whose they are."""
    found = [(f"{name} 9{i} RIPON", brandid) for brandid, name in BRANDS.items() for i in range(3)]
    for brandid, alias in aliases:
        found += [(f"{alias} 88{i} RIPON", brandid) for i in range(6)]
    return [(normalise(text), brandid) for text, brandid in found]


def write(folder: Path, drawn: Sequence[Row], names: dict[str, str] | None = None) -> Path:
    """The four tables as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    brands = BRANDS if names is None else names
    tables: dict[str, list[Sequence[str]]] = {
        "brand": [("brandid", "brandname", "sector"), *((b, n, "Food") for b, n in brands.items())],
        "brand_to_check": [("brandid",), *((b,) for b in brands)],
        "mcc": [("mccid", "mcc_desc", "sector"), *((m, *said) for m, said in CODES.items())],
        "combo": [("ccid", "bankid", "mid", "brandid", "mccid", "narrative")],
    }
    for i, (text, brandid, mccid, *_) in enumerate(drawn):
        tables["combo"].append((f"{i:05d}", "B1", "", brandid, mccid, text))
    for name, lines in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
    return folder


def f1(release: Path, wanted: Sequence[tuple[str, str]]) -> float:
    """Of rows given to a brand and rows that are a brand's, by a release."""
    found = load(release / "metadata.jsonl")
    classifier = Classifier([m.rule for m in found.metadata if m.rule], found.model)
    texts = [text for text, _ in wanted]
    answers = classifier.explained(texts, ["5812"] * len(texts), [""] * len(texts))
    given = [
        a.brandid if a.decision in (Decision.CONFIRMED, Decision.REVIEW) else "" for a in answers
    ]
    right = sum(g == b != "" for g, (_, b) in zip(given, wanted, strict=True))
    return 2 * right / (sum(map(bool, given)) + sum(bool(b) for _, b in wanted))


def digests(release: Path) -> dict[str, str]:
    """Every file of an export but the record of the run, by its bytes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(release.iterdir())
        if path.name != "run.json"
    }
