"""Figures as people read them."""

from __future__ import annotations

from brand_metagen.reports.charts import number


def words(value: str) -> str:
    """A value of ours as people read it.

    >>> words("data_quality")
    'data quality'
    """
    return value.replace("_", " ")


def took(seconds: float | None) -> str:
    """A stretch of time, to the hour from two days on.

    >>> took(None), took(59), took(5400), took(90_000), took(604_800)
    ('–', '< 1 min', '1 h 30 min', '25 h 0 min', '7 d 0 h')
    """
    if seconds is None:
        return "–"
    minutes = int(seconds // 60)
    if minutes < 1:
        return "< 1 min"
    hours = minutes // 60
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def change(now: int, then: int, when: str) -> str:
    """How a count compares with the period before.

    >>> change(5, 3, "the week before"), change(1, 3, "the week before")
    ('▲ 2 more than the week before (3)', '▼ 2 fewer than the week before (3)')
    >>> change(3, 3, "the week before")
    '= as the week before'
    """
    if now == then:
        return f"= as {when}"
    more, arrow = ("more", "▲") if now > then else ("fewer", "▼")
    return f"{arrow} {number(abs(now - then))} {more} than {when} ({number(then)})"


def many(count: int, noun: str) -> str:
    """A count and its noun.

    >>> many(1, "case"), many(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"
