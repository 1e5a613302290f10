"""What the market is made of, read from the files in `data/`, which say how to edit them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OPEN, WITHHELD = "open", "withheld"
PARTS = (OPEN, WITHHELD)
DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a narrative is written; `mccids` replace the merchant's code in `mcc_share` of rows."""

    name: str
    part: str
    kind: str
    weight: float
    texts: tuple[str, ...]
    mccids: tuple[str, ...]
    mcc_share: float


@dataclass(frozen=True, slots=True)
class Spelling:
    """A habit or a slip of writing a name; `name` is that of its function in `spelling.py`."""

    name: str
    part: str
    sort: str
    weight: float


@dataclass(frozen=True, slots=True)
class Stranger:
    """A kind of merchant that is no brand of the market."""

    name: str
    part: str
    weight: float
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """How dirty a market is; shares.toml says what each is a share of."""

    look_alikes: float
    background: float
    habits: float
    slips: float
    slip_again: float
    cut: float
    cuts: tuple[int, ...]
    wrong: float
    missing: float
    look_alikes_labelled: float
    background_labelled: float
    stray: float
    same_trade: float
    long_tail: float
    fewest: int


@dataclass(frozen=True, slots=True)
class Words:
    """What narratives are filled with; `trades` are (words, code)."""

    forenames: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    countries: tuple[str, ...]
    endings: tuple[str, ...]
    domains: tuple[str, ...]
    towns: tuple[str, ...]
    trades: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """All that one part of the market may draw from."""

    name: str
    layouts: tuple[Layout, ...]
    habits: tuple[Spelling, ...]
    slips: tuple[Spelling, ...]
    look_alikes: tuple[Stranger, ...]
    background: tuple[Stranger, ...]
    shares: Shares
    words: Words


def layouts() -> tuple[Layout, ...]:
    """Every layout, in the order of the file."""
    return tuple(
        Layout(
            name=entry["name"],
            part=entry["part"],
            kind=entry["kind"],
            weight=entry["weight"],
            texts=tuple(entry["texts"]),
            mccids=tuple(entry.get("mccids", ())),
            mcc_share=entry.get("mcc_share", 0.0),
        )
        for entry in _toml("layouts")["layout"]
    )


def spellings() -> tuple[Spelling, ...]:
    """Every habit and slip, in the order of the file."""
    return tuple(Spelling(**entry) for entry in _toml("spellings")["spelling"])


def strangers(sort: str) -> tuple[Stranger, ...]:
    """Every kind of `look_alike` or `background`, in the order of the file."""
    return tuple(
        Stranger(entry["name"], entry["part"], entry["weight"], tuple(entry["texts"]))
        for entry in _toml("merchants")[sort]
    )


@cache
def part(name: str) -> Part:
    """What the open or the withheld market draws from.

    Layouts and towns are its own. Of spellings, look-alikes and background the withheld market has
    the open kinds too.
    """
    usable = (OPEN,) if name == OPEN else PARTS
    spelt = [spelling for spelling in spellings() if spelling.part in usable]
    return Part(
        name=name,
        layouts=tuple(layout for layout in layouts() if layout.part == name),
        habits=tuple(spelling for spelling in spelt if spelling.sort == "habit"),
        slips=tuple(spelling for spelling in spelt if spelling.sort == "slip"),
        look_alikes=tuple(kind for kind in strangers("look_alike") if kind.part in usable),
        background=tuple(kind for kind in strangers("background") if kind.part in usable),
        shares=_shares(_toml("shares")[name]),
        words=_words(name),
    )


def _shares(entry: Mapping[str, Any]) -> Shares:
    return Shares(**{**entry, "cuts": tuple(entry["cuts"])})


def _words(name: str) -> Words:
    lists = dict(_toml("words"))
    towns = tuple(lists.pop("towns")[name])
    with (DATA / "trades.csv").open(encoding="utf-8", newline="") as file:
        trades = tuple((row["trade"], row["mccid"]) for row in csv.DictReader(file))
    return Words(**{key: tuple(words) for key, words in lists.items()}, towns=towns, trades=trades)


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
