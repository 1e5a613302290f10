"""One try has one deadline, however slowly the other side drips."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from brand_metagen.errors import ServiceError


@contextmanager
def connected(host: str, port: int, seconds: float, what: str) -> Iterator[socket.socket]:
    """A connection that is cut when the time is up, which ends any wait on it.

    Raises OSError when there is none, and ServiceError, retryable, instead of whatever the cut led
    to. `what` is the other side's name in messages.
    """
    too_slow = ServiceError(f"{what} took longer than {seconds:g} s", retryable=True)
    late, done, until = Event(), Event(), time.monotonic() + seconds
    line = socket.create_connection((host, port), timeout=seconds)
    line.settimeout(2 * seconds)  # the cut comes first, whatever is waited for
    handle = line.dup()  # which stays when TLS takes the socket over

    def watch() -> None:
        if not done.wait(max(until - time.monotonic(), 0)):
            late.set()
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    watcher = Thread(target=watch, name="deadline", daemon=True)
    watcher.start()
    try:
        yield line
    except Exception as error:
        if late.is_set():
            raise too_slow from error
        raise
    finally:
        done.set()
        watcher.join()
        handle.close()
        line.close()
    if late.is_set():  # half an answer may look like a whole one
        raise too_slow
