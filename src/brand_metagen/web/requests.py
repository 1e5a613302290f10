"""Every request: its trace, its line in the log, and how long its answer took."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Lock

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brand_metagen import tracing
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError
from brand_metagen.monitoring.evaluate import stamp
from brand_metagen.ports import Measure

LOG = logging.getLogger("brand_metagen.web")
METRIC = "RequestLatency"
PERIOD = 60
"""Seconds of one line of the metric table."""
QUIET = ("/api/v1/healthz",)
"""Asked by machines again and again: logged at the level debug, as is what is no API at all."""
Key = tuple[int, str, str]
"""Beginning of the period, route, class of status."""


@dataclass(frozen=True, slots=True)
class _Sum:
    samples: int
    total: float
    least: float
    most: float

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(
            self.samples + other.samples,
            self.total + other.total,
            min(self.least, other.least),
            max(self.most, other.most),
        )


class Requests:
    """What the requests of this process took, until it is written to the store."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._held: dict[Key, _Sum] = {}

    def add(self, route: str, status: int, seconds: float, at: float | None = None) -> None:
        """Count one answer."""
        moment = int(time.time() if at is None else at) // PERIOD * PERIOD
        with self._turn:
            self._hold((moment, route, f"{status // 100}xx"), _Sum(1, seconds, seconds, seconds))

    def _hold(self, key: Key, found: _Sum) -> None:
        held = self._held.get(key)
        self._held[key] = found if held is None else held + found

    def taken(self) -> dict[Key, _Sum]:
        """What is held, which is then held no more."""
        with self._turn:
            held, self._held = self._held, {}
        return held

    def write(self, workspace: Workspace, keep_from: str = "") -> None:
        """Add what is held to the metric table, and forget what is too old there; where the store
        fails it is held on."""
        held = self.taken()
        if not held and not keep_from:
            return
        try:
            measures = [_measure(key, found) for key, found in sorted(held.items())]
            workspace.store.add_measures(measures, keep_from)
        except BrandMetagenError:
            with self._turn:
                for key, found in held.items():
                    self._hold(key, found)
            raise


def _measure(key: Key, found: _Sum) -> Measure:
    moment, route, status = key
    return Measure(
        METRIC, found.total, "Seconds", stamp(moment), PERIOD,
        {"Route": route, "Status": status}, found.samples, found.least, found.most,
    )  # fmt: skip


class Traced:
    """An ASGI app inside another: each request has a trace, is timed, and is a line of the log."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request; its answer says the trace in `X-Request-ID`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = tracing.taken(headers.get("traceparent", ""), headers.get("x-request-id", ""))
        status, began = 500, time.monotonic()
        scope.setdefault("state", {})

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)["X-Request-ID"] = trace
            await send(message)

        with tracing.within(trace=trace, operation="request"):
            try:
                await self._app(scope, receive, told)
            finally:
                self._end(scope, status, time.monotonic() - began)

    def _end(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._requests.add(route, status, seconds)
        told = scope["path"].startswith("/api/") and scope["path"] not in QUIET
        level = logging.INFO if told else logging.DEBUG
        if status >= 400:
            level = logging.ERROR if status >= 500 else logging.WARNING
        said = scope["state"].get("problem", "")
        context = {"route": route, "status": status, "seconds": round(seconds, 3)}
        LOG.log(level, "answered %s", status, extra={"error": said, "context": context})


def route_of(scope: Scope) -> str:
    """The address as the routes have it, without ids, so that there are only so many."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope['method']} {path}" if isinstance(path, str) else "none"
