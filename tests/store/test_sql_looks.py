"""Which version a person saw last, and the one before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from brand_metagen.errors import ConflictError
from brand_metagen.ports import Mode, Seen
from brand_metagen.store.sql import SqlStore


@pytest.fixture
def timed(url: str) -> SqlStore:
    ticks = count()
    start = datetime(2026, 1, 2, tzinfo=UTC)
    return SqlStore(url, clock=lambda: start + timedelta(minutes=next(ticks)))


def test_the_last_version_and_the_one_before_it_are_known(timed: SqlStore) -> None:
    assert timed.last_look("rita", "7") is None
    timed.note_look("rita", "7", 2)
    first = timed.last_look("rita", "7")
    assert first is not None
    assert (first.version, first.before, first.before_at) == (2, 0, "")
    timed.note_look("rita", "7", 2)
    assert timed.last_look("rita", "7") == first
    timed.note_look("rita", "7", 5)
    later = timed.last_look("rita", "7")
    assert later is not None
    assert later == Seen(5, later.at, 2, first.at)
    assert later.at > first.at
    timed.close()


def test_everybody_and_every_brand_for_itself(store: SqlStore) -> None:
    store.note_look("rita", "7", 2)
    store.note_look("rolf", "7", 3)
    store.note_look("rita", "8", 4)
    seen = {key: store.last_look(*key) for key in (("rita", "7"), ("rolf", "7"), ("rita", "8"))}
    assert [found.version for found in seen.values() if found] == [2, 3, 4]
    assert store.last_look("rolf", "8") is None


def test_a_look_at_the_same_moment_is_kept_once(store: SqlStore) -> None:
    def noted(version: int) -> bool:
        try:
            store.note_look("rita", "7", version)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(noted, [1] * 8))
    found = store.last_look("rita", "7")
    assert found is not None
    assert (found.version, found.before) == (1, 0)


def test_nothing_is_written_while_the_system_is_read_only(store: SqlStore) -> None:
    store.note_look("rita", "7", 2)
    store.set_mode(Mode.READ_ONLY, "oona", "backup")
    with pytest.raises(ConflictError, match="read-only"):
        store.note_look("rita", "7", 3)
    found = store.last_look("rita", "7")
    assert found is not None
    assert found.version == 2
