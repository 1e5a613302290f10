"""The word lists of the made-up market, read from data/ once."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Trade:
    """What an independent shop does, as it stands in its name, and its usual code."""

    text: str
    mccid: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything narratives are written with besides brand names; all in upper case."""

    towns: tuple[str, ...]
    surnames: tuple[str, ...]
    trades: tuple[Trade, ...]
    independents: tuple[str, ...]
    look_alikes: tuple[str, ...]
    endings: tuple[str, ...]
    colours: tuple[str, ...]
    tails: tuple[str, ...]
    short_forms: Mapping[str, tuple[str, ...]]
    dirt: Mapping[str, float]
    stray_codes: tuple[str, ...]
    wallet_codes: tuple[str, ...]


def read_data(name: str) -> str:
    """The text of a packaged data file."""
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")


@cache
def words() -> Words:
    """The packaged lists.

    >>> "LEEDS" in words().towns
    True
    """
    lists = tomllib.loads(read_data("words.toml"))
    trades = csv.DictReader(io.StringIO(read_data("trades.csv"), newline=""))
    return Words(
        towns=tuple(read_data("towns.txt").splitlines()),
        surnames=tuple(read_data("surnames.txt").splitlines()),
        trades=tuple(Trade(row["trade"], row["mccid"]) for row in trades),
        independents=tuple(lists["independents"]),
        look_alikes=tuple(lists["look_alikes"]),
        endings=tuple(lists["endings"]),
        colours=tuple(lists["colours"]),
        tails=tuple(lists["tails"]),
        short_forms={word: tuple(forms) for word, forms in lists["short_forms"].items()},
        dirt=dict(lists["dirt"]),
        stray_codes=tuple(lists["codes"]["stray"]),
        wallet_codes=tuple(lists["codes"]["wallet"]),
    )
