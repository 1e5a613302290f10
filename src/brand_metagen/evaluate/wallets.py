"""Payment intermediaries in narratives, found where a wallet stands (knowledge: wallets.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from brand_metagen.config import EvaluateSettings


@dataclass(frozen=True, slots=True)
class WalletHit:
    """The wallet that paid, and how many characters of the narrative come before the merchant."""

    wallet: str
    prefix_length: int


class WalletStrategy(StrEnum):
    """What the share of wallet rows means for a rule (WAL-03)."""

    IGNORE = "ignore"
    MATCH_BOTH = "match both"
    DROP_PREFIX = "drop the prefix, confirm"


def detect(narrative: str) -> WalletHit | None:
    """The wallet of a normalised narrative, if one stands there and something follows it.

    >>> detect("SQ *STARBUCKS")
    WalletHit(wallet='Square', prefix_length=4)
    >>> detect("CARD PAYMENT TO PAYPAL *ARGOS").wallet
    'PayPal'
    >>> detect("SLOANE SQUARE"), detect("SQUARE ENIX"), detect("PAYPAL")
    (None, None, None)
    """
    pattern, names = _compiled()
    match = pattern.match(narrative)
    if match is None or match.end() == len(narrative):
        return None
    return WalletHit(names[match["mark"]], match.end())


def wallet_names() -> tuple[str, ...]:
    """All wallets known, in the order of the file."""
    return tuple(wallet["name"] for wallet in _knowledge()["wallet"])


def strategy(share: float, settings: EvaluateSettings) -> WalletStrategy:
    """What a share of wallet rows asks for; the bounds belong to the middle."""
    if share < settings.wallet_some:
        return WalletStrategy.IGNORE
    if share <= settings.wallet_most:
        return WalletStrategy.MATCH_BOTH
    return WalletStrategy.DROP_PREFIX


@cache
def _knowledge() -> dict[str, list[dict[str, str]]]:
    text = files(__package__).joinpath("data/wallets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _compiled() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern (bank form, exceptions shut out, the longest mark), and whose mark is whose."""
    knowledge = _knowledge()
    names: dict[str, str] = {}
    exceptions: list[str] = []
    for wallet in knowledge["wallet"]:
        names |= dict.fromkeys(wallet["marks"], wallet["name"])
        exceptions += wallet.get("not", [])
    forms = _alternatives(knowledge["bank_forms"]["words"])  # type: ignore[call-overload]
    shut = _alternatives(exceptions)
    marks = _alternatives(list(names))
    return re.compile(rf"(?:(?:{forms}) )?(?!(?:{shut})\b)(?P<mark>{marks})[ ]*"), names


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
