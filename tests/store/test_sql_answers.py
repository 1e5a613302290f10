"""Answers of other servers: bounded, found again, counted by day, forgotten by pattern or data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brand_metagen.errors import InputError
from brand_metagen.ports import Answer, CacheDay
from brand_metagen.store.sql import SqlStore

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(url: str, clock: Clock) -> Any:
    store = SqlStore(url, clock=clock)
    yield store
    store.close()


def answer(key: str = "search_brands:Tesco", server: str = "one", data: str = "d1") -> Answer:
    moment = START.isoformat(timespec="milliseconds")
    tool = key.partition(":")[0]
    return Answer(server, key, tool, {"query": "é"}, {"a": [1, None]}, data, moment, moment, size=9)


def keys(store: SqlStore) -> list[tuple[str, str]]:
    return [(a.server, a.key) for a in store.kept_answers()]


def test_an_answer_comes_back_as_it_was(url: str, kept: SqlStore) -> None:
    assert kept.kept_answer("one", "search_brands:Tesco") is None
    kept.keep_answer(answer(), 10)
    again = SqlStore(url)
    found = again.kept_answer("one", "search_brands:Tesco")
    again.close()
    assert found is not None
    assert (found.arguments, found.answer, found.hits) == ({"query": "é"}, {"a": [1, None]}, 0)
    assert kept.kept_answer("two", "search_brands:Tesco") is None


def test_a_later_answer_takes_the_place(kept: SqlStore) -> None:
    kept.keep_answer(answer(data="d1"), 10)
    kept.keep_answer(answer(data="d2"), 10)
    (found,) = kept.kept_answers()
    assert found.data == "d2"


def test_those_used_longest_ago_go_first(kept: SqlStore, clock: Clock) -> None:
    for n in range(3):
        clock.now += timedelta(seconds=1)
        kept.keep_answer(answer(f"t:{n}"), 3)
    clock.now += timedelta(seconds=1)
    kept.count_answer("one", "t:0", "t", hit=True)
    clock.now += timedelta(seconds=1)
    kept.keep_answer(answer("t:3"), 3)
    assert keys(kept) == [("one", "t:0"), ("one", "t:2"), ("one", "t:3")]


def test_finds_and_misses_are_counted_by_day(kept: SqlStore, clock: Clock) -> None:
    kept.keep_answer(answer(), 10)
    for hit in (False, True, True):
        kept.count_answer("one", "search_brands:Tesco", "search_brands", hit=hit)
    clock.now += timedelta(days=1)
    kept.count_answer("one", "search_brands:Tesco", "search_brands", hit=True)
    assert kept.cache_days() == (
        CacheDay("2026-01-01", "search_brands", 2, 1),
        CacheDay("2026-01-02", "search_brands", 1, 0),
    )
    assert kept.kept_answers()[0].hits == 3


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("search_brands:Tesco", ["get:1", "search_brands:Next"]),
        ("SEARCH_BRANDS:*", ["get:1"]),
        ("one/*", ["get:1"]),
        ("*", []),
        ("search", ["get:1", "search_brands:Next", "search_brands:Tesco"]),
        ("*%*", ["get:1", "search_brands:Next", "search_brands:Tesco"]),
    ],
)
def test_patterns_say_what_is_forgotten(kept: SqlStore, pattern: str, left: list[str]) -> None:
    for key, server in (
        ("search_brands:Tesco", "one"), ("search_brands:Next", "one"), ("get:1", "two"),
    ):  # fmt: skip
        kept.keep_answer(answer(key, server), 10)
    assert kept.drop_answers(pattern) == 3 - len(left)
    assert sorted(key for _, key in keys(kept)) == left


def test_changed_data_ends_only_what_rests_on_it(kept: SqlStore) -> None:
    for key, data in (("t:old", "d1"), ("t:new", "d2"), ("t:none", "")):
        kept.keep_answer(answer(key, data=data), 10)
    assert kept.drop_answers("*", other_data="d2") == 1
    assert [key for _, key in keys(kept)] == ["t:new", "t:none"]


def test_many_are_forgotten_at_once(kept: SqlStore) -> None:
    for n in range(230):
        kept.keep_answer(answer(f"t:{n:03d}"), 1_000)
    kept.keep_answer(answer("t:last"), 5)
    assert len(kept.kept_answers()) == 5
    assert kept.drop_answers("*") == 5


def test_what_no_database_holds_is_refused(kept: SqlStore) -> None:
    with pytest.raises(InputError):
        kept.keep_answer(answer("t:\0"), 10)
