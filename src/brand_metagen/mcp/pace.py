"""What every request over HTTP passes first: how often its caller may ask."""

from __future__ import annotations

import json
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brand_metagen.app.pacing import MOST_CALLERS, Pace
from brand_metagen.config import ServeSettings
from brand_metagen.files import sha256

UNAUTHORIZED = 401


class Paced:
    """An ASGI app inside another: so many requests a minute of one token, and so many wrong tokens
    of one address (429 with `Retry-After` above). A token that was good before does not have to
    wait for what others at its address get wrong."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._requests = Pace(settings.requests_per_minute)
        self._failures = Pace(settings.failures_per_minute)
        self._good: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say when to ask again."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        caller = self._caller(scope, address)
        wait = self._requests.wait(caller)
        if caller not in self._good:
            wait = max(wait, self._failures.wait(address))
        if wait:
            await _later(wait, send)
            return
        self._requests.count(caller)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._told(caller, address, good=message["status"] != UNAUTHORIZED)
            await send(message)

        await self._app(scope, receive, watched)

    def _told(self, caller: str, address: str, *, good: bool) -> None:
        """Remember whether a caller was let in."""
        self._good.pop(caller, None)
        if not good:
            self._failures.count(address)
        elif caller != address:
            self._good[caller] = None
            if len(self._good) > MOST_CALLERS:
                self._good.popitem(last=False)

    def _caller(self, scope: Scope, address: str) -> str:
        said = Headers(scope=scope).get("authorization", "")
        return sha256(said.encode()) if said else address


async def _later(wait: int, send: Send) -> None:
    body = json.dumps({"error": "too_many_requests", "retry_after": wait}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(wait).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
