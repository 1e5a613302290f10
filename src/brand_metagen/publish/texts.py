"""Texts of the data as a page may show them: readable, harmless, card numbers masked."""

from __future__ import annotations

import re
import unicodedata
from html import escape

import re2

from brand_metagen.publish.facts import SampledRule

_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_KEPT_BEFORE, _KEPT_AFTER = 6, 4
"""Digits of a card number that may be shown (PCI DSS 3.4.1)."""
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that do not print, among them the marks that turn the reading direction."""


def shown(text: str, limit: int | None = None, *, mask: bool = True) -> str:
    r"""Text as it may be seen: card numbers masked, marks that do not print written out.

    With `limit`, longer text is cut there and its length given. `mask=False` is for ids, where a
    long number is no card. Not escaped: the template does.

    >>> shown("A\u202eB"), shown("4111 1111 1111 1111"), shown("ABCDEF", 3)
    ('A⟨202E⟩B', '4111 11•• •••• 1111', 'ABC… (6 characters)')
    """
    masked = _CARD.sub(_masked, text) if mask else text
    if limit is None or len(text) <= limit:
        return _printable(masked)
    return f"{_printable(masked[:limit])}… ({len(text):,} characters)"


def marked(text: str, rule: SampledRule, limit: int) -> str:
    """Markup of a narrative: the words the rule takes marked, those it shuts out struck.

    Cut around the mark where longer than `limit` characters.
    """
    masked = _CARD.sub(_masked, text)
    span, tag = _span(rule.exclude, text), "del"
    if span is None:
        span, tag = _span(rule.include, text), "mark"
    start, end = span or (0, 0)
    low = max(0, min(start - limit // 4, len(text) - limit))
    high = min(len(text), low + limit)
    parts = [_written(masked[low:start])]
    if end > start:
        parts.append(f"<{tag}>{_written(masked[start : min(end, high)])}</{tag}>")
    parts.append(_written(masked[max(end, low) : high]))
    before, after = "…" if low else "", "…" if high < len(text) else ""
    return before + "".join(parts) + after


def _span(pattern: str | None, text: str) -> tuple[int, int] | None:
    """Where a pattern is found; None also for a pattern that cannot be used, as this only paints.

    RE2, so that no pattern can hang the report.
    """
    if pattern is None:
        return None
    options = re2.Options()
    options.case_sensitive, options.log_errors = False, False
    try:
        match = re2.search(pattern, text, options=options)
    except re2.error:
        return None
    return match.span() if match else None


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


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨{ord(c):04X}⟩" if unicodedata.category(c) in _HIDDEN else c for c in text)


def _written(text: str) -> str:
    return escape(_printable(text))
