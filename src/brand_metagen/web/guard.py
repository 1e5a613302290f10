"""What every request passes before and after the routes: host, origin, size, headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brand_metagen.web.problems import MEDIA, body

API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}
"""Answers of the API are data: nothing in them is to be shown, run or kept."""
ALL_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE = ("GET", "HEAD", "OPTIONS")


class TooLarge(Exception):
    """The body went on beyond what is taken."""


class Guard:
    """An ASGI app inside another. `hosts` are the host names it answers to, empty = any."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str], most_bytes: int) -> None:
        self._app, self._most = app, most_bytes
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008, "reason": refused[2]})
            return
        guarded = _with_headers(scope["path"], send)
        if refused is not None:
            await _refuse(scope["path"], *refused, guarded)
            return
        await self._bounded(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        """Status, kind and reason when the request is not for us."""
        host = _host(headers.get("host", ""))
        if self._hosts and host not in self._hosts:
            # A foreign name that was made to point here is how web pages get at local servers.
            return 400, "bad-request", "this server does not answer to that host name"
        if scope.get("method") not in SAFE and not _same_origin(headers, host):
            return 403, "foreign-origin", "pages of other sites may not write here"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._most:
            return 413, "too-large", self._too_large()
        return None

    def _too_large(self) -> str:
        return f"a request has {self._most:,} bytes at the most; send less at once"

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on no more of a body than is taken, however long it says it is."""
        taken, refused = 0, False
        told = False

        async def bounded() -> Message:
            nonlocal taken, refused
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                refused = True
                raise TooLarge
            return message

        async def instead(message: Message) -> None:
            """What the app makes of a body cut off is not the answer."""
            nonlocal told
            if not refused:
                await send(message)
            elif not told:
                told = True
                await _refuse(scope["path"], 413, "too-large", self._too_large(), send)

        await self._app(scope, bounded, instead)


def _host(value: str) -> str:
    """The name in a Host header, without its port."""
    return (urlsplit(f"//{value}").hostname or "") if _parses(value) else ""


def _parses(value: str) -> bool:
    try:
        return bool(urlsplit(f"//{value}").hostname)
    except ValueError:
        return False


def _same_origin(headers: Headers, host: str) -> bool:
    """Whether a browser says that our own page sends this; programs say nothing."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return origin is None or _host(origin.partition("://")[2]) == host


def _with_headers(path: str, send: Send) -> Send:
    data = path.startswith(("/api/", "/healthz", "/metrics"))
    chosen = {**ALL_HEADERS, **(API_HEADERS if data else {})}

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in chosen.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded


async def _refuse(path: str, status: int, kind: str, detail: str, send: Send) -> None:
    content = json.dumps(body(status, kind, detail, path)).encode()
    headers = [(b"content-type", MEDIA.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
