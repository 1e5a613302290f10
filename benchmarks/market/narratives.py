"""One merchant's rows: a layout, filled in by lot."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.market.knowledge import Layout, Part
from benchmarks.market.spelling import spelt

REFERENCE = string.ascii_uppercase + string.digits
POSTAL = ("AB", "HJ", "NX", "QT", "UD", "WL")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
USUAL_CODE = 0.85
"""Share of a merchant's rows that carry the first of its codes."""
OWN_MID = 0.3
"""Share of a shop's rows under a merchant id of their own (a new till, a new contract)."""

LEAST = 6
"""Characters of a name that no cut takes away; the whole name where it is shorter."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A place of a merchant."""

    mid: str
    town: str
    number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Whoever takes a payment. `brandid` is empty for strangers, `resembles` for all others."""

    name: str
    mccids: tuple[str, ...]
    kind: str
    brandid: str = ""
    resembles: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A payment as a statement shows it; `slip` is empty where the name is written well."""

    merchant: Merchant
    narrative: str
    mid: str
    mccid: str
    layout: Layout
    slip: str


def shop(rng: Random, part: Part) -> Shop:
    """A new shop somewhere."""
    town = rng.choice(part.words.towns)
    phone = rng.choice(("0", "+44")) + _digits(rng, rng.choice((9, 10)))
    return Shop(_mid(rng), town, _digits(rng, 4), phone)


def write(rng: Random, part: Part, merchant: Merchant, at: Shop, codes: Sequence[str]) -> Written:
    """One row of a merchant at a shop.

    `codes` are those of all brands of the market, repeated as often as they have them: what a row
    may carry by mistake.
    """
    layout = rng.choices(part.layouts, [each.weight for each in part.layouts])[0]
    name, slip = spelt(rng, part, merchant.name, merchant.aliases)
    text = rng.choice(layout.texts).format_map(_Fields(rng, part, merchant, name, at))
    if rng.random() < part.shares.cut:
        text = _cut(text, name, rng.choice(part.shares.cuts))
    own_mid = layout.kind in ("web", "wallet") or rng.random() < OWN_MID
    return Written(
        merchant=merchant,
        narrative=text.strip(),
        mid=_mid(rng) if own_mid else at.mid,
        mccid=_code(rng, part, merchant, layout, codes),
        layout=layout,
        slip=slip if name in text or _squeezed(name)[:8] in text else "",
    )


def _cut(text: str, name: str, length: int) -> str:
    """The text cut off, unless too little of the name would be left to know it by."""
    kept = text[:length]
    return kept if name[:LEAST] in kept or _squeezed(name)[:LEAST] in kept else text


def _code(rng: Random, part: Part, merchant: Merchant, layout: Layout, codes: Sequence[str]) -> str:
    if rng.random() < part.shares.stray:
        return rng.choice([code for code in codes if code not in merchant.mccids])
    if rng.random() < layout.mcc_share:
        return rng.choice(layout.mccids)
    first, *others = merchant.mccids
    return first if not others or rng.random() < USUAL_CODE else rng.choice(others)


class _Fields(Mapping[str, str]):
    """What a layout's braces stand for, drawn when asked for."""

    def __init__(self, rng: Random, part: Part, merchant: Merchant, name: str, at: Shop) -> None:
        self._rng, self._part, self._merchant, self._name, self._at = rng, part, merchant, name, at

    def __getitem__(self, field: str) -> str:
        return _FIELDS[field](self)

    def __iter__(self) -> Iterator[str]:
        return iter(_FIELDS)

    def __len__(self) -> int:
        return len(_FIELDS)

    def digits(self, count: int) -> str:
        return _digits(self._rng, count)

    def any_of(self, choices: Sequence[str]) -> str:
        return self._rng.choice(choices)


_FIELDS: Mapping[str, Callable[[_Fields], str]] = {
    "name": lambda f: f._name,
    "squeezed": lambda f: _squeezed(f._name),
    "domain": lambda f: _squeezed(f._merchant.name) + f.any_of(f._part.words.domains),
    "town": lambda f: f._at.town,
    "number": lambda f: f._at.number,
    "phone": lambda f: f._at.phone,
    "short": lambda f: f.digits(2),
    "digits": lambda f: f.digits(8),
    "last4": lambda f: f.digits(4),
    "ref": lambda f: "".join(f.any_of(REFERENCE) for _ in range(f._rng.randint(6, 9))),
    "date": lambda f: f"{f._rng.randint(1, 28):02}{f.any_of(MONTHS)}",
    "slash": lambda f: f"{f._rng.randint(1, 28):02}/{f._rng.randint(1, 12):02}",
    "time": lambda f: f"{f._rng.randint(7, 22):02}:{f._rng.randint(0, 59):02}",
    "amount": lambda f: f"{f._rng.randint(1, 120)}.{f.digits(2)}",
    "country": lambda f: f.any_of(f._part.words.countries),
    "street": lambda f: f.any_of(f._part.words.streets),
    "postcode": lambda f: f"{f._at.town[:2]}{f.digits(1)} {f.digits(1)}{f.any_of(POSTAL)}",
}
FIELDS = frozenset(_FIELDS)
"""What may stand in the braces of a layout."""


def _squeezed(name: str) -> str:
    return "".join(filter(str.isalnum, name))


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def _mid(rng: Random) -> str:
    return f"M{_digits(rng, 9)}"
