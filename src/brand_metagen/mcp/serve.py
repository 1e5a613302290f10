"""Our servers on their two ways: standard streams for one client, HTTP with tokens for many."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio
import uvicorn
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.types import ASGIApp

from brand_metagen.app.catalogue_reading import Kept
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import McpSettings
from brand_metagen.errors import InputError
from brand_metagen.mcp.callers import Tokens, by_token, check_named, named, nobody
from brand_metagen.mcp.desk import Desk
from brand_metagen.mcp.operations_server import operations_server
from brand_metagen.mcp.pace import Paced
from brand_metagen.mcp.registry_server import registry_server

SERVERS = ("registry", "operations")
PATH = "/mcp"
BODY_BYTES = 2_000_000
"""Bytes of one request, as the REST API has it."""
LOCAL = ("127.0.0.1", "localhost", "::1")


def serve_stdio(
    which: str, workspace: Workspace | None, settings: McpSettings, who: str = ""
) -> None:
    """Answer one client on standard input and output until it closes them.

    Raises InputError for a server that is not there or an account that is not.
    """
    if which == "registry":
        server = registry_server(Kept(workspace, settings), nobody)
    elif workspace is None:
        raise InputError("the operations server needs a workspace: --workspace FOLDER")
    else:
        caller = named(workspace.store, check_named(who))
        server = operations_server(Desk(workspace), caller)
    anyio.run(server.run_stdio_async)


def serve_http(
    which: str, workspace: Workspace, host: str, port: int, ready: Callable[[int], None]
) -> None:
    """Answer over streamable HTTP until interrupted; every request carries an account's token.

    `ready` is told the port (0 = any). Raises InputError when no account could sign in.
    """
    if not workspace.store.accounts():
        raise InputError(
            "nobody could sign in: make an account with `brand-metagen users add NAME` and a token "
            "with `brand-metagen users token NAME`"
        )
    config = uvicorn.Config(
        http_app(which, workspace, host, port),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    _Announced(config, ready).run()


def http_app(which: str, workspace: Workspace, host: str, port: int) -> ASGIApp:
    """The server as an ASGI application; each request stands by itself, with its own token."""
    auth, verifier = _auth(host, port), Tokens(workspace.store)
    server: MCPServer[object]
    if which == "registry":
        kept = Kept(workspace, workspace.settings.mcp)
        server = registry_server(kept, by_token, auth, verifier)
    else:
        server = operations_server(Desk(workspace), by_token, auth, verifier)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=BODY_BYTES,
        transport_security=_names(host, workspace.settings.serve.allowed_hosts),
        host=host,
    )
    return Paced(app, workspace.settings.serve)


def _auth(host: str, port: int) -> AuthSettings:
    url = AnyHttpUrl(f"http://{_shown(host)}:{port or 80}{PATH}")
    return AuthSettings(issuer_url=url, resource_server_url=None)


def _names(host: str, allowed: str) -> TransportSecuritySettings:
    """The names it answers to: foreign ones that point here are how web pages get at it."""
    wanted: Sequence[str] = [name.strip() for name in allowed.split(",") if name.strip()]
    if not wanted and host not in LOCAL:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    listed = [_shown(name) for name in (wanted or (*LOCAL, host))]
    return TransportSecuritySettings(
        allowed_hosts=[entry for name in listed for entry in (name, f"{name}:*")],
        allowed_origins=[f"http://{name}:*" for name in listed],
    )


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


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
