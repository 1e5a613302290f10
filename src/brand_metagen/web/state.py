"""What the requests of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


def server_of(request: Request) -> Server:
    """The server a request came to."""
    server = request.app.state.server
    assert isinstance(server, Server)
    return server
