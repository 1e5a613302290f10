"""Texts of the data as a page may show them: readable, harmless, card numbers masked."""

from __future__ import annotations

import re
import unicodedata

_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_KEPT_BEFORE, _KEPT_AFTER = 6, 4
"""Digits of a card number that may be shown (PCI DSS 3.4.1)."""
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that do not print, among them the marks that turn the reading direction."""

_GLYPHS = (("\0", "\u052f"), ("\u0590", "\u06ff"), ("\u1e00", "\u2bff"))
"""Letters of the fonts in Typst's wheel: Latin, Greek, Cyrillic, Hebrew, Arabic, signs."""
PROSE_CHARS = 1_024
"""Characters of a text on a page made of values; beyond, its length is given."""
_PILED = 3
"""Marks on one letter; written languages need no more."""
_BREAK, _BREAK_EVERY = "\u200b", 8
_LONG = re.compile(r"\S{25,}")
"""Longer than any word of a sentence."""


def shown(text: str, limit: int | None = None, *, mask: bool = True) -> str:
    r"""Text as it may be seen: card numbers masked, marks that do not print written out.

    With `limit`, longer text is cut there and its length given. `mask=False` is for ids, where a
    long number is no card. Not escaped: the template does.

    >>> shown("A\u202eB"), shown("4111 1111 1111 1111"), shown("ABCDEF", 3)
    ('A⟨202E⟩B', '4111 11•• •••• 1111', 'ABC… (6 characters)')
    """
    found = masked(text) if mask else text
    if limit is None or len(text) <= limit:
        return printable(found)
    return f"{printable(found[:limit])}… ({len(text):,} characters)"


def masked(text: str) -> str:
    """Card numbers with their middle digits dotted; as many characters as before."""
    return _CARD.sub(_masked, text)


def printable(text: str) -> str:
    """Marks that do not print as their code."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨{ord(c):04X}⟩" if unicodedata.category(c) in _HIDDEN else c for c in text)


def _masked(match: re.Match[str]) -> str:
    """A number that passes the card checksum, its middle digits dotted; others as they are."""
    found = match.group()
    digits = [int(c) for c in found if c.isdigit()]
    doubled = sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    if (sum(digits[-1::-2]) + doubled) % 10:
        return found
    seen, out = 0, []
    for c in found:
        seen += c.isdigit()
        hide = c.isdigit() and _KEPT_BEFORE < seen <= len(digits) - _KEPT_AFTER
        out.append("•" if hide else c)
    return "".join(out)


def settable(text: str, limit: int = PROSE_CHARS) -> str:
    """Text for a page that is set with few fonts and breaks lines at blanks only.

    As `shown`; letters the fonts lack, and marks piled on one letter, are written as their code,
    and long words may break after every so many letters.
    """
    written = shown(unicodedata.normalize("NFC", text), limit)
    found, piled = [], 0
    for c in written:
        piled = piled + 1 if unicodedata.combining(c) else 0
        found.append(c if piled <= _PILED and _has_glyph(c) else f"⟨{ord(c):04X}⟩")
    return _LONG.sub(lambda run: _BREAK.join(_pieces(run.group())), "".join(found))


def _has_glyph(c: str) -> bool:
    return any(low <= c <= high for low, high in _GLYPHS)


def _pieces(word: str) -> list[str]:
    return [word[i : i + _BREAK_EVERY] for i in range(0, len(word), _BREAK_EVERY)]
