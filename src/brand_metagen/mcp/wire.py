"""Both ways to other people's servers, with a cap on what they may send.

The protocol's own transports hold whatever a server sends; these stop reading at the cap, and leave
nothing running.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from subprocess import PIPE

import anyio
import httpx2
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.client.stdio import get_default_environment
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

from brand_metagen.mcp.servers_file import ServerSpec

CHUNK = 65_536
TAIL = 2_000
"""Bytes of a server's messages that are kept for whoever looks for its fault."""
GRACE_SECONDS = 0.5
"""How long a server has to end by itself once its input is closed."""
OUTLETS = (anyio.ClosedResourceError, anyio.BrokenResourceError)


class TooMuch(Exception):
    """A server sent more than it may."""


class Broken(Exception):
    """A server sent a message that cannot be read, so that its answer would never come."""


class Gauge:
    """Counts what a server sends for one question; `said` is the end of what it complains of,
    `burst` and `broken` say why nothing more is read."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.taken = 0
        self.burst = False
        self.broken = False
        self.said = b""

    def reset(self) -> None:
        """Another question begins."""
        self.taken = 0

    def take(self, size: int) -> None:
        """Count bytes; raises TooMuch beyond the cap."""
        self.taken += size
        if self.taken > self._most:
            self.burst = True
            raise TooMuch


@asynccontextmanager
async def stdio(spec: ServerSpec, gauge: Gauge) -> AsyncIterator[TransportStreams]:
    """Start a server and speak over its standard streams; at the end its whole group is killed.

    It gets a small environment of its own: none of our secrets but those the file names for it.
    """
    process = await anyio.open_process(
        list(spec.command),
        env=get_default_environment() | dict(spec.env),
        cwd=spec.cwd or None,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    inward, to_us = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    from_us, outward = anyio.create_memory_object_stream[SessionMessage](0)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_read, process.stdout, inward, gauge)
            tasks.start_soon(_write, process, outward, inward)
            tasks.start_soon(_listen, process.stderr, gauge)
            try:
                yield to_us, from_us
            finally:
                tasks.cancel_scope.cancel()
    finally:
        for stream in (inward, to_us, from_us, outward):
            stream.close()
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _read(
    stdout: ByteReceiveStream,
    inward: MemoryObjectSendStream[SessionMessage | Exception],
    gauge: Gauge,
) -> None:
    """Lines as messages, until the server ends, sends too much, or nobody listens any more."""
    held = bytearray()
    with suppress(*OUTLETS, anyio.EndOfStream, TooMuch, Broken, OSError):
        async with inward:
            while True:
                chunk = await stdout.receive(CHUNK)
                gauge.take(len(chunk))
                held += chunk
                *lines, rest = bytes(held).split(b"\n")
                held = bytearray(rest)
                for line in lines:
                    if line.lstrip().startswith(b"{"):
                        await inward.send(_message(line, gauge))


def _message(line: bytes, gauge: Gauge) -> SessionMessage:
    """A line as a message; whatever else a server prints among them is passed over."""
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        gauge.broken = True
        raise Broken from error


async def _write(
    process: Process,
    outward: MemoryObjectReceiveStream[SessionMessage],
    inward: MemoryObjectSendStream[SessionMessage | Exception],
) -> None:
    assert process.stdin is not None
    try:
        async with outward:
            async for said in outward:
                line = said.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(line.encode() + b"\n")
    except (*OUTLETS, OSError):
        # Whoever waits for an answer learns that none will come.
        await inward.aclose()


async def _listen(stderr: ByteReceiveStream, gauge: Gauge) -> None:
    """Keep the end of what the server complains of; the rest goes nowhere."""
    with suppress(*OUTLETS, anyio.EndOfStream, OSError):
        while True:
            gauge.said = (gauge.said + await stderr.receive(CHUNK))[-TAIL:]


async def _end(process: Process) -> None:
    """Close the server's input, wait a moment, then kill it with whatever it started."""
    with suppress(*OUTLETS, OSError):
        assert process.stdin is not None
        await process.stdin.aclose()
    with anyio.move_on_after(GRACE_SECONDS):
        await process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with anyio.move_on_after(GRACE_SECONDS):
        await process.wait()
    with suppress(*OUTLETS, OSError), anyio.move_on_after(GRACE_SECONDS):
        await process.aclose()


@asynccontextmanager
async def http(spec: ServerSpec, gauge: Gauge, seconds: float) -> AsyncIterator[TransportStreams]:
    """Speak over streamable HTTP. Redirects are not followed: they would take secrets elsewhere."""
    headers = {**spec.headers, "Accept-Encoding": "identity"}
    async with (
        httpx2.AsyncClient(
            headers=headers,
            timeout=seconds,
            follow_redirects=False,
            transport=_Capped(gauge),
        ) as client,
        streamable_http_client(spec.url, http_client=client, terminate_on_close=False) as streams,
    ):
        yield streams


class _Capped(httpx2.AsyncHTTPTransport):
    """Counts what comes back; packed answers are refused, as they may unpack without end."""

    def __init__(self, gauge: Gauge) -> None:
        super().__init__()
        self._gauge = gauge

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on, and its answer back within the cap."""
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.RemoteProtocolError("the answer is packed, though plain was asked for")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Counted(response.stream, self._gauge)
        return response


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, gauge: Gauge) -> None:
        self._stream, self._gauge = stream, gauge

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            try:
                self._gauge.take(len(chunk))
            except TooMuch as error:
                raise httpx2.ReadError("the answer is too long") from error
            yield chunk

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._stream.aclose()
