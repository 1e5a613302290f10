"""Wallets that a remark speaks of (knowledge: evaluate/data/wallets.toml)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from brand_metagen.evaluate.wallets import wallets
from brand_metagen.review.phrases import words
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.synthesise.names import squeeze

WALLETS = words("wallets")
UNMISTAKABLE = frozenset(
    {"paypal", "sumup", "zettle", "izettle", "klarna", "clearpay", "afterpay", "laybuy", "mypos"}
)
"""Spellings that are no word besides."""


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
    plainly = any(_plainly(tokens, at) for at in range(len(tokens)))
    named = dict.fromkeys(_named(tokens, called, plainly, squeeze(brandname)))
    asked = bool(
        means & {"missing", "miss", "wish", "ours", "belong", "take", "add", "keep", "appear"}
    )
    calm = {"split"} if means & {"wish", "only"} else {"fine", "praise", "split"}
    if denied or means & calm:
        return ()
    if called and (named or any(token.word in WALLETS for token in tokens)):
        return tuple(named) or ("",)
    if plainly and "with" in {token.word for token in tokens} & {"with", "without"}:
        return ("",)
    if named and asked and "shut_out" not in means and not means & {"wrong", "others", "not"}:
        return tuple(named)
    return ()


def _named(tokens: Sequence[Token], called: bool, plainly: bool, own: str) -> list[str]:
    """Wallets named: with their star, unmistakably, or beside a word for wallets."""
    names: list[str] = []
    for at, token in enumerate(tokens):
        if token.form is Form.QUOTE or token.form is Form.CODE_QUOTE:
            words = token.raw.lower().replace("*", " * ").split()
            if "*" in words and (name := _spellings().get(tuple(words[: words.index("*")]))):
                names.append(name)
        for length in (2, 1):
            words_ = tuple(t.word for t in tokens[at : at + length])
            found = _spellings().get(words_)
            if found is None or squeeze(" ".join(words_)) == own:
                continue
            behind = [t.word for t in tokens[at + length : at + length + 1]]
            paid = behind == ["*"] or (called and behind[:1] in PAID)
            if paid or plainly or words_[0] in UNMISTAKABLE:
                names.append(found)
                break
    return names


def _plainly(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word for wallets stands there that means nothing else."""
    word = tokens[at].word
    return word in ("wallet", "wallets", "processor", "processors", "prefix", "prefixes")


def wallet_of(words: str) -> str:
    """The wallet that normalised words are a spelling of, if they mean nothing else."""
    if words.lower() not in UNMISTAKABLE:
        return ""
    return _spellings().get(tuple(words.lower().split()), "")
