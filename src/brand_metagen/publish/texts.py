"""Narratives as the run report shows them, with what a rule takes marked."""

from __future__ import annotations

from html import escape

import re2

from brand_metagen.publish.facts import SampledRule
from brand_metagen.reports.texts import masked, printable


def marked(text: str, rule: SampledRule, limit: int) -> str:
    """Markup of a narrative: the words the rule takes marked, those it shuts out struck.

    Cut around the mark where longer than `limit` characters.
    """
    safe = masked(text)
    span, tag = _span(rule.exclude, text), "del"
    if span is None:
        span, tag = _span(rule.include, text), "mark"
    start, end = span or (0, 0)
    low = max(0, min(start - limit // 4, len(text) - limit))
    high = min(len(text), low + limit)
    parts = [_written(safe[low:start])]
    if end > start:
        parts.append(f"<{tag}>{_written(safe[start : min(end, high)])}</{tag}>")
    parts.append(_written(safe[max(end, low) : high]))
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


def _written(text: str) -> str:
    return escape(printable(text))
