"""Payment intermediaries in narratives, found where a wallet stands (knowledge: wallets.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from brand_metagen.config import EvaluateSettings

PHONE = r"[0-9][0-9-]{4,}(?: |$)"
"""A reference or telephone number where a bare wallet's merchant would stand."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """What is known of one intermediary; the fields are those of wallets.toml."""

    name: str
    kind: str
    spellings: tuple[str, ...]
    separators: tuple[str, ...]
    bare: tuple[str, ...]
    own: tuple[str, ...]
    are: tuple[str, ...]
    are_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WalletHit:
    """The wallet that paid, its kind, and the characters that stand before the merchant."""

    wallet: str
    kind: str
    prefix_length: int


class WalletStrategy(StrEnum):
    """What the share of wallet rows means for a rule (WAL-03)."""

    IGNORE = "ignore"
    MATCH_BOTH = "match both"
    DROP_PREFIX = "drop the prefix, confirm"


def detect(narrative: str) -> WalletHit | None:
    """The wallet of a normalised narrative, if one stands there and a merchant follows it.

    >>> detect("SQ *STARBUCKS")
    WalletHit(wallet='Square', kind='processor', prefix_length=4)
    >>> detect("CARD PAYMENT TO PAYPAL *ARGOS").wallet
    'PayPal'
    >>> detect("SLOANE SQUARE"), detect("SQUARE ENIX"), detect("PAYPAL")
    (None, None, None)
    """
    match = _pattern().match(narrative)
    if match is None:
        return None
    assert match.lastgroup is not None  # every alternative is a named group
    wallet = wallets()[int(match.lastgroup[1:])]
    return WalletHit(wallet.name, wallet.kind, match.end())


def wallet_names() -> tuple[str, ...]:
    """All wallets known, in the order of the file."""
    return tuple(wallet.name for wallet in wallets())


def strategy(share: float, settings: EvaluateSettings) -> WalletStrategy:
    """What a share of wallet rows asks for; the bounds belong to the middle."""
    if share < settings.wallet_some:
        return WalletStrategy.IGNORE
    if share <= settings.wallet_most:
        return WalletStrategy.MATCH_BOTH
    return WalletStrategy.DROP_PREFIX


@cache
def wallets() -> tuple[Wallet, ...]:
    """Everything wallets.toml says of wallets, in its order."""
    return tuple(_wallet(said) for said in knowledge()["wallet"])


def _wallet(said: Mapping[str, Any]) -> Wallet:
    lists = ("spellings", "separators", "bare", "own", "are", "are_not")
    return Wallet(said["name"], said["kind"], *(tuple(said[name]) for name in lists))


@cache
def knowledge() -> dict[str, Any]:
    """wallets.toml as it stands."""
    text = files(__package__).joinpath("data/wallets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _pattern() -> re.Pattern[str]:
    """Bank forms, then one named group per wallet: its number tells whose mark it was."""
    forms = _either(knowledge()["bank_forms"]["words"])
    marks = "|".join(f"(?P<w{i}>{_marks(wallet)})" for i, wallet in enumerate(wallets()))
    return re.compile(f"(?:{forms} +(?:[0-9]{{2,12}} )?){{0,2}}(?:{marks})")


def _marks(wallet: Wallet) -> str:
    """What one wallet prints before a merchant, and what must not or must follow it."""
    own = rf"(?!{_either(wallet.own)}(?![A-Z]))" if wallet.own else ""
    spelt = rf"{_either(wallet.spellings)} *{_either(wallet.separators)} *"
    marked = rf"{spelt}{own}(?=[^A-Z0-9]*[A-Z0-9])"
    if not wallet.bare:
        return marked
    # A bare word is weak: behind it a name has to begin, and a number alone is none.
    merchant = rf"(?!{PHONE})(?=[A-Z0-9][^A-Z]*[A-Z]|[A-Z][A-Z0-9])"
    return rf"{marked}|{_either(wallet.bare)} +{own}{merchant}"


def _either(words: Iterable[str]) -> str:
    """The words as alternatives, longest first so that none hides another.

    >>> _either(["A", "AB", "*"])
    '(?:AB|\\\\*|A)'
    """
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered))})"
