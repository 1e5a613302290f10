"""The kinds of reports, and what all of them say alike: shares with intervals, changes, arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.analytics.history import Stretch
from brand_metagen.analytics.stats import wilson
from brand_metagen.reports.charts import number, percent
from brand_metagen.reports.periods import Span


class Kind(StrEnum):
    """What a report is about, or whom it is for."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    EXECUTIVE = "executive"
    RUN = "run"
    DATA_QUALITY = "data-quality"
    PERFORMANCE = "performance"
    ERRORS = "errors"
    WALLETS = "wallets"


SPANS: Mapping[Kind, Span] = {
    Kind.DAILY: Span.DAY, Kind.WEEKLY: Span.WEEK, Kind.MONTHLY: Span.MONTH,
    Kind.EXECUTIVE: Span.MONTH, Kind.DATA_QUALITY: Span.WEEK, Kind.PERFORMANCE: Span.WEEK,
    Kind.ERRORS: Span.WEEK, Kind.WALLETS: Span.MONTH,
}  # fmt: skip
"""The usual period of each kind; a report on a run has the run's own."""
BEFORE: Mapping[Span, str] = {
    Span.DAY: "the day before", Span.WEEK: "the week before", Span.MONTH: "the month before",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Over:
    """The time a report is about: `title` in words, `before` names the period it is held against,
    `made` is the moment that it shows (UTC, ISO 8601), `dates`
    the options that name the period to other commands."""

    title: str
    before: str
    made: str
    span: Stretch
    earlier: Stretch
    scope: str = "All brands"
    dates: str = ""


def rate(part: int, whole: int) -> str:
    """A share with its interval of 95 % (Wilson's) and what it is made of.

    >>> rate(8, 10), rate(0, 0)
    ('80.0 % (49.0 % to 94.3 %)', '–')
    """
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{percent(part / whole)} ({percent(low)} to {percent(high)})"


def arrow(now: float, then: float) -> str:
    """Which way a figure went.

    >>> arrow(2, 1), arrow(1, 2), arrow(1, 1)
    ('▲', '▼', '=')
    """
    return "=" if now == then else "▲" if now > then else "▼"


def changed(now: float, then: float | None, before: str) -> str:
    """An arrow and what a count was before; nothing where it was not counted.

    >>> changed(3, 5, "the week before"), changed(3, None, "the week before")
    ('▼ 5 the week before', '')
    """
    return "" if then is None else f"{arrow(now, then)} {number(then)} {before}"


def many(count: float, noun: str) -> str:
    """A count with its noun.

    >>> many(1, "run"), many(1200, "row")
    ('1 run', '1,200 rows')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """A stretch of time as it is read.

    >>> seconds(0.0123), seconds(4.26), seconds(75), seconds(7320)
    ('0.01 s', '4.3 s', '1 min 15 s', '2 h 2 min')
    """
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: int) -> str:
    """Bytes as they are read.

    >>> size(201_101_312), size(0)
    ('201 MB', '–')
    """
    return f"{count / 1e6:,.0f} MB" if count else "–"
