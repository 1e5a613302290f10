"""Figures as JSON: the same values that a page shows, by their names in the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from brand_metagen.reports.periods import Period


def to_json(values: Mapping[str, Any]) -> bytes:
    """One document, UTF-8; the same values give the same bytes. Moments are UTC in ISO 8601."""
    return (json.dumps(plain(values), indent=2, ensure_ascii=False) + "\n").encode()


def plain(value: Any) -> Any:
    """A record as JSON can take it; a period by its days and its moments.

    >>> plain({"day": date(2026, 3, 1), "shares": (0.5, None)})
    {'day': '2026-03-01', 'shares': [0.5, None]}
    """
    if isinstance(value, Period):
        days = {"first": value.first, "last": value.last, "start": value.start, "end": value.end}
        return {name: plain(moment) for name, moment in days.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
