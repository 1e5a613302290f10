"""Layouts and words, read from data files anybody can edit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Layout:
    """One way a payment is printed (see layouts.toml for the fields)."""

    name: str
    weight: float
    line: str
    squeeze: bool = False
    cut: int | None = None
    width: int | None = None
    code: float = 0.0

    def printed(self, merchant: str, **parts: str) -> str:
        """The line for a merchant.

        >>> Layout("", 1, "PAYPAL *{name}", squeeze=True, cut=4).printed("TEA HOUSE")
        'PAYPAL *TEAH'
        """
        name = merchant
        if self.squeeze:
            name = "".join(c for c in name if c.isalnum())
        if self.cut is not None:
            name = name[: self.cut]
        return self.line.format(name=name.rstrip(), **parts)[: self.width].rstrip()


@dataclass(frozen=True, slots=True)
class Words:
    """Towns, surnames, legal tails, trades by code, and codes that turn up out of place."""

    towns: tuple[str, ...]
    surnames: tuple[str, ...]
    legal: tuple[str, ...]
    trades: dict[str, tuple[str, ...]]
    codes_elsewhere: tuple[str, ...]
    wallet_codes: tuple[str, ...]


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts in the order of the file."""
    return tuple(Layout(**entry) for entry in _read("layouts.toml")["layout"])


@cache
def words() -> Words:
    """All words."""
    data = _read("words.toml")
    return Words(
        towns=tuple(data["towns"].split()),
        surnames=tuple(data["surnames"].split()),
        legal=tuple(data["legal"]),
        trades={code: tuple(names) for code, names in data["trades"].items()},
        codes_elsewhere=tuple(data["codes_elsewhere"]),
        wallet_codes=tuple(_read("layouts.toml")["wallet_codes"]["mccids"]),
    )


def _read(name: str) -> dict:  # type: ignore[type-arg]
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
