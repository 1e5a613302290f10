"""Which piece of work something belongs to: an id that goes through all that it touches."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""An id that we take from somebody else: 8 to 64 letters, digits and . _ -, nothing to act on."""
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""The W3C's header; its second part is the trace id."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done now: under which trace, by which agent, on which brand, what. Empty = none."""

    trace: str = ""
    agent: str = ""
    brand: str = ""
    operation: str = ""


_NOW: ContextVar[Work] = ContextVar("work", default=Work())  # noqa: B039  (it is frozen)


def current() -> Work:
    """What this thread or task works on."""
    return _NOW.get()


@contextmanager
def within(**changes: str) -> Iterator[Work]:
    """Work on something until the end of the block: fields of Work, the others stay."""
    token = _NOW.set(replace(_NOW.get(), **changes))
    try:
        yield _NOW.get()
    finally:
        _NOW.reset(token)


def new_trace() -> str:
    """A trace id: 32 hexadecimal digits by chance."""
    return secrets.token_hex(16)


def taken(traceparent: str = "", request_id: str = "") -> str:
    """The trace id that somebody else began, where it is well-formed; else a new one.

    >>> taken("00-" + "a" * 32 + "-" + "b" * 16 + "-01") == "a" * 32
    True
    >>> taken(request_id="order-4711"), len(taken(request_id="x y")), len(taken("00-junk"))
    ('order-4711', 32, 32)
    """
    if found := TRACEPARENT.fullmatch(traceparent):
        return found.group(1)
    return request_id if REQUEST_ID.fullmatch(request_id) else new_trace()


def traceparent() -> str:
    """The W3C's header for a call to somebody else, empty where our id has another form.

    >>> with within(trace="a" * 32):
    ...     traceparent()[:36]
    '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-'
    >>> with within(trace="order-4711"):
    ...     traceparent()
    ''
    """
    trace = current().trace
    header = f"00-{trace}-{secrets.token_hex(8)}-01"
    return header if TRACEPARENT.fullmatch(header) else ""
