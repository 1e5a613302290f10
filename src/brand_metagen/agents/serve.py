"""Any role over HTTP as an AgentCore runtime asks it: POST /invocations, GET /ping.

A request is `{"role": …, "input": …}`; a role set when serving may be left out. The answer is
`{"role": …, "decision": …}`, or `{"problem": …}` with a status that says whose it is.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any

import uvicorn
from bedrock_agentcore import BedrockAgentCoreApp
from starlette.responses import JSONResponse

from brand_metagen.agents.role import Means
from brand_metagen.agents.table import agent_of, invoke
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError, NotAllowed

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
STATUS: tuple[tuple[type[BrandMetagenError], int], ...] = (
    (InputError, 422),
    (ConflictError, 409),
    (NotAllowed, 403),
    (BrandMetagenError, 503),
)
"""Whose a problem is: the caller's, or this side's."""


def runtime(means: Means, role: str = "") -> ASGI:
    """The application; one decision at a time, as one adviser and one market serve all of them."""
    app = BedrockAgentCoreApp()
    app.logger.setLevel(logging.WARNING)
    turn = Lock()

    def decided(payload: Any) -> Any:
        if not isinstance(payload, dict):
            return _problem(InputError('send {"role": …, "input": …}'))
        try:
            wanted = agent_of(str(payload.get("role") or role)).role
            with turn:
                decision = invoke(wanted, payload.get("input", {}), means)
        except BrandMetagenError as error:
            return _problem(error)
        return {"role": wanted, "decision": decision}

    app.entrypoint(decided)
    return _Guarded(app, means.settings.serve.body_bytes)


def _problem(error: BrandMetagenError) -> JSONResponse:
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    return JSONResponse({"problem": str(error)}, status_code=status)


class _Guarded:
    """Takes JSON of a bounded size only, so that no page of a browser can ask by a plain form."""

    def __init__(self, app: Any, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1")
                   for name, value in scope["headers"]}  # fmt: skip
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        length = headers.get("content-length", "")
        if kind != "application/json":
            await _refused(415, "send application/json")(scope, receive, send)
        elif not length.isdigit():
            await _refused(411, "say how long the body is")(scope, receive, send)
        elif int(length) > self._most:
            await _refused(413, f"{self._most:,} bytes at the most")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"problem": why}, status_code=status)


def serve(means: Means, role: str, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Answer until interrupted; `ready` is told the port once it listens (0 = any)."""
    config = uvicorn.Config(
        runtime(means, role), host=host, port=port, log_level="warning", access_log=False,
        server_header=False, proxy_headers=False, timeout_graceful_shutdown=10,
    )  # fmt: skip
    _Announced(config, ready).run()


class _Announced(uvicorn.Server):
    """A server that tells the port it listens on."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
