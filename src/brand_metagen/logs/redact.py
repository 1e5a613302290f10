"""Text without secrets and without card numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TOKEN = re.compile(
    r"bmg_[A-Za-z0-9_-]+|(?i:bearer|authorization\W{1,4}basic)\s+\S+"
    r"|(?i:password|passwd|secret|api[_-]?key|access[_-]?key)\W{1,4}\S+"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
)
"""Our tokens, what stands behind the words for secrets, and ids of AWS keys."""
IN_URL = re.compile(r"(://[^/\s:@]{0,200}:)[^@\s/]{1,500}(?=@)")
"""A password within an address."""
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
"""Thirteen to nineteen digits, as payment card numbers have (ISO/IEC 7812)."""
SECRET_NAME = re.compile(r"(?i)passw|secret|token$|authorization|api_?key|cookie|webhook")
"""Names of fields whose text is never written."""
NARRATIVE_NAME = re.compile(r"(?i)narratives?|remark|feedback_text")
"""Names of fields that hold what customers' statements or reviewers say."""
HIDDEN, SILENT = "[secret]", "[text]"
MOST_CHARS = 4_000
"""Characters of one text; what is longer is cut."""


def redacted(text: str) -> str:
    """The text with tokens and passwords cut out and of card numbers the last four digits left.

    >>> redacted("Bearer bmg_abc for 4111 1111 1111 1111, postgresql://ana:pw@host/db")
    '[secret] for [card …1111], postgresql://ana:[secret]@host/db'
    """
    text = text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}…"
    return CARD.sub(_last_four, IN_URL.sub(rf"\1{HIDDEN}", TOKEN.sub(HIDDEN, text)))


def harmless(value: Any, *, narratives: bool, name: str = "") -> Any:
    """Plain data of any depth without secrets, and without narratives unless they are wanted.

    >>> harmless({"token": "x", "narrative": "STAR 12", "tokens_in": 3}, narratives=False)
    {'token': '[secret]', 'narrative': '[text]', 'tokens_in': 3}
    """
    if isinstance(value, Mapping):
        return {
            redacted(str(key)): harmless(item, narratives=narratives, name=str(key))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [harmless(item, narratives=narratives, name=name) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if SECRET_NAME.search(name):
        return HIDDEN
    if NARRATIVE_NAME.search(name) and not narratives:
        return SILENT
    return redacted(str(value))


def _last_four(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return f"[card …{digits[-4:]}]"
