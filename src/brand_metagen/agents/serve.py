"""Any role over HTTP as an AgentCore runtime asks it: POST /invocations, GET /ping.

A request is `{"role": …, "input": …}`; a role set when serving may be left out. The answer is
`{"role": …, "decision": …}`, or `{"problem": …}` with a status that says whose it is. Who may
ask is decided when it is started: whoever is on this machine, accounts with a token and the role
that is needed, or whoever the sign-in in front lets through.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextvars import ContextVar
from enum import StrEnum
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from bedrock_agentcore import BedrockAgentCoreApp
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from brand_metagen.agents.role import Means
from brand_metagen.agents.table import agent_of, invoke
from brand_metagen.app import accounts
from brand_metagen.app.guards import LOOPBACK_NAMES, is_loopback
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError, NotAllowed
from brand_metagen.ports import Accounts, Actor

PING = "/ping"
"""Whoever watches over it may ask whether it is well; nothing else is said there."""
LONGEST_SECRET = 200
"""Characters of a token; ours are shorter."""
ASKER: ContextVar[Actor | None] = ContextVar("asker", default=None)
"""Who sent the request at hand; None where nobody signs in."""
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


class Entry(StrEnum):
    """Who may ask."""

    MACHINE = "machine"
    """Whoever is on this machine."""
    TOKENS = "tokens"
    """Accounts of the workspace, with `Authorization: Bearer TOKEN`; each role says what its asker
    must be (`Agent.asker`)."""
    BEHIND = "behind"
    """Whoever a sign-in in front of it lets through, as AgentCore has one."""


def check_entry(means: Means, host: str, entry: Entry) -> None:
    """Raise InputError for a server that everybody could use, or nobody."""
    if entry is Entry.MACHINE and not is_loopback(host):
        raise InputError(
            f"everybody who reaches {host} could ask: start it with --tokens, or with "
            "--behind-sign-in where something in front of it signs callers in"
        )
    if entry is Entry.TOKENS and not means.place().store.accounts():
        raise InputError(
            "nobody could ask: make an account with `brand-metagen users add NAME --role operator` "
            "and a token with `brand-metagen users token NAME`"
        )


def runtime(means: Means, role: str = "", entry: Entry = Entry.MACHINE, host: str = "") -> ASGI:
    """The application; one decision at a time, as one adviser and one market serve all of them.

    `host` is the address it listens on; for this machine alone it answers to its own names only.
    """
    app = BedrockAgentCoreApp()
    app.logger.setLevel(logging.WARNING)
    turn = Lock()

    def decided(payload: Any) -> Any:
        if not isinstance(payload, dict):
            return _problem(InputError('send {"role": …, "input": …}'))
        try:
            wanted = agent_of(str(payload.get("role") or role)).role
            with turn:
                decision = invoke(wanted, payload.get("input", {}), means, ASKER.get())
        except BrandMetagenError as error:
            return _problem(error)
        return {"role": wanted, "decision": decision}

    app.entrypoint(decided)
    store = means.place().store if entry is Entry.TOKENS else None
    names = frozenset((*LOOPBACK_NAMES, host.lower())) if is_loopback(host) else frozenset[str]()
    return _Guarded(app, means.settings.serve.body_bytes, store, names)


def _problem(error: BrandMetagenError) -> JSONResponse:
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    return JSONResponse({"problem": str(error)}, status_code=status)


class _Guarded:
    """Takes JSON of a bounded size only, under its own names, from whoever may ask: so no page of a
    browser can ask by a plain form, or by a name that was pointed here."""

    def __init__(self, app: Any, most: int, store: Accounts | None, names: frozenset[str]) -> None:
        self._app, self._most, self._store, self._names = app, most, store, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the library's web socket knows none of our roles
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = {name.decode("latin-1"): value.decode("latin-1")
                   for name, value in scope["headers"]}  # fmt: skip
        refused = self._foreign(headers)
        if refused is None and scope["path"] != PING:
            refused = await self._stranger(headers) or self._odd(scope, headers)
        await (refused or self._app)(scope, receive, send)

    def _foreign(self, headers: Mapping[str, str]) -> JSONResponse | None:
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if self._names and name not in self._names:
            return _refused(421, "it answers to its own names only")
        return None

    async def _stranger(self, headers: Mapping[str, str]) -> JSONResponse | None:
        """A refusal of who is not known; who is, asks from here on."""
        if self._store is None:
            return None
        kind, _, secret = headers.get("authorization", "").partition(" ")
        good = kind.lower() == "bearer" and 0 < len(secret) <= LONGEST_SECRET and secret.isascii()
        if not good:
            return _refused(401, "send `Authorization: Bearer TOKEN`")
        found = await run_in_threadpool(accounts.holder, self._store, secret.strip())
        if found is None:
            return _refused(401, "the token is unknown, over, or its account shut out")
        ASKER.set(Actor(found[0].name, found[0].role))
        return None

    def _odd(self, scope: Scope, headers: Mapping[str, str]) -> JSONResponse | None:
        if scope["method"] != "POST":
            return None
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        length = headers.get("content-length", "")
        if kind != "application/json":
            return _refused(415, "send application/json")
        if not (length.isascii() and length.isdigit()):
            return _refused(411, "say how long the body is")
        if int(length) > self._most:
            return _refused(413, f"{self._most:,} bytes at the most")
        return None


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"problem": why}, status_code=status)


def serve(
    means: Means, role: str, entry: Entry, host: str, port: int, ready: Callable[[int], None]
) -> None:
    """Answer until interrupted; `ready` is told the port once it listens (0 = any).

    Raises InputError for a server that everybody could use, or nobody.
    """
    check_entry(means, host, entry)
    if role:
        agent_of(role)
    app = runtime(means, role, entry, host)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False,
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
