"""Messages delivered: every failure counted, every channel by itself, nothing twice or lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brand_metagen.app.notifying import LONGEST_WAIT, deliver, delivering, wait_after
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import NotifySettings, Settings
from brand_metagen.errors import ServiceError
from brand_metagen.notify.channels import notifiers
from brand_metagen.notify.local import FILE
from brand_metagen.ports import Cause, Level, Notice, NoticeState, Opening
from brand_metagen.store.sql import SqlStore, sqlite_url

W, SENT, FAILED = NoticeState.WAITING, NoticeState.SENT, NoticeState.FAILED
Maker = Callable[..., Workspace]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Channel:
    """Fails as often as it is told to, then hands on."""

    def __init__(self, channel: str = "webhook", fails: int = 0, retryable: bool = True) -> None:
        self.channel = channel
        self.fails = fails
        self.retryable = retryable
        self.got: list[Notice] = []
        self.tries = 0

    def send(self, notice: Notice) -> None:
        self.tries += 1
        if self.tries <= self.fails:
            raise ServiceError(f"down {self.tries}", retryable=self.retryable)
        self.got.append(notice)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    store = SqlStore(sqlite_url(tmp_path / DATABASE), clock=clock)
    notify = NotifySettings(attempts=3, wait_seconds=30)
    yield Workspace(tmp_path, replace(Settings(), notify=notify), store)
    store.close()


def tell(workspace: Workspace, count: int = 1, channels: tuple[str, ...] = ("webhook",)) -> None:
    for cause in list(Cause)[:count]:
        opening = Opening("", "", cause, Level(1), "why", channels=channels)
        workspace.store.open_case(opening, "system")


def states(workspace: Workspace) -> list[tuple[str, NoticeState, int, str]]:
    return [(n.channel, n.state, n.attempts, n.error) for n in workspace.store.notices()]


def test_what_is_sent_is_sent_once(workspace: Workspace) -> None:
    tell(workspace, 3)
    channel = Channel()
    assert len(deliver(workspace, [channel]).sent) == 3
    assert deliver(workspace, [channel]) == deliver(workspace, [])
    assert [n.sequence for n in channel.got] == [1, 2, 3]
    assert {state for _, state, _, _ in states(workspace)} == {SENT}


def test_the_channels_of_the_settings_take_real_messages(workspace: Workspace) -> None:
    tell(workspace, 2, ("log", "file"))
    done = deliver(workspace, notifiers(workspace.settings.notify, workspace.folder))
    assert len(done.sent) == 4
    lines = (workspace.folder / FILE).read_text().splitlines()
    assert [json.loads(line)["case_id"] for line in lines] == ["ESC-2026-001", "ESC-2026-002"]


def test_a_failure_is_tried_again_after_waits_that_double_then_given_up(
    workspace: Workspace, clock: Clock
) -> None:
    tell(workspace)
    channel = Channel(fails=9)
    for seconds, tries in ((0, 1), (29, 1), (1, 2), (59, 2), (1, 3), (10_000, 3)):
        clock.now += timedelta(seconds=seconds)
        done = deliver(workspace, [channel])
        assert channel.tries == tries, seconds
    assert states(workspace) == [("webhook", FAILED, 3, "down 3")]
    assert done.given_up == ()
    workspace.store.retry_notices()
    channel.fails = 0
    assert len(deliver(workspace, [channel]).sent) == 1


def test_a_failure_that_no_try_can_mend_is_given_up_at_once(workspace: Workspace) -> None:
    tell(workspace, 2)
    channel = Channel(fails=1, retryable=False)
    done = deliver(workspace, [channel])
    assert (len(done.given_up), len(done.sent)) == (1, 1)
    assert [state for _, state, _, _ in states(workspace)] == [FAILED, SENT]


def test_a_channel_that_is_down_is_asked_once_per_pass(workspace: Workspace) -> None:
    tell(workspace, 3)
    channel = Channel(fails=9)
    done = deliver(workspace, [channel])
    assert channel.tries == 1
    assert len(done.waiting) == 1
    assert [attempts for _, _, attempts, _ in states(workspace)] == [1, 0, 0]


def test_a_channel_that_is_not_set_up_keeps_its_messages(workspace: Workspace) -> None:
    tell(workspace, 1, ("webhook", "log"))
    log = Channel("log")
    done = deliver(workspace, [log])
    assert [n.channel for n in done.unserved] == ["webhook"]
    assert len(log.got) == 1
    assert states(workspace)[0] == ("webhook", W, 0, "")


def test_a_slow_channel_does_not_hold_the_others(workspace: Workspace) -> None:
    tell(workspace, 1, ("webhook", "log"))
    sent = threading.Event()

    class Slow(Channel):
        def send(self, notice: Notice) -> None:
            assert sent.wait(20)

    class Quick(Channel):
        def send(self, notice: Notice) -> None:
            sent.set()

    assert len(deliver(workspace, [Slow(), Quick("log")]).sent) == 2


def test_two_passes_at_once_send_nothing_twice(workspace: Workspace) -> None:
    tell(workspace, 10)
    channels = [Channel(), Channel()]
    threads = [threading.Thread(target=deliver, args=(workspace, [c])) for c in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(n.sequence for c in channels for n in c.got) == list(range(1, 11))


def test_a_process_that_dies_while_sending_loses_the_try_only(
    workspace: Workspace, clock: Clock
) -> None:
    tell(workspace)

    class Dies(Channel):
        def send(self, notice: Notice) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(workspace, [Dies()])
    channel = Channel()
    assert deliver(workspace, [channel]).sent == ()
    clock.now += timedelta(seconds=81)
    assert len(deliver(workspace, [channel]).sent) == 1
    assert channel.got[0].attempts == 2


def test_while_the_block_lasts_messages_go_out_as_they_come(workspace: Workspace) -> None:
    quick = replace(workspace.settings.notify, poll_seconds=0.02)
    busy = replace(workspace, settings=replace(workspace.settings, notify=quick))
    sent = threading.Semaphore(0)

    class Tells(Channel):
        def send(self, notice: Notice) -> None:
            super().send(notice)
            sent.release()

    channel = Tells()
    with delivering(busy, [channel]):
        for number, cause in enumerate(Cause, start=1):
            opening = Opening("", "", cause, Level(1), "why", channels=("webhook",))
            busy.store.open_case(opening, "system")
            assert sent.acquire(timeout=20)
            assert len(channel.got) == number
    before = threading.active_count()
    tell(busy)
    assert not sent.acquire(timeout=0.1)
    assert threading.active_count() == before


def test_a_wait_is_a_day_at_the_most() -> None:
    settings = NotifySettings(wait_seconds=86_400)
    assert wait_after(100, settings) == LONGEST_WAIT
    assert wait_after(3, NotifySettings(wait_seconds=0)) == 0
