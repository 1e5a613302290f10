"""How banks print a merchant: the layouts of data/layouts.toml, filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from string import Formatter
from typing import Any

from brand_metagen.errors import IntegrityError
from brand_metagen.sample.spelling import squeezed
from brand_metagen.sample.words import read_data

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one row was paid: the branch's town, its number and its merchant id."""

    town: str
    number: str
    mid: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text to fill in, and the blanks it has."""

    text: str
    blanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One manner of printing; data/layouts.toml explains the fields."""

    name: str
    brand: float
    shop: float
    texts: tuple[Text, ...]
    cut: tuple[int, ...] = (0,)
    name_cut: tuple[int, ...] = ()
    squeeze: float = 0.0
    wallet: bool = False
    wallet_mcc: float = 0.0
    banks: tuple[str, ...] = ()


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _postcode(rng: Random) -> str:
    letters = "".join(rng.choices("ABCDEGHLMNPRSTWY", k=4))
    return f"{letters[:2]}{rng.randint(1, 29)} {rng.randint(1, 9)}{letters[2:]}"


_BLANKS: dict[str, Callable[[str, Place, Random], str]] = {
    "name": lambda name, _place, _rng: name,
    "name_store": lambda name, place, _rng: f"{name} {place.number}",
    "squeezed": lambda name, _place, _rng: squeezed(name),
    "web": lambda name, _place, _rng: squeezed(name),
    "town": lambda _name, place, _rng: place.town,
    "store": lambda _name, place, _rng: place.number,
    "country": lambda _name, _place, _rng: "GBR",
    "postcode": lambda _name, _place, rng: _postcode(rng),
    "ref": lambda _name, _place, rng: "".join(rng.choices(LETTERS, k=rng.randint(5, 9))),
    "digits": lambda _name, _place, rng: _digits(rng, rng.randint(4, 10)),
    "phone": lambda _name, _place, rng: f"353{_digits(rng, 8)}",
    "card": lambda _name, _place, rng: _digits(rng, 4),
    "amount": lambda _name, _place, rng: f"{rng.randint(1, 120)}.{rng.randint(0, 99):02}",
    "day": lambda _name, _place, rng: f"{rng.randint(1, 28):02}",
    "mon": lambda _name, _place, rng: rng.choice(MONTHS),
    "month": lambda _name, _place, rng: f"{rng.randint(1, 12):02}",
    "year": lambda _name, _place, rng: str(rng.randint(22, 25)),
}


@cache
def layouts() -> tuple[Layout, ...]:
    """The packaged layouts in the order of the file.

    Raises IntegrityError when a text has a blank that nothing fills in.
    """
    return tuple(parsed(fields) for fields in tomllib.loads(read_data("layouts.toml"))["layout"])


def parsed(fields: dict[str, Any]) -> Layout:
    """One table of the file as a layout; lists become tuples."""
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
    }
    values["texts"] = tuple(map(_text, fields["texts"]))
    return Layout(**values)


def _text(text: str) -> Text:
    blanks = tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))
    unknown = [name for name in blanks if name not in _BLANKS]
    if unknown:
        raise IntegrityError(
            f"sample/data/layouts.toml: {text!r}: nothing fills in {', '.join(unknown)}"
        )
    return Text(text, blanks)


def printed(layout: Layout, name: str, place: Place, rng: Random) -> str:
    """The narrative of a merchant called `name`, printed in that layout.

    Dates, references and amounts are drawn from `rng`; the rest comes from `place`.
    """
    if rng.random() < layout.squeeze:
        name = squeezed(name)
    if layout.name_cut:
        name = name[: rng.randint(*layout.name_cut)].rstrip()
    chosen = rng.choice(layout.texts)
    text = chosen.text.format(**{key: _BLANKS[key](name, place, rng) for key in chosen.blanks})
    cut = rng.choice(layout.cut)
    return text[:cut].rstrip() if cut else text
