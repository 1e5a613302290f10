"""Days, weeks and months where clocks change, and where years end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.errors import InputError
from brand_metagen.reports.periods import (
    Period,
    Span,
    before,
    period_of,
    run_up,
    title_of,
    today,
    zone_of,
)

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(
    ["UTC", "Europe/London", "America/New_York", "America/Havana", "Asia/Kathmandu", "Asia/Beirut",
     "Pacific/Apia", "Australia/Lord_Howe"]
).map(zone_of)  # fmt: skip
DAYS = st.dates(date(1990, 1, 3), date(2037, 12, 28))
SPANS = st.sampled_from(list(Span))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 3, 30), 24),
        (date(2026, 10, 24), 24), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24),
    ],
)  # fmt: skip
def test_a_day_is_as_long_as_london_makes_it(day: date, hours: int) -> None:
    found = period_of(Span.DAY, day, LONDON)
    assert found.end - found.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("span", "day", "first", "last", "title"),
    [
        (Span.DAY, "2026-12-31", "2026-12-31", "2026-12-31", "Thursday, 31 December 2026"),
        (Span.WEEK, "2026-12-31", "2026-12-28", "2027-01-03",
         "Week 53 of 2026, 28 December 2026 to 3 January 2027"),
        (Span.WEEK, "2027-01-03", "2026-12-28", "2027-01-03",
         "Week 53 of 2026, 28 December 2026 to 3 January 2027"),
        (Span.WEEK, "2027-01-04", "2027-01-04", "2027-01-10",
         "Week 1 of 2027, 4 January 2027 to 10 January 2027"),
        (Span.MONTH, "2026-12-31", "2026-12-01", "2026-12-31", "December 2026"),
        (Span.MONTH, "2028-02-29", "2028-02-01", "2028-02-29", "February 2028"),
    ],
)  # fmt: skip
def test_periods(span: Span, day: str, first: str, last: str, title: str) -> None:
    found = period_of(span, date.fromisoformat(day), UTC)
    assert (str(found.first), str(found.last)) == (first, last)
    assert title_of(span, found) == title


def test_periods_are_half_open() -> None:
    day = period_of(Span.DAY, date(2026, 7, 1), LONDON)
    assert day.start == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert day.holds(day.start)
    assert not day.holds(day.end)
    assert day.holds(day.end - timedelta(microseconds=1))


def test_a_day_that_a_zone_leaves_out_has_no_length() -> None:
    found = period_of(Span.DAY, date(2011, 12, 30), zone_of("Pacific/Apia"))
    assert found.start == found.end


@given(SPANS, DAYS, ZONES)
def test_one_period_begins_where_the_one_before_ends(span: Span, day: date, zone: ZoneInfo) -> None:
    now = period_of(span, day, zone)
    then = before(span, now)
    assert then.end == now.start
    assert then.start < now.start
    assert now.first <= day < now.after


@given(SPANS, DAYS, ZONES)
def test_days_fill_their_period(span: Span, day: date, zone: ZoneInfo) -> None:
    whole = period_of(span, day, zone)
    days = list(whole.days())
    assert days[0].start == whole.start
    assert days[-1].end == whole.end
    assert all(a.end == b.start for a, b in pairwise(days))


@given(DAYS, ZONES, st.integers(0, 86_399))
def test_every_moment_lies_in_the_day_it_is_today(day: date, zone: ZoneInfo, second: int) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    assert period_of(Span.DAY, today(moment, zone), zone).holds(moment)


def test_run_up_ends_with_the_period() -> None:
    month = period_of(Span.MONTH, date(2026, 11, 5), UTC)
    weeks = run_up(Span.WEEK, month, 3)
    assert [str(week.first) for week in weeks] == ["2026-11-16", "2026-11-23", "2026-11-30"]


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "x" * 400, "\0"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="timezone"):
        zone_of(name)


@pytest.mark.parametrize("day", [date.max, date.min])
def test_the_calendar_ends(day: date) -> None:
    with pytest.raises(InputError, match="calendar"):
        before(Span.DAY, period_of(Span.DAY, day, UTC))


def test_a_period_needs_no_clock() -> None:
    assert period_of(Span.DAY, date(2026, 1, 1), UTC) == Period(
        date(2026, 1, 1), date(2026, 1, 2), UTC
    )
