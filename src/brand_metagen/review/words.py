"""Words of reviewers and of rows as pieces of patterns."""

from __future__ import annotations

from functools import lru_cache

from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.match.matcher import searcher
from brand_metagen.match.readings import Search

_SPECIAL = frozenset(r".*+?()[]{}|^$\\")


@lru_cache(10_000)
def safe_search(pattern: str) -> Search:
    """A pattern's search function, linear whoever wrote the pattern; raises RuleError."""
    return searcher(pattern)


def checked(words: str) -> None:
    """Refuse words that no pattern can ask for, or that say next to nothing; raises RuleError."""
    if not (words[:1].isalnum() and words[-1:].isalnum()):
        raise RuleError(f"{words[:80]!r}: begin and end with a letter or digit")
    check_pattern(joined(words))


def escaped(text: str) -> str:
    """A text as a pattern for itself.

    >>> escaped("A.B (C)")
    'A\\\\.B \\\\(C\\\\)'
    """
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in text)


def joined(words: str) -> str:
    """Words as a pattern that also takes them written as one, or tied by a hyphen.

    >>> joined("STAR MARKET")
    'STAR[ -]?MARKET'
    """
    return "[ -]?".join(map(escaped, words.split()))


def outside(include: str, text: str) -> str:
    """The words of a text that a pattern's match does not touch, or touches only in part.

    >>> outside("STAR", "CARD STARBURST LEEDS"), outside("STAR", "STAR LEEDS")
    ('CARD STARBURST LEEDS', 'LEEDS')
    """
    match = safe_search(include)(text)
    if match is None:
        return text
    begin, end = match.span()
    kept, at = [], 0
    for word in text.split(" "):
        if not begin <= at < at + len(word) <= end:
            kept.append(word)
        at += len(word) + 1
    return " ".join(kept)
