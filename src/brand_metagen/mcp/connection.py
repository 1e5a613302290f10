"""One server, spoken to from ordinary code: opened when first asked, opened anew when it died."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio
from anyio.abc import TaskStatus
from anyio.from_thread import BlockingPortal
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    TextContent,
    Tool,
)
from pydantic import ValidationError

from brand_metagen import tracing
from brand_metagen.config import McpSettings
from brand_metagen.mcp.failures import Failure, Trouble
from brand_metagen.mcp.servers_file import ServerSpec
from brand_metagen.mcp.wire import Gauge, http, stdio

Result = TypeVar("Result")
MOST_PAGES = 20
"""Pages of a list of tools."""
SHUT_SECONDS = 5.0
"""How long closing may take, beside killing the server."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What a tool answered, as it came: structured content, or texts; `size` in bytes."""

    structured: Mapping[str, Any] | None
    texts: Sequence[str]
    failed: bool
    size: int


class Connection:
    """A session with one server, held by a thread that runs `portal`."""

    def __init__(self, portal: BlockingPortal, spec: ServerSpec, settings: McpSettings) -> None:
        self._portal, self.spec, self._settings = portal, spec, settings
        self._gauge = Gauge(settings.answer_bytes)
        self._client: Client | None = None
        self._stop: anyio.Event | None = None
        self._held: Future[Any] | None = None

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Raw:
        """Ask once, within the deadline; raises Failure, and the next call starts anew."""
        seconds = self._settings.deadline_seconds
        parent = tracing.traceparent()
        meta = {"traceparent": parent} if parent else None
        result = self._bounded(lambda client: _ask(client, tool, arguments, seconds, meta))
        texts = [part.text for part in result.content if isinstance(part, TextContent)]
        return Raw(result.structured_content, texts, bool(result.is_error), self._gauge.taken)

    def tools(self) -> list[Tool]:
        """The tools the server offers; raises Failure."""
        return self._bounded(lambda client: _list(client, self._settings.deadline_seconds))

    @property
    def said(self) -> str:
        """The end of what the server complained of."""
        return self._gauge.said.decode(errors="replace")

    def close(self) -> None:
        """End the session, and the server if it was started for it."""
        client, self._client = self._client, None
        if client is not None and self._stop is not None and self._held is not None:
            self._portal.start_task_soon(_set, self._stop)
            with _translated(self._gauge, closing=True):
                try:
                    self._held.result(SHUT_SECONDS)
                finally:
                    self._held.cancel()  # nothing where it has ended, as it should have

    def _bounded(self, ask: Callable[[Client], Awaitable[Result]]) -> Result:
        self._gauge.reset()
        try:
            with _translated(self._gauge):
                return self._portal.call(ask, self._client or self._open())
        except Failure as failure:
            if failure.kind not in (Trouble.TOOL_NOT_FOUND, Trouble.INVALID_ARGUMENTS):
                self.close()
            raise

    def _open(self) -> Client:
        self._stop = anyio.Event()
        self._held, client = self._portal.start_task(self._hold, self._stop)
        assert isinstance(client, Client)
        self._client = client
        return client

    async def _hold(self, stop: anyio.Event, *, task_status: TaskStatus[Client]) -> None:
        """Keep the session open in a task of its own, whose start is bounded by the deadline."""
        seconds = self._settings.deadline_seconds
        opened = False
        with anyio.CancelScope(deadline=anyio.current_time() + seconds) as scope:
            transport = (
                http(self.spec, self._gauge, seconds)
                if self.spec.url
                else stdio(self.spec, self._gauge)
            )
            async with Client(transport, read_timeout_seconds=seconds) as client:
                scope.deadline, opened = math.inf, True
                task_status.started(client)
                await stop.wait()
        if not opened:
            raise TimeoutError


async def _set(event: anyio.Event) -> None:
    event.set()


async def _ask(
    client: Client, tool: str, arguments: Mapping[str, Any], seconds: float, meta: Any
) -> CallToolResult:
    """Ask without the library's own look at the answer: it would run the server's patterns."""
    params = CallToolRequestParams(name=tool, arguments=dict(arguments), _meta=meta)
    with anyio.fail_after(seconds):
        return await client.session.send_request(CallToolRequest(params=params), CallToolResult)


async def _list(client: Client, seconds: float) -> list[Tool]:
    found: list[Tool] = []
    cursor: str | None = None
    with anyio.fail_after(seconds):
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            found += page.tools
            cursor = page.next_cursor
            if cursor is None:
                break
    return found


@contextmanager
def _translated(gauge: Gauge, *, closing: bool = False) -> Iterator[None]:
    """Whatever goes wrong out there as one Failure that says what it is."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if not closing:
            raise _failure(_first(error), gauge) from error
        if not isinstance(_first(error), OSError | TimeoutError | RuntimeError | MCPError):
            raise


def _first(error: BaseException) -> BaseException:
    """The first of what several tasks raised at once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _failure(error: BaseException, gauge: Gauge) -> Failure:
    if gauge.burst:
        gauge.burst = False
        return Failure(Trouble.TOO_LONG, "it sent more than it may")
    if gauge.broken:
        gauge.broken = False
        return Failure(Trouble.OTHER_SHAPE, "it sent a message that cannot be read")
    if isinstance(error, TimeoutError):
        return Failure(Trouble.SLOW, "it did not answer in time")
    if isinstance(error, ValidationError):
        return Failure(Trouble.OTHER_SHAPE, "its answer does not fit the protocol")
    if isinstance(error, MCPError):
        return _of_protocol(error)
    if isinstance(error, OSError):
        return Failure(Trouble.NOT_AVAILABLE, error.strerror or type(error).__name__)
    return Failure(Trouble.NOT_AVAILABLE, f"{type(error).__name__}: {error}"[:200])


def _of_protocol(error: MCPError) -> Failure:
    code, said = error.error.code, error.error.message[:200]
    if code == CONNECTION_CLOSED:
        return Failure(Trouble.NOT_AVAILABLE, "it ended in the middle of the call")
    if code == METHOD_NOT_FOUND:
        return Failure(Trouble.TOOL_NOT_FOUND, said)
    if code == INVALID_PARAMS:
        return Failure(Trouble.INVALID_ARGUMENTS, said)
    if "imed out" in said:
        return Failure(Trouble.SLOW, "it did not answer in time")
    return Failure(Trouble.QUERY_FAILED, said)
