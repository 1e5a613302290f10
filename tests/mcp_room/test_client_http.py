"""The client over HTTP: our own server, and ones that flood, pack, redirect, hang or refuse."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from desks import Office

from brand_metagen.config import McpSettings
from brand_metagen.mcp.servers_file import ServerSpec
from brand_metagen.mcp.sources import Outcome, Sources
from brand_metagen.store.sql import SqlStore, sqlite_url

QUICK = McpSettings(deadline_seconds=3.0, attempts=1, wait_seconds=0.0)
WAYS = {
    "floods": "too_long",
    "packs": "server_not_available",
    "redirects": None,
    "hangs": "slow",
    "refuses": None,
    "garbage": None,
    "hangs_up": None,
}
"""What each comes to; None = one of several kinds, by how the library tells it."""


class Handler(BaseHTTPRequestHandler):
    way = ""
    elsewhere: list[str] = []  # noqa: RUF012
    stop = threading.Event()

    def do_GET(self) -> None:
        self.elsewhere.append(self.path)
        self.send_error(405)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/elsewhere":
            self.elsewhere.append(self.headers.get("X-Key", ""))
        with suppress(OSError):
            getattr(self, f"it_{self.way}")()

    def it_floods(self) -> None:
        self._head("application/json")
        while not self.stop.is_set():
            self.wfile.write(b" " * 65_536)

    def it_packs(self) -> None:
        body = gzip.compress(b" " * 50_000_000)
        self._head("application/json", ("Content-Encoding", "gzip"),
                   ("Content-Length", str(len(body))))  # fmt: skip
        self.wfile.write(body)

    def it_redirects(self) -> None:
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def it_hangs(self) -> None:
        self.stop.wait(60)

    def it_refuses(self) -> None:
        self.send_error(401)

    def it_garbage(self) -> None:
        self._head("application/json", ("Content-Length", "3"))
        self.wfile.write(b"{{{")

    def it_hangs_up(self) -> None:
        self.connection.close()

    def _head(self, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving(way: str) -> Iterator[tuple[str, list[str]]]:
    own: list[str] = []
    fields = {"way": way, "elsewhere": own, "stop": threading.Event()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), fields))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/mcp", own
    finally:
        fields["stop"].set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = SqlStore(sqlite_url(tmp_path / "store.sqlite3"))
    yield made
    made.close()


@pytest.mark.parametrize(("way", "kind"), WAYS.items())
def test_a_failure_is_told(store: SqlStore, way: str, kind: str | None) -> None:
    with misbehaving(way) as (url, elsewhere):
        spec = ServerSpec("web", url=url, headers={"X-Key": "s3cret"})
        with Sources([spec], QUICK, store) as made:
            reply = made.ask(spec, "search_brands", {"query": "Tesco"})
    assert reply.outcome is Outcome.FAILED
    assert kind in (None, reply.kind)
    assert elsewhere == []
    assert "s3cret" not in json.dumps([dict(r.detail) for r in store.audit(0, 10).items])


def test_nobody_listens(store: SqlStore) -> None:
    spec = ServerSpec("web", url="http://127.0.0.1:9/mcp")
    with Sources([spec], QUICK, store) as made:
        reply = made.ask(spec, "search_brands", {"query": "Tesco"})
    assert reply.kind == "server_not_available"


def test_our_own_server_with_a_token_and_without(office: Office, store: SqlStore) -> None:
    token = office.tokens["viewer"]
    with office.listening("registry") as url:
        good = ServerSpec("ours", url=url, headers={"Authorization": f"Bearer {token}"})
        bad = ServerSpec("shut", url=url)
        with Sources([good, bad], McpSettings(attempts=1), store) as made:
            found = made.ask(good, "search_brands", {"query": "Tesco"})
            refused = made.ask(bad, "search_brands", {"query": "Tesco"})
            wrong = made.ask(good, "no_such_tool", {})
            unknown = made.ask(good, "get_brand_info", {"brandid": "none"})
    assert found.answer["brands"][0]["brandname"] == "Tesco"
    assert refused.outcome is Outcome.FAILED
    assert (wrong.kind, unknown.kind) == ("tool_not_found", "invalid_arguments")
