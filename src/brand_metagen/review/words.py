"""Words of reviewers and of rows as pieces of patterns."""

from __future__ import annotations

from brand_metagen.synthesise.judge import compiled

_SPECIAL = frozenset(r".*+?()[]{}|^$\\")


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
    match = compiled(include).search(text)
    if match is None:
        return text
    begin, end = match.span()
    kept, at = [], 0
    for word in text.split(" "):
        if not begin <= at < at + len(word) <= end:
            kept.append(word)
        at += len(word) + 1
    return " ".join(kept)
