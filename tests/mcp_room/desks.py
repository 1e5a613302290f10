"""A workspace with accounts, our servers over it in this process, and clients of either kind."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from brand_metagen.cli.wiring import opened
from brand_metagen.mcp.serve import http_app

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Office:
    """A workspace, and a token of each role."""

    workspace: Path
    tokens: dict[str, str]

    def command(self, which: str, *more: str) -> list[str]:
        program = [sys.executable, "-m", "brand_metagen", "mcp", "serve", which]
        return [*program, "--workspace", str(self.workspace), *more]

    @contextmanager
    def listening(self, which: str) -> Iterator[str]:
        """Our server over HTTP on a free port; its address."""
        with opened(self.workspace) as found:
            config = uvicorn.Config(
                http_app(which, found, "127.0.0.1", 0), host="127.0.0.1", port=0, log_config=None
            )
            server = _Ready(config)
            thread = threading.Thread(target=server.run)
            thread.start()
            assert server.up.wait(60)
            try:
                yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
            finally:
                server.should_exit = True
                thread.join(60)


class _Ready(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said to either client, in one shape."""

    tools: dict[str, dict[str, Any]]
    answers: list[dict[str, Any]]


Calls = Sequence[tuple[str, dict[str, Any]]]


def official(where: str | list[str], token: str, calls: Calls) -> Said:
    """The protocol's own client, as its users have it: it also checks answers by their schema."""
    return asyncio.run(_official(where, token, calls))


async def _official(where: str | list[str], token: str, calls: Calls) -> Said:
    if isinstance(where, list):
        return await _said(Client(StdioServerParameters(command=where[0], args=where[1:])), calls)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers) as web:
        return await _said(Client(streamable_http_client(where, http_client=web)), calls)


async def _said(client: Client, calls: Calls) -> Said:
    async with client:
        listed = (await client.list_tools()).tools
        made = [await client.call_tool(name, arguments) for name, arguments in calls]
    tools = {t.name: t.model_dump(by_alias=True, mode="json", exclude_none=True) for t in listed}
    return Said(tools, [m.model_dump(by_alias=True, mode="json", exclude_none=True) for m in made])


def spec(tmp_path: Path, **ways: str) -> Path:
    """An mcp.json of misbehaving servers by name; each notes its questions in NAME.seen."""
    servers = {
        name: {
            "command": sys.executable,
            "args": [str(HERE / "misbehaving.py"), way, str(tmp_path / f"{name}.seen")],
        }
        for name, way in ways.items()
    }
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    return file


def questions(tmp_path: Path, name: str) -> list[str]:
    """What a misbehaving server was asked about."""
    file = tmp_path / f"{name}.seen"
    lines = file.read_text().splitlines() if file.exists() else []
    return [json.loads(line)["arguments"]["query"] for line in lines]
