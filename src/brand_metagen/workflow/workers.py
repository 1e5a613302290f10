"""Work on items in several processes that see what this one knew when they began.

The processes are forked, so that nothing is copied to them but what changes. They hold no file of
this one, so that no lock outlives it, and are killed when it ends, however it ends.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Generic, TypeVar

from brand_metagen.errors import BrandMetagenError, ServiceError

CHUNKS = 8
"""Parts of the work per process: enough that none waits long for the last, few messages."""
LEAST_ITEMS = 50
"""Items per process below which starting it costs more than it gains."""
FILES = 1 << 16
"""More open files than these a process does not have."""
PR_SET_PDEATHSIG = 1
"""prctl(2): the signal sent to a process when the one that started it ends."""
PATIENCE = 5.0
"""Seconds a process is given to end when told to."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def processes(wanted: int, items: int) -> int:
    """Processes to start for so many items; with 0 `wanted`, as many as gain something.

    One where a fork would not be safe (macOS).
    """
    if sys.platform != "linux":
        return 1
    return wanted or max(1, min(len(os.sched_getaffinity(0)), items // LEAST_ITEMS))


class Workers(Generic[Item, Result]):
    """So many processes (1: none but this one, unless `apart`) that do `work`; ended by `close`.

    They are forked by the first `map` after `prepare`, and `work` sees the state of that moment.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Item], Result],
        prepare: Callable[[], None] = lambda: None,
        *,
        apart: bool = False,
    ) -> None:
        self._count, self._work, self._prepare = count, work, prepare
        self._apart = apart or count > 1
        self._children: dict[Connection, ForkProcess] = {}
        self._under_way = False

    def __enter__(self) -> Workers[Item, Result]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def map(self, items: Sequence[Item]) -> Iterator[Result]:
        """The results in order of the items; what `work` raises is raised here.

        Processes begin at once, and work while this one does something else. Raises ServiceError
        when one ends before its work does.
        """
        if not self._apart:
            return map(self._work, items)
        size = max(1, len(items) // (self._count * CHUNKS))
        parts = [items[at : at + size] for at in range(0, len(items), size)]
        given = iter(enumerate(parts))
        at_work: dict[Connection, int] = {}
        try:
            if self._under_way:
                # What was not taken would be taken for an answer to this question.
                self.close()
            if not self._children:
                self._start()
            self._under_way = True
            for child in self._children:
                self._give(child, given, at_work)
        except BaseException:
            self.close()
            raise
        return self._taken_in_order(len(parts), given, at_work)

    def _taken_in_order(
        self,
        parts: int,
        given: Iterator[tuple[int, Sequence[Item]]],
        at_work: dict[Connection, int],
    ) -> Iterator[Result]:
        done: dict[int, Sequence[Result]] = {}
        try:
            for number in range(parts):
                while number not in done:
                    for child in self._answering(at_work):
                        done[at_work.pop(child)] = self._taken(child)
                        self._give(child, given, at_work)
                yield from done.pop(number)
        except BaseException:
            self.close()
            raise
        self._under_way = False

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for child, process in self._children.items():
            child.close()
            process.terminate()
        for process in self._children.values():
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
        if self._children:
            gc.unfreeze()
        self._children.clear()
        self._under_way = False

    def _start(self) -> None:
        self._prepare()
        # What is free need not be shared.
        with suppress(AttributeError):  # other C libraries than GNU's have no such thing
            ctypes.CDLL(None).malloc_trim(0)
        # What stands now stays: a collector that looked it through would copy it in every process.
        gc.freeze()
        fork = get_context("fork")
        for _ in range(self._count):
            ours, theirs = fork.Pipe()
            process = fork.Process(
                target=_serve, args=(theirs, self._work, os.getpid()), daemon=True
            )
            with warnings.catch_warnings():
                # Python warns of threads that a fork leaves behind. The bar that one draws on
                # standard error is not touched by what is forked here.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            self._children[ours] = process

    def _give(
        self,
        child: Connection,
        given: Iterator[tuple[int, Sequence[Item]]],
        at_work: dict[Connection, int],
    ) -> None:
        for number, part in given:
            with suppress(BrokenPipeError):  # that it is gone shows when it is listened to
                child.send(part)
            at_work[child] = number
            return

    def _answering(self, at_work: Mapping[Connection, int]) -> list[Connection]:
        ready = wait(list(at_work))
        return [child for child in at_work if child in ready]

    def _taken(self, child: Connection) -> Sequence[Result]:
        try:
            told: Sequence[Result] | BrandMetagenError = child.recv()
        except (EOFError, ConnectionResetError) as error:
            process = self._children[child]
            process.join(PATIENCE)
            raise ServiceError(
                f"a worker process ended before its work did ({_ending(process.exitcode)}). What "
                "is recorded stays: the same command goes on from there. Where memory is short, "
                "add --set workflow.workers=1"
            ) from error
        if isinstance(told, BrandMetagenError):
            raise told
        return told


def _ending(code: int | None) -> str:
    """How a process ended, in words.

    >>> _ending(-9), _ending(1)
    ('killed by SIGKILL', 'exit code 1')
    """
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _serve(parent: Connection, work: Callable[[Item], Result], owner: int) -> None:
    """Do parts until the process that started this one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is interrupted too, and ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(owner)
    # With its files we would hold its locks, and its end of our own pipe.
    os.closerange(3, parent.fileno())
    os.closerange(parent.fileno() + 1, FILES)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            done = _done(work, parent.recv())
            parent.send_bytes(pickle.dumps(done, pickle.HIGHEST_PROTOCOL))
    os._exit(0)


def _end_with(owner: int) -> None:
    """Be killed when the process that started this one ends, whatever we are at (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:
        os._exit(0)


def _done(
    work: Callable[[Item], Result], items: Sequence[Item]
) -> Sequence[Result] | BrandMetagenError:
    try:
        return [work(item) for item in items]
    except BrandMetagenError as error:
        return error
