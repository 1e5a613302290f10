"""Listening: where, for whom, and until when."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from brand_metagen.app.guards import LOOPBACK_NAMES, is_loopback
from brand_metagen.app.history import EVER, gather
from brand_metagen.app.outages import as_ours
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, InputError
from brand_metagen.logs.setup import log_config
from brand_metagen.ports import Actor
from brand_metagen.web.app import guarded, make_app
from brand_metagen.web.warm import set_apart

LOG = logging.getLogger("brand_metagen.web")


def check(workspace: Workspace, host: str, without_login: Actor | None) -> None:
    """Raise InputError for a server that nobody could use, or everybody."""
    if without_login is not None and not is_loopback(host):
        raise InputError(
            f"--no-login lets everybody in who reaches {host}; it is for 127.0.0.1 only. Make "
            "accounts with `brand-metagen users add` instead"
        )
    if without_login is None and not workspace.store.accounts():
        raise InputError(
            "nobody could sign in: make an account with `brand-metagen users add NAME --role "
            "admin`, or start with --no-login on this machine"
        )


def answered_hosts(workspace: Workspace, host: str) -> Sequence[str]:
    """The host names a server on an address answers to; empty = any."""
    named = [name.strip() for name in workspace.settings.serve.allowed_hosts.split(",")]
    wanted = [name for name in named if name]
    if wanted:
        return wanted
    return [*LOOPBACK_NAMES, host] if is_loopback(host) else []


def serve(
    workspace: Workspace,
    host: str,
    port: int,
    without_login: Actor | None,
    ready: Callable[[int], None],
    beside: Callable[[FastAPI], None],
) -> None:
    """Answer requests until interrupted; `ready` is told the port once it listens (0 = any), and
    `beside` puts what else is served next to the API."""
    check(workspace, host, without_login)
    app = make_app(workspace, without_login)
    app.state.server.warm.once_read = partial(_once_read, workspace)
    beside(app)
    served = guarded(app, workspace, answered_hosts(workspace, host))
    _Announced(config_of(served, host, port), ready).run()


def _once_read(workspace: Workspace) -> None:
    """What follows when a market was read: its wallet rows are looked for beside, which takes half
    a second at 150,000 rows, lest the first page of metrics waits for it."""
    set_apart()
    Thread(target=_read_wallets, args=(workspace,), name="wallet rows", daemon=True).start()


def _read_wallets(workspace: Workspace) -> None:
    try:
        with as_ours():
            gather(workspace).wallet_rows(EVER)
    except BrandMetagenError as error:
        # Whoever asks for them next is told.
        LOG.warning("the wallet rows cannot be read: %s", error)


def config_of(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """How uvicorn listens: no access log, no header that names it, no trust in proxies' headers."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=log_config(),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


class _Announced(uvicorn.Server):
    """A server that tells the port it listens on."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, then tell."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
