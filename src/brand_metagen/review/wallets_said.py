"""Wallets that a remark speaks of (knowledge: evaluate/data/wallets.toml)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from brand_metagen.evaluate.wallets import wallets
from brand_metagen.review.phrases import words
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.synthesise.names import squeeze

PLAINLY = words("plainly_wallets")
"""Words for wallets and their text that mean nothing else."""
ASKED = frozenset(
    {"missing", "miss", "wish", "ours", "belong", "take", "add", "keep", "appear", "same"}
)
"""Meanings with which a wallet's rows are asked for."""
WALLETS = words("wallets")
COMMON = words("common_words")
"""Spellings of wallets that are words, or brands, besides."""


PAID = (["payments"], ["transactions"], ["purchases"], ["rows"])
"""Words behind a name that make it a wallet's, where a word for what wallets do is near."""


@cache
def _spellings() -> dict[tuple[str, ...], str]:
    """Words of every spelling → the wallet's name."""
    found: dict[tuple[str, ...], str] = {}
    for wallet in wallets():
        for spelling in (wallet.name, *wallet.spellings):
            found.setdefault(tuple(spelling.lower().replace("_", " ").split()), wallet.name)
    return found


def wallets_said(
    tokens: Sequence[Token], means: set[str], brandname: str, denied: bool
) -> tuple[str, ...]:
    """Names of the wallets that the rule has to match with and without; "" for any wallet.

    Nothing where wallets are only mentioned, or are to be shut out.
    """
    called = "wallet" in means
    said = {token.word for token in tokens}
    plainly = bool(said & PLAINLY)
    asked = bool(means & ASKED)
    named = _named(tokens, called or asked, plainly, squeeze(brandname))
    calm = {"split"} if means & {"wish", "only"} else {"fine", "praise", "split"}
    if denied or means & calm:
        return ()
    if called and (named or said & WALLETS):
        return tuple(named) or ("",)
    if plainly and said & {"with", "without"}:
        return ("",)
    if named and asked and not means & {"shut_out", "wrong", "others", "not"}:
        return tuple(named)
    return ()


def _named(tokens: Sequence[Token], asked: bool, plainly: bool, own: str) -> list[str]:
    """Wallets named: with their star, unmistakably, or beside a word for wallets."""
    surely, perhaps = False, dict[str, None]()
    for at, token in enumerate(tokens):
        if token.form in (Form.QUOTE, Form.CODE_QUOTE) and (name := wallet_before(token.raw)):
            surely, perhaps[name] = True, None
        for length in (2, 1):
            spelling = tuple(t.word for t in tokens[at : at + length])
            found = _spellings().get(spelling)
            if found is None or squeeze(" ".join(spelling)) == own:
                continue
            behind = [t.word for t in tokens[at + length : at + length + 1]]
            star = behind == ["*"]
            sure = star or plainly or _unmistakable(spelling) or (asked and behind in PAID)
            surely = surely or sure
            if sure or (spelling[0] in COMMON and _listed(tokens, at, length)):
                perhaps[found] = None
                break
    return list(perhaps) if surely else []


def _listed(tokens: Sequence[Token], at: int, length: int) -> bool:
    """Whether a word stands in a list."""
    before = tokens[at - 1].word if at else ""
    behind = tokens[at + length].word if at + length < len(tokens) else ""
    return bool({before, behind} & {"and", "&", "+", ",", "/", "or"})


def wallet_before(words: str) -> str:
    """The wallet whose text stands before a star: "SQ *CAFE"."""
    head, star, _ = words.lower().partition("*")
    return _spellings().get(tuple(head.replace("_", " ").split()), "") if star else ""


def _unmistakable(spelling: tuple[str, ...]) -> bool:
    return len("".join(spelling)) >= 5 and (len(spelling) > 1 or spelling[0] not in COMMON)


def wallet_of(words: str) -> str:
    """The wallet that normalised words are a spelling of, if they mean nothing else."""
    if not _unmistakable(tuple(words.lower().split())):
        return ""
    return _spellings().get(tuple(words.lower().split()), "")
