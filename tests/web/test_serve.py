"""`serve` as a process of its own, and the API on both databases."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from offices import API, SECONDS, opened, until

from brand_metagen.app.guards import is_loopback
from brand_metagen.ports import Role
from program import environ, inside

pytestmark = pytest.mark.slow


@contextmanager
def served(*args: object) -> Iterator[str]:
    """The address of a server in a process of its own, ended as Ctrl-C ends it."""
    command = [sys.executable, "-m", "brand_metagen", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ({})
    )
    try:
        assert process.stdout is not None
        told = "".join(iter(lambda: process.stdout.readline().decode(), "}\n")) + "}"  # type: ignore[union-attr]
        yield json.loads(told)["url"]
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=SECONDS)
    assert b"Traceback" not in complaints, complaints.decode()


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished / "w", tmp_path / "w")
    return tmp_path / "w"


def test_without_login_on_this_machine(workspace: Path) -> None:
    with served("--workspace", workspace, "--no-login", "--as", "sam") as url:
        assert httpx.get(f"{url}{API}/me").json() == {"name": "sam", "role": "operator"}
        health = f"{url}/healthz"
        until(lambda: httpx.get(health).json()["market"] == "ready")
        queue = httpx.get(f"{url}{API}/review/queue").json()["items"]
        path = f"{url}{API}/brands/{queue[0]['brandid']}"
        assert httpx.post(f"{path}/flag", headers={"If-Match": '"1"'}).status_code == 200
        assert httpx.get(health, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--no-login", "--host", "0.0.0.0"), "127.0.0.1 only"),
        (("--no-login", "--host", "192.0.2.1"), "127.0.0.1 only"),
        (("--as", "sam"), "--no-login"),
        ((), "users add"),
    ],
)
def test_servers_that_would_be_open_or_useless_do_not_start(
    workspace: Path, args: tuple[str, ...], says: str
) -> None:
    done = inside("serve", "--workspace", workspace, "--port", 0, *args)
    assert (done.code, says in done.err) == (2, True), done.err


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("example.org", False), ("", False)],
)  # fmt: skip
def test_what_is_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_whole_way_on_postgresql(finished: Path, tmp_path: Path, postgresql: str) -> None:
    """Run, correct, approve, publish, roll back: the store is another, the answers are the same."""
    from brand_metagen.app.runs import start
    from brand_metagen.ports import Quiet

    (tmp_path / "w").mkdir()
    with opened(tmp_path / "w", finished / "data", postgresql) as office:
        start(office.workspace, finished / "data", (), Quiet())
        brandid = office.largest()
        row = office.rows(brandid, "confirmed")[0]
        wish = {"does_not_belong": [{"ccid": row["ccid"], "bankid": row["bankid"]}]}
        path = f"/brands/{brandid}"
        headers = {"If_Match": '"1"', "Idempotency_Key": "k"}
        first = office.good("POST", f"{path}/feedback", wish, **headers)
        assert office.good("POST", f"{path}/feedback", wish, **headers) == first
        assert office.ask("POST", f"{path}/approve", If_Match='"1"').status_code == 409
        office.good("POST", f"{path}/approve", If_Match='"2"')
        release = office.good("POST", "/publish", role=Role.OPERATOR)["release"]
        assert office.get("/publications")["items"][0]["release_id"] == release
        back = {"version": 1, "note": "the first was right"}
        assert office.ask("POST", f"{path}/rollback", back, If_Match='"2"').status_code == 409
        assert office.ask("GET", "/brands/a%00b").status_code in (400, 404)
        assert office.get("/audit/verify", Role.ADMIN)["damage"] == []
