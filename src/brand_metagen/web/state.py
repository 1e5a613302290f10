"""What the requests of one server share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from fastapi import Request

from brand_metagen.app.answering import Answering, Published
from brand_metagen.app.totals import Totals
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import Actor
from brand_metagen.web.limiter import Limiter
from brand_metagen.web.requests import Requests
from brand_metagen.web.warm import Warm

if TYPE_CHECKING:
    from brand_metagen.web.jobs import Jobs


MOST_KEPT = 100


class Shelf:
    """What is kept between requests, by key; the least recently used is dropped first, and closed
    if it can be."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most, self._turn = most, Lock()
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """What is kept under a key, made when there is nothing."""
        with self._turn:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                _, dropped = self._kept.popitem(last=False)
                getattr(dropped, "close", lambda: None)()
            return self._kept[key]

    def drop(self, key: str) -> None:
        """Forget what is kept under a key."""
        with self._turn:
            dropped = self._kept.pop(key, None)
        getattr(dropped, "close", lambda: None)()


@dataclass(frozen=True)
class Server:
    """One open workspace with all that is kept warm. `without_login` is who acts where nobody has
    to sign in (loopback, by explicit flag); None = everybody signs in."""

    workspace: Workspace
    warm: Warm
    jobs: Jobs
    limiter: Limiter
    totals: Totals
    requests: Requests
    without_login: Actor | None = None
    latest: Answering = field(default_factory=Answering)
    published: Published = field(default_factory=Published)
    kept: Shelf = field(default_factory=Shelf)
    """What pages keep: conversations, and figures that are dear to make."""


def server_of(request: Request) -> Server:
    """The server a request came to."""
    server = request.app.state.server
    assert isinstance(server, Server)
    return server
