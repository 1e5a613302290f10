"""A client of the protocol that knows nothing of its library: JSON-RPC on pipes and over HTTP."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

VERSION = "2025-06-18"
HELLO = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "by hand", "version": "1"}}  # fmt: skip  # noqa: E501


class Wire:
    """Requests by number; `send` is the transport."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        reply = self.send(message)
        assert reply["jsonrpc"] == "2.0"
        assert reply["id"] == number
        return reply

    def hello(self) -> dict[str, Any]:
        made: dict[str, Any] = self.ask("initialize", HELLO)["result"]
        self.tell("notifications/initialized")
        return made

    def tools(self) -> dict[str, dict[str, Any]]:
        return {tool["name"]: tool for tool in self.ask("tools/list")["result"]["tools"]}

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.ask("tools/call", {"name": name, "arguments": arguments})
        return made["result"]  # type: ignore[no-any-return]

    def tell(self, method: str) -> None:
        raise NotImplementedError

    def send(self, message: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class Pipes(Wire):
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self._process = process

    def tell(self, method: str) -> None:
        self._write({"jsonrpc": "2.0", "method": method})

    def send(self, message: Mapping[str, Any]) -> dict[str, Any]:
        self._write(message)
        assert self._process.stdout is not None
        while True:
            line = self._process.stdout.readline()
            assert line, "the server has ended"
            reply: dict[str, Any] = json.loads(line)
            if reply.get("id") == message["id"]:
                return reply

    def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()


@contextmanager
def over_pipes(command: Sequence[str]) -> Iterator[Pipes]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Pipes(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stdout is not None
        process.stdout.close()


class Web(Wire):
    def __init__(self, url: str, token: str, **headers: str) -> None:
        super().__init__()
        self._url, self._token, self._headers = urlsplit(url), token, headers

    def tell(self, method: str) -> None:
        status, _ = self.post({"jsonrpc": "2.0", "method": method})
        assert status == 202

    def send(self, message: Mapping[str, Any]) -> dict[str, Any]:
        status, body = self.post(message)
        assert status == 200, (status, body)
        reply: dict[str, Any] = json.loads(body)
        return reply

    def post(self, message: Mapping[str, Any]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(
            self._url.hostname or "", self._url.port, timeout=60
        )
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": VERSION,
            **({"Authorization": f"Bearer {self._token}"} if self._token else {}),
            **self._headers,
        }
        connection.request("POST", self._url.path, json.dumps(message), headers)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()
