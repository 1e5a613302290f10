"""Messages: each try is claimed once, counted, and said to have ended once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from human_loop import Clock, fill

from brand_metagen.ports import Cause, Level, Notice, NoticeState, Opening
from brand_metagen.store.sql import SqlStore

W, SENT, FAILED = NoticeState.WAITING, NoticeState.SENT, NoticeState.FAILED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[SqlStore]:
    opened = SqlStore(url, clock=clock)
    fill(opened)
    yield opened
    opened.close()


def tell(store: SqlStore, brandid: str = "1", channels: tuple[str, ...] = ("log",)) -> None:
    cause, level = Cause.ROUND_LIMIT, Level.OPERATIONS
    store.open_case(Opening(brandid, "Star", cause, level, "why", channels=channels), "system")


def only(store: SqlStore) -> Notice:
    (notice,) = store.notices()
    return notice


def test_a_case_leaves_a_message_per_channel(store: SqlStore) -> None:
    tell(store, channels=("log", "file"))
    assert [(n.channel, n.state, n.attempts) for n in store.notices()] == [
        ("log", W, 0), ("file", W, 0),
    ]  # fmt: skip
    assert store.notices_due() == store.notices(W)


def test_a_claim_counts_the_try_and_keeps_others_off(store: SqlStore, clock: Clock) -> None:
    tell(store)
    seen = only(store)
    claimed = store.claim_notice(seen, 60)
    assert claimed is not None
    assert claimed == only(store)
    assert claimed.attempts == 1
    assert store.claim_notice(seen, 60) is None
    assert store.notices_due() == ()
    clock.go(59)
    assert store.notices_due() == ()
    clock.go(1)
    assert store.notices_due() == (claimed,)


def test_a_try_whose_process_died_is_made_again(store: SqlStore, clock: Clock) -> None:
    tell(store)
    assert store.claim_notice(only(store), 60) is not None
    clock.go(61)
    again = store.claim_notice(*store.notices_due(), 60)
    assert again is not None
    assert again.attempts == 2


@pytest.mark.parametrize(
    ("state", "error", "wait", "due"),
    [(SENT, "", 0, False), (W, "down", 30, True), (FAILED, "gone", 0, False)],
)
def test_what_came_of_a_try(
    store: SqlStore, clock: Clock, state: NoticeState, error: str, wait: float, due: bool
) -> None:
    tell(store)
    claimed = store.claim_notice(only(store), 60)
    assert claimed is not None
    store.notice_done(claimed, state, error, wait)
    after = only(store)
    assert (after.state, after.error, after.attempts) == (state, error, 1)
    assert bool(after.sent_at) == (state is SENT)
    clock.go(29.9)
    assert store.notices_due() == ()
    clock.go(0.2)
    assert bool(store.notices_due()) == due


def test_a_late_answer_does_not_undo_a_later_try(store: SqlStore, clock: Clock) -> None:
    tell(store)
    slow = store.claim_notice(only(store), 60)
    clock.go(61)
    quick = store.claim_notice(only(store), 60)
    assert slow is not None
    assert quick is not None
    store.notice_done(quick, SENT, "", 0)
    store.notice_done(slow, FAILED, "too late", 0)
    assert only(store).state is SENT
    assert store.claim_notice(quick, 60) is None


def test_what_was_given_up_is_tried_again_when_asked(store: SqlStore) -> None:
    tell(store)
    tell(store, "2")
    first, second = store.notices()
    for notice, state in ((first, FAILED), (second, SENT)):
        claimed = store.claim_notice(notice, 60)
        assert claimed is not None
        store.notice_done(claimed, state, "down", 0)
    assert store.retry_notices() == 1
    assert store.retry_notices() == 0
    assert [(n.state, n.attempts) for n in store.notices()] == [(W, 0), (SENT, 1)]
    assert [n.sequence for n in store.notices_due()] == [first.sequence]


def test_of_many_at_once_one_claims(url: str, store: SqlStore) -> None:
    for brandid in ("1", "2", "3"):
        tell(store, brandid)
    others = [SqlStore(url, clock=Clock()) for _ in range(4)]
    won: list[int] = []
    start = threading.Barrier(len(others))

    def claim(mine: SqlStore) -> Callable[[], None]:
        def run() -> None:
            due = mine.notices_due()
            start.wait()
            won.extend(n.sequence for n in due if mine.claim_notice(n, 60))

        return run

    threads = [threading.Thread(target=claim(mine)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in others:
        mine.close()
    assert sorted(won) == [n.sequence for n in store.notices()]
