"""A server on this machine that speaks Bedrock's Converse and ConverseStream, its model a script.

An answer is given as a stream of events, each a frame with two CRC32s, or whole; it may come late,
never end, or be no answer at all.
"""

from __future__ import annotations

import json
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request: the system text, what the user said last, the data quoted, the tools offered."""

    system: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    streamed: bool

    @property
    def prompt(self) -> str:
        texts = [c["text"] for m in self.messages for c in m["content"] if "text" in c]
        return "\n".join(texts)

    @property
    def data(self) -> Any:
        inner = self.prompt.split("<data>\n", 1)[1].split("\n</data>", 1)[0]
        return json.loads(inner)

    @property
    def tool(self) -> str:
        return str(self.tools[0]["toolSpec"]["name"])

    @property
    def results(self) -> list[Any]:
        """What our tools have answered so far."""
        return [
            json.loads(c["toolResult"]["content"][0]["text"])
            for m in self.messages
            for c in m["content"]
            if "toolResult" in c
        ]


@dataclass(frozen=True)
class Answer:
    """What the model says: calls of tools, or text; and how."""

    calls: tuple[tuple[str, Any], ...] = ()
    text: str = ""
    tokens_in: int = 100
    tokens_out: int = 20
    wait: float = 0.0
    """Seconds before the first byte."""
    endless: bool = False
    """Goes on for ever, a word at a time."""
    raw: bytes = b""
    """Sent instead of anything sensible."""
    status: int = 200
    cut: bool = False
    """The stream ends in the middle of an event."""


Script = Callable[[Asked], Answer]


def tool(asked: Asked, **fields: Any) -> Answer:
    """The answer by the tool that was offered."""
    return Answer(calls=((asked.tool, fields),))


@dataclass
class Bedrock:
    """The server; set `script` to what the model does."""

    script: Script = lambda asked: Answer(text="nothing")
    asked: list[Asked] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Bedrock:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = Asked(
                    "".join(part.get("text", "") for part in body.get("system", ())),
                    body["messages"],
                    body.get("toolConfig", {}).get("tools", []),
                    self.path.endswith("converse-stream"),
                )
                owner.asked.append(asked)
                answer = owner.script(asked)
                time.sleep(answer.wait)
                try:
                    (_streamed if asked.streamed else _whole)(self, answer)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


def _whole(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    content: list[dict[str, Any]] = [{"text": answer.text}] if answer.text else []
    content += [
        {"toolUse": {"toolUseId": f"t{i}", "name": name, "input": given}}
        for i, (name, given) in enumerate(answer.calls)
    ]
    said = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use" if answer.calls else "end_turn",
        "usage": _usage(answer),
        "metrics": {"latencyMs": 1},
    }
    body = answer.raw or json.dumps(said).encode()
    handler.send_response(answer.status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _streamed(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    if answer.status != 200:
        _whole(handler, answer)
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "application/vnd.amazon.eventstream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for frame in [answer.raw] if answer.raw else _frames(answer):
        handler.wfile.write(f"{len(frame):x}\r\n".encode() + frame + b"\r\n")
        handler.wfile.flush()
    handler.wfile.write(b"0\r\n\r\n")


def _frames(answer: Answer) -> Iterator[bytes]:
    yield frame("messageStart", {"role": "assistant"})
    blocks: list[tuple[dict[str, Any], dict[str, Any]]] = []
    if answer.text:
        blocks.append(({}, {"text": answer.text}))
    for i, (name, given) in enumerate(answer.calls):
        start = {"toolUse": {"toolUseId": f"t{i}", "name": name}}
        said = given if isinstance(given, str) else json.dumps(given)
        blocks.append((start, {"toolUse": {"input": said}}))
    for i, (start, delta) in enumerate(blocks):
        if start:
            yield frame("contentBlockStart", {"contentBlockIndex": i, "start": start})
        whole = frame("contentBlockDelta", {"contentBlockIndex": i, "delta": delta})
        if answer.cut:
            yield whole[: len(whole) // 2]
            return
        yield whole
        while answer.endless:
            time.sleep(0.02)
            yield frame("contentBlockDelta", {"contentBlockIndex": i, "delta": {"text": "and "}})
        yield frame("contentBlockStop", {"contentBlockIndex": i})
    yield frame("messageStop", {"stopReason": "tool_use" if answer.calls else "end_turn"})
    yield frame("metadata", {"usage": _usage(answer), "metrics": {"latencyMs": 1}})


def _usage(answer: Answer) -> dict[str, int]:
    total = answer.tokens_in + answer.tokens_out
    return {"inputTokens": answer.tokens_in, "outputTokens": answer.tokens_out,
            "totalTokens": total}  # fmt: skip


def frame(event: str, payload: dict[str, Any]) -> bytes:
    """One event: lengths, their CRC, headers, payload, the CRC of all."""
    headers = b"".join(
        bytes([len(name)])
        + name.encode()
        + b"\x07"
        + struct.pack(">H", len(value))
        + value.encode()
        for name, value in (
            (":event-type", event),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + headers + body
    return message + struct.pack(">I", zlib.crc32(message))
