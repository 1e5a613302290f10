"""Answers that were spoilt in the store, and clocks that jump: asked anew, shown by `cache verify`,
forgotten on request; nothing ends for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brand_metagen.config import Settings
from brand_metagen.mcp import cache_view
from brand_metagen.mcp.keeping import SKEW, Keeper
from brand_metagen.store.sql import SqlStore, sqlite_url

GOOD = {"query": "a", "known": True, "brands": []}
ASKED = {"query": "a"}
KEY = "search_brands:a"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Kept:
    """One answer in a store of its own, and a clock that can be set."""

    def __init__(self, file: Path) -> None:
        self.file, self.now = file, NOON
        self.store = SqlStore(sqlite_url(file), Settings().review)
        self.keeper = Keeper(self.store, Settings().mcp, "d", lambda: self.now)
        self.keeper.keep("s", "search_brands", ASKED, GOOD)

    def spoil(self, column: str, value: str) -> None:
        with sqlite3.connect(self.file) as connection:
            done = connection.execute(f"UPDATE answers SET {column} = ?", (value,))
            assert done.rowcount == 1
        connection.close()

    @property
    def found(self) -> tuple[bool, bool]:
        """Whether it is fresh, and whether it stands in when its server does not answer."""
        asked = ("s", "search_brands", ASKED)
        return self.keeper.fresh(*asked) is not None, self.keeper.last_good(*asked) is not None


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path / "x.sqlite3")
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("fresh_until", "soon", "times cannot be read"),
        ("made_at", "yesterday", "times cannot be read"),
        ("made_at", "2999-01-01T00:00:00.000+00:00", "after it ceased"),
        ("answer", '{"a":', "another size"),
        ("answer", "5", "another size"),
        ("answer", '{"brands": 3, "known": 1}', "another size"),
        ("arguments", "[", "not that of its question"),
        ("arguments", '{"query": "other"}', "not that of its question"),
        ("size", "1", "another size"),
    ],
)
def test_a_spoilt_answer_is_none_and_is_found(
    kept: Kept, column: str, value: str, fault: str
) -> None:
    assert kept.found == (True, True)
    kept.spoil(column, value)
    assert kept.found == (False, False)
    faults = cache_view.faults(kept.store.kept_answers(), 10)
    assert any(fault in one.fault for one in faults)
    assert faults[0].key == KEY
    assert cache_view.figures(kept.store, NOON, "d", 10).answers == 1
    assert cache_view.age(cache_view.one(kept.store, KEY), NOON) >= 0
    kept.keeper.keep("s", "search_brands", ASKED, GOOD)  # asked anew
    assert kept.found == (True, True)
    kept.spoil(column, value)
    assert kept.store.drop_answers(KEY) == 1


@pytest.mark.parametrize(
    ("jump", "fresh"),
    [
        (timedelta(0), True),
        (-SKEW, True),
        (-SKEW - timedelta(seconds=1), False),
        (timedelta(days=-400), False),
        (timedelta(minutes=29), True),
        (timedelta(minutes=30), False),
    ],
)
def test_a_clock_that_jumps_makes_no_answer_fresh_for_longer(
    kept: Kept, jump: timedelta, fresh: bool
) -> None:
    kept.now = NOON + jump
    assert kept.found == (fresh, True)


def test_a_time_without_its_zone_is_utc(kept: Kept) -> None:
    kept.spoil("fresh_until", "2026-05-01T12:30:00")
    assert kept.found == (True, True)
    kept.now = NOON + timedelta(minutes=31)
    assert kept.found == (False, True)
