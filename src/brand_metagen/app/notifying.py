"""Messages on their way: every channel by itself, every failure counted and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event, Thread

from brand_metagen.app.workspace import Workspace
from brand_metagen.config import NotifySettings
from brand_metagen.errors import ServiceError
from brand_metagen.ports import Notice, Notices, NoticeState, Notifier

LEASE_FACTOR, LEASE_MORE = 2, 60.0
"""A claimed message is not given to anybody else for twice the deadline of a try and a minute."""
LONGEST_WAIT = 86_400.0
"""Seconds: however often it is doubled, a wait is a day at the most."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one pass, by message. `given_up` are new; `unserved` wait for a channel that is
    not set up here. Those that failed carry why."""

    sent: tuple[Notice, ...] = ()
    waiting: tuple[Notice, ...] = ()
    given_up: tuple[Notice, ...] = ()
    unserved: tuple[Notice, ...] = ()

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(
            self.sent + other.sent,
            self.waiting + other.waiting,
            self.given_up + other.given_up,
            self.unserved + other.unserved,
        )


def deliver(workspace: Workspace, notifiers: Sequence[Notifier]) -> Delivered:
    """Try every message that is due, once; channels side by side, each in the order written.

    A channel that fails in a passing way is left for this pass: what else is due there stays due.
    Never raises for a message: what failed is in the answer and in the store.
    """
    due = workspace.store.notices_due()
    by_channel = {n.channel: [m for m in due if m.channel == n.channel] for n in notifiers}
    waiting = [(n, by_channel[n.channel]) for n in notifiers if by_channel[n.channel]]
    left = Delivered(unserved=tuple(m for m in due if m.channel not in by_channel))
    if not waiting:
        return left
    settings, store = workspace.settings.notify, workspace.store
    with ThreadPoolExecutor(len(waiting), thread_name_prefix="notify") as pool:
        tasks = [pool.submit(_through, store, settings, n, found) for n, found in waiting]
        return sum((task.result() for task in tasks), left)


@contextmanager
def delivering(workspace: Workspace, notifiers: Sequence[Notifier]) -> Iterator[None]:
    """Deliver again and again in a thread of its own, every `notify.poll_seconds`, until the end of
    the block; while the store fails, the messages wait in it."""
    settings = workspace.settings.notify

    def act() -> None:
        with suppress(ServiceError):
            deliver(workspace, notifiers)

    patience = LEASE_FACTOR * settings.deadline_seconds
    with repeating("notices", act, settings.poll_seconds, patience):
        yield


@contextmanager
def repeating(
    name: str, act: Callable[[], None], seconds: float, patience: float
) -> Iterator[None]:
    """Do something again and again in a thread of its own, so many seconds apart, until the end of
    the block, which waits for what is under way as long as its patience."""
    over = Event()

    def run() -> None:
        while True:
            act()
            if over.wait(seconds):
                return

    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(patience)


def _through(
    store: Notices, settings: NotifySettings, notifier: Notifier, due: Sequence[Notice]
) -> Delivered:
    """One channel's messages, until it fails in a passing way."""
    done = Delivered()
    lease = LEASE_FACTOR * settings.deadline_seconds + LEASE_MORE
    for notice in due:
        claimed = store.claim_notice(notice, lease)
        if claimed is None:
            continue
        try:
            notifier.send(claimed)
        except ServiceError as error:
            done += _failed(store, settings, claimed, error)
            if error.retryable:
                break
        else:
            store.notice_done(claimed, NoticeState.SENT, "", 0)
            done += Delivered(sent=(claimed,))
    return done


def _failed(
    store: Notices, settings: NotifySettings, notice: Notice, error: ServiceError
) -> Delivered:
    """Another try after twice the last wait, or none where none can help or all are used up."""
    failed = replace(notice, error=str(error))
    if error.retryable and notice.attempts < settings.attempts:
        store.notice_done(
            notice, NoticeState.WAITING, failed.error, wait_after(notice.attempts, settings)
        )
        return Delivered(waiting=(failed,))
    store.notice_done(notice, NoticeState.FAILED, failed.error, 0)
    return Delivered(given_up=(failed,))


def wait_after(attempts: int, settings: NotifySettings) -> float:
    """Seconds from a failed try, the n-th, to the next one.

    >>> [wait_after(n, NotifySettings(wait_seconds=30)) for n in (1, 2, 3, 4000)]
    [30.0, 60.0, 120.0, 86400.0]
    """
    doubled = settings.wait_seconds * 2.0 ** min(attempts - 1, 64)
    return float(min(doubled, LONGEST_WAIT))
