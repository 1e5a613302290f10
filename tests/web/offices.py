"""A server for tests, on a port of its own in this process, and its callers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from httpx import Client, Response

from brand_metagen.app import accounts
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import load_settings
from brand_metagen.ports import Actor, Role
from brand_metagen.store.sql import SqlStore, sqlite_url
from brand_metagen.web.app import guarded, make_app
from brand_metagen.web.serve import LOOPBACK_NAMES, config_of

API = "/api/v1"
SECONDS = 30.0
"""How long a test waits for a server before something is wrong."""


@dataclass(frozen=True)
class Office:
    """A server and a token for every role."""

    workspace: Workspace
    client: Client
    tokens: Mapping[Role, str]

    def headers(self, role: Role = Role.REVIEWER) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def ask(
        self, method: str, path: str, body: Any = None, role: Role = Role.REVIEWER, **headers: str
    ) -> Response:
        """One request; `_` in a header's name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(
            method, API + path, json=body, headers={**self.headers(role), **named}
        )

    def good(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        """What a request that has to succeed is answered."""
        answer = self.ask(method, path, body, **how)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str, role: Role = Role.REVIEWER) -> Any:
        """What a path shows."""
        return self.good("GET", path, role=role)

    def queue(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/review/queue?limit=100")["items"]
        return found

    def ruled(self) -> list[dict[str, Any]]:
        """Brands of the queue that have a rule, those with the most rows first."""
        rules = {m.brandid for m in self.workspace.store.latest_versions() if m.rule}
        found = [b for b in self.queue() if b["brandid"] in rules]
        return sorted(found, key=lambda b: (-b["rows"], b["brandid"]))

    def largest(self) -> str:
        """The id of the brand with the most rows of those that have a rule."""
        return str(self.ruled()[0]["brandid"])

    def rows(self, brandid: str, decision: str = "") -> list[dict[str, Any]]:
        """The first hundred rows of a brand."""
        wanted = f"&decision={decision}" if decision else ""
        found: list[dict[str, Any]] = self.get(f"/brands/{brandid}/rows?limit=100{wanted}")["items"]
        return found


@contextmanager
def opened(
    folder: Path, data: Path, url: str = "", without_login: Actor | None = None, **settings: object
) -> Iterator[Office]:
    """Open a workspace and serve it; `settings` are `section__name`."""
    values = {name.replace("__", "."): value for name, value in settings.items()}
    chosen = load_settings(None, {}, {"serve.data_root": str(data.parent), **values})
    store = SqlStore(url or sqlite_url(folder / DATABASE), chosen.review)
    workspace = Workspace(folder, chosen, store)
    tokens = {}
    for role in Role:
        accounts.add(store, "test", role.value, role, None)
        tokens[role] = accounts.issue(store, "test", role.value, "", timedelta(days=1)).secret
    try:
        with (
            listening(workspace, without_login) as address,
            Client(base_url=address, timeout=SECONDS) as client,
        ):
            yield Office(workspace, client, tokens)
    finally:
        store.close()


@contextmanager
def listening(workspace: Workspace, without_login: Actor | None) -> Iterator[str]:
    """The address of a real server in a thread."""
    app = guarded(make_app(workspace, without_login), workspace, LOOPBACK_NAMES)
    server = uvicorn.Server(config_of(app, "127.0.0.1", 0))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)


def until(done: Any) -> None:
    """Wait for something that will come."""
    limit = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.01)
