"""`brand-metagen serve` as a process of its own, and a caller that knows its address alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.commands import LAST_CHARACTERS, BenchError

API = "/api/v1"
PAGE = 100
"""Rows of a page, the most that the API gives."""
PATIENCE = 120.0
"""Seconds until an answer that does not come is an error; the market is read meanwhile."""
BROKEN = 599
"""Instead of the status of an answer that never came."""
IDLE = 1.0
"""Seconds after which an unused connection is not used again; servers close them after five, and a
request that crosses with that is lost."""
UNLIMITED = ("--set", "serve.requests_per_minute=1000000")
"""The bench asks faster than a person does; how often one may is measured elsewhere."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens at `url`; `pid` is its process."""

    url: str
    pid: int

    @property
    def cpu_seconds(self) -> float | None:
        """User and system seconds so far (proc(5), fields 14 and 15), None without /proc."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        except OSError:
            return None
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(workspace: Path, *options: str) -> Iterator[Served]:
    """Start a server on any free port of this machine, and end it. Its messages go to a file beside
    the workspace; raises BenchError with their end when it does not start."""
    log = workspace.with_name(f"{workspace.name}-server.log")
    command = [sys.executable, "-m", "brand_metagen", "serve", "--workspace", str(workspace)]
    command += ["--port", "0", "--json", *UNLIMITED, *options]
    with log.open("w+", encoding="utf-8") as messages:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages, text=True
        )
        try:
            assert process.stdout is not None
            # One JSON document, over several lines.
            told = ""
            while "}" not in told and (line := process.stdout.readline()):
                told += line
            if not told:
                said = log.read_text(encoding="utf-8")[-LAST_CHARACTERS:]
                raise BenchError(f"the server of {workspace.name} did not start: {said}")
            yield Served(json.loads(told)["url"], process.pid)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: Any
    headers: Mapping[str, str]
    seconds: float

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


class Caller:
    """One person's way to the API. `token` is empty where nobody has to sign in."""

    def __init__(self, url: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        limits = httpx.Limits(keepalive_expiry=IDLE)
        self._client = httpx.Client(
            base_url=url + API, timeout=PATIENCE, headers=headers, limits=limits
        )

    def close(self) -> None:
        self._client.close()

    def ask(
        self, method: str, path: str, body: object = None, version: int | None = None, key: str = ""
    ) -> Answer:
        """One request; `version` is what was seen (If-Match), `key` the idempotency key.

        Where the connection breaks, the status is BROKEN.
        """
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        if key:
            headers["Idempotency-Key"] = key
        begun = time.perf_counter()
        try:
            got = self._client.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            told = {"detail": f"the connection broke: {error}"}
            return Answer(BROKEN, told, {}, time.perf_counter() - begun)
        seconds = time.perf_counter() - begun
        shown = got.json() if got.content else None
        return Answer(got.status_code, shown, got.headers, seconds)

    def get(self, path: str) -> Any:
        """What is shown at a path; raises BenchError when nothing is."""
        answer = self.ask("GET", path)
        if not answer.good:
            raise BenchError(f"GET {path}: {answer.status} {answer.body}")
        return answer.body

    def pages(self, path: str) -> Iterator[Sequence[Mapping[str, Any]]]:
        """All pages of a list."""
        cursor = ""
        while True:
            page = self.get(f"{path}?limit={PAGE}{cursor}")
            yield page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"
