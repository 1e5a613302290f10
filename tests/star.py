"""One brand that is three, inside a small market of others: its tables, and its truth apart.

STAR holds Star Market (5411, 5499), Star Burger (5812, 5814) and Star Coffee (5814, some 5812).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markets import TOWNS

STAR = "900"
PARTS = {
    "Star Market": ("STAR MARKET", ("5411", "5411", "5411", "5499"), 16),
    "Star Burger": ("STAR BURGER", ("5812", "5814"), 16),
    "Star Coffee": ("STAR COFFEE", ("5814", "5814", "5814", "5814", "5812"), 15),
}
"""Of each part the name on statements, the codes its branches take in turn, and the branches."""
OTHERS = {
    "101": ("Harbour Grill", "Restaurants", ("5812", "5814")),
    "102": ("Pepper Lane", "Restaurants", ("5812", "5814")),
    "103": ("Moorland Foods", "Grocery", ("5411", "5499")),
    "104": ("Orchard Gate", "Grocery", ("5411", "5499", "5411")),
    "105": ("Copper Kettle", "Fast Food", ("5814", "5812")),
    "106": ("Quarry Shoes", "Fashion", ("5661",)),
    "107": ("Tidewell", "Fashion", ("5651",)),
    "108": ("Fernhill Fuel", "Fuel", ("5541", "5542")),
    "109": ("Bellweather Books", "Books", ("5942",)),
    "110": ("Larkspur Pharmacy", "Health", ("5912",)),
    "111": ("Granite Tools", "Home", ("5200", "5251")),
    "112": ("Willow Pets", "Pets", ("5995",)),
}
CODES = {
    "5200": ("Home supply warehouses", "Home"),
    "5251": ("Hardware shops", "Home"),
    "5411": ("Groceries and supermarkets", "Grocery"),
    "5499": ("Food shops", "Grocery"),
    "5541": ("Service stations", "Fuel"),
    "5542": ("Fuel dispensers", "Fuel"),
    "5651": ("Family clothing", "Fashion"),
    "5661": ("Shoe shops", "Fashion"),
    "5812": ("Restaurants", "Restaurants"),
    "5814": ("Fast food", "Fast Food"),
    "5912": ("Chemists", "Health"),
    "5942": ("Book shops", "Books"),
    "5995": ("Pet shops", "Pets"),
}
LAYOUTS = (
    "{name} {number} {town}", "{name} {town}", "SQ *{name} {town}", "{name} {number} {town} GB",
)  # fmt: skip
ROWS_OF_BRANCH = 3

TableRow = tuple[str, ...]


@dataclass
class Market:
    """Rows of `combo`, and whose each is: a part's name, another brand's id, or nobody's."""

    rows: list[TableRow] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)

    def add(self, mid: str, brandid: str, mccid: str, narrative: str, truth: str) -> None:
        ccid = f"{len(self.rows) + 1:05d}"
        self.rows.append((ccid, "1", mid, brandid, mccid, narrative))
        self.truth[ccid] = truth


def star_market() -> Market:
    """All rows: the three parts', the others', and shops that only look like them."""
    made = Market()
    for brandid, (name, _, codes) in sorted(OTHERS.items()):
        for mid, code, text in _branches(name.upper(), codes, 14, brandid):
            made.add(mid, brandid, code, text, brandid)
    for place, (part, (name, codes, branches)) in enumerate(sorted(PARTS.items())):
        for mid, code, text in _branches(name, codes, branches, f"S{place}"):
            made.add(mid, STAR, code, text, part)
    _without_words(made)
    return made


def _branches(
    name: str, codes: Sequence[str], count: int, series: str
) -> Iterator[tuple[str, str, str]]:
    for i in range(count):
        town, code = TOWNS[(i + len(name)) % len(TOWNS)], codes[i % len(codes)]
        for j in range(ROWS_OF_BRANCH):
            layout = LAYOUTS[(i + j) % len(LAYOUTS)]
            text = layout.format(name=name, number=100 + 7 * i, town=town)
            yield f"M{series}{i:03d}", code, text


def _without_words(made: Market) -> None:
    """Rows that say STAR alone: told by their code, by their merchant, or by nothing."""
    for i in range(6):
        code, text = ("5411", "5499")[i % 2], f"STAR {900 + i} {TOWNS[i]}"
        made.add(f"W{i}", STAR, code, text, "Star Market")
    for place, (part, _) in enumerate(sorted(PARTS.items())):
        for row in [r for r in made.rows if r[2] == f"MS{place}001"][:1]:
            made.add(row[2], STAR, row[4], f"STAR {207 + place} RIPON", part)
    made.add("N1", STAR, "5814", "STAR 950 LUTON", "")


def write_tables(folder: Path, made: Market) -> Path:
    """The four tables as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    brands = [(b, name, sector) for b, (name, sector, _) in OTHERS.items()]
    brands.append((STAR, "Star", "Grocery"))
    _write(folder / "brand.csv", ("brandid", "brandname", "sector"), brands)
    _write(folder / "brand_to_check.csv", ("brandid",), [(b,) for b, *_ in brands])
    codes = [(code, *said) for code, said in CODES.items()]
    _write(folder / "mcc.csv", ("mccid", "mcc_desc", "sector"), codes)
    columns = ("ccid", "bankid", "mid", "brandid", "mccid", "narrative")
    _write(folder / "combo.csv", columns, made.rows)
    return folder


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
