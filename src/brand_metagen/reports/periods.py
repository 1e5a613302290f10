"""Days, ISO weeks and months of a time zone as half-open stretches of UTC.

A day is as long as the zone makes it: 23 and 25 hours where clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brand_metagen.errors import InputError

ONE_DAY = timedelta(days=1)


class Span(StrEnum):
    """How long a period is."""

    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day's beginning to the beginning of the day `after` the last."""

    first: date
    after: date
    zone: tzinfo

    @property
    def start(self) -> datetime:
        """The first moment, in UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that is not of it any more, in UTC."""
        return midnight(self.after, self.zone)

    @property
    def last(self) -> date:
        return self.after - ONE_DAY

    def holds(self, moment: datetime) -> bool:
        """Whether a moment (with its zone) lies in it."""
        return self.start <= moment < self.end

    def days(self) -> Iterator[Period]:
        """Its days, in order."""
        for number in range((self.after - self.first).days):
            day = self.first + number * ONE_DAY
            yield Period(day, day + ONE_DAY, self.zone)


def zone_of(name: str) -> tzinfo:
    """The zone of that name (`Europe/London`); raises InputError when there is none."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"report.timezone: no time zone {name!r}; write it like Europe/London or UTC"
        ) from error


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins, in UTC; where clocks skip or repeat it, at the change or the first time.

    >>> midnight(date(2026, 3, 30), ZoneInfo("Europe/London")).isoformat()
    '2026-03-29T23:00:00+00:00'
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def today(now: datetime, zone: tzinfo) -> date:
    """The date in a zone at a moment."""
    return now.astimezone(zone).date()


def period_of(span: Span, day: date, zone: tzinfo) -> Period:
    """The day, ISO week or month that holds a day; raises InputError at the calendar's end."""
    try:
        return Period(*_bounds(span, day), zone)
    except (OverflowError, ValueError) as error:
        raise InputError(f"{day}: the calendar ends there") from error


def before(span: Span, period: Period) -> Period:
    """The period of the same kind that ends where this one begins."""
    return period_of(span, _day_before(period.first), period.zone)


def run_up(span: Span, period: Period, count: int) -> tuple[Period, ...]:
    """The last `count` periods of a kind up to the one that ends this period, oldest first."""
    found = [period_of(span, period.last, period.zone)]
    while len(found) < count:
        found.append(before(span, found[-1]))
    return tuple(reversed(found))


def title_of(span: Span, period: Period) -> str:
    """A period's name in words.

    >>> title_of(Span.WEEK, period_of(Span.WEEK, date(2027, 1, 1), UTC))
    'Week 53 of 2026, 28 December 2026 to 3 January 2027'
    """
    if span is Span.DAY:
        return f"{period.first:%A}, {written(period.first)}"
    if span is Span.MONTH:
        return f"{period.first:%B} {period.first.year}"
    year, week, _ = period.first.isocalendar()
    return f"Week {week} of {year}, {written(period.first)} to {written(period.last)}"


def key_of(span: Span, period: Period) -> str:
    """A period's name in names of files and of what is kept.

    >>> [key_of(span, period_of(span, date(2027, 1, 1), UTC)) for span in Span]
    ['2027-01-01', '2026-W53', '2027-01']
    """
    day = period.first
    if span is Span.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if span is Span.MONTH else day.isoformat()


def written(day: date) -> str:
    """A date in words.

    >>> written(date(2026, 3, 1))
    '1 March 2026'
    """
    return f"{day.day} {day:%B} {day.year}"


def _bounds(span: Span, day: date) -> tuple[date, date]:
    if span is Span.DAY:
        return day, day + ONE_DAY
    if span is Span.WEEK:
        monday = day - day.weekday() * ONE_DAY
        return monday, monday + 7 * ONE_DAY
    first = day.replace(day=1)
    return first, (first + 31 * ONE_DAY).replace(day=1)


def _day_before(day: date) -> date:
    try:
        return day - ONE_DAY
    except OverflowError as error:
        raise InputError(f"{day}: the calendar begins there") from error
