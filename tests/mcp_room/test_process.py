"""Our server in the background: started once, known by its start, and nothing else is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from by_hand import Web
from desks import Office

from brand_metagen.mcp import process
from program import Done, good, inside

pytestmark = pytest.mark.slow


def mcp(office: Office, *args: object) -> Done:
    return inside("mcp", *args, "--workspace", office.workspace)


@pytest.fixture
def started(office: Office) -> Iterator[process.Background]:
    made = good(mcp(office, "start", "registry", "--port", 0, "--json")).data
    yield process.Background(**made)
    mcp(office, "stop", "registry")


def test_start_status_logs_restart_stop(office: Office, started: process.Background) -> None:
    assert Web(started.url, office.tokens["viewer"]).call("search_brands", query="Tesco")
    lines = good(mcp(office, "status", "--json")).data
    assert [(line["server"], line["running"]) for line in lines] == [
        ("registry", True), ("operations", False),
    ]  # fmt: skip
    assert mcp(office, "start", "registry").code == 3
    said = good(mcp(office, "logs", "registry", "--lines", 5)).out
    assert "search_brands by the-viewer: ok" in said
    assert office.tokens["viewer"] not in said
    again = good(mcp(office, "restart", "registry", "--port", 0, "--json")).data
    assert again["pid"] != started.pid
    assert process.began(started.pid) == ""
    assert good(mcp(office, "stop", "registry", "--json")).data["stopped"]["pid"] == again["pid"]
    assert good(mcp(office, "stop", "registry", "--json")).data == {"stopped": None}


def test_a_process_that_only_has_our_number_is_left_alone(office: Office) -> None:
    """Its id stands in the file, but it began at another time: it is somebody else's."""
    other = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                             stdin=subprocess.PIPE)  # fmt: skip
    try:
        place = process.Place(office.workspace, "registry")
        place.pid_file.parent.mkdir()
        left = {"which": "registry", "pid": other.pid, "began": "1", "url": "http://x"}
        place.pid_file.write_text(json.dumps(left))
        assert process.running(place) is None
        assert process.stop(place) is None
        assert other.poll() is None
        assert not place.pid_file.exists()
    finally:
        other.communicate(b"")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x"}'])
def test_a_broken_file_is_nobody(tmp_path: Path, content: str) -> None:
    place = process.Place(tmp_path, "registry")
    place.pid_file.parent.mkdir()
    place.pid_file.write_text(content)
    assert process.running(place) is None


def test_a_server_that_does_not_come_up_shows_its_log(office: Office) -> None:
    done = mcp(office, "start", "registry", "--host", "256.0.0.1", "--port", 0)
    assert done.code == 1
    assert "the end of its log" in done.err.lower()
    assert not good(mcp(office, "status", "--json")).data[0]["running"]


def test_logs_before_any_start(office: Office) -> None:
    assert mcp(office, "logs", "operations").code == 2


def test_a_server_that_was_killed_is_known_to_be_gone_and_started_anew(
    office: Office, started: process.Background
) -> None:
    place = process.Place(office.workspace, "registry")
    found = process.running(place)
    assert found is not None
    assert found.pid == started.pid > 1
    os.kill(found.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while process.began(found.pid) == found.began and time.monotonic() < until:
        time.sleep(0.05)
    lines = good(mcp(office, "status", "--json")).data
    assert not any(line["running"] for line in lines)
    again = good(mcp(office, "start", "registry", "--port", 0, "--json")).data
    assert again["pid"] != found.pid
    assert Web(again["url"], office.tokens["viewer"]).call("search_brands", query="Tesco")


def test_who_comes_while_another_starts_it_is_told(office: Office) -> None:
    place = process.Place(office.workspace, "registry")
    with place.held():
        assert mcp(office, "start", "registry", "--port", 0).code == 3
        assert mcp(office, "stop", "registry").code == 3
    assert process.running(place) is None


def test_many_clients_at_once_are_answered_each_its_own(
    office: Office, started: process.Background
) -> None:
    names = ["Tesco", "Costa", "Boots", "Shell", "Next", "Asda"] * 3

    def ask(name: str) -> str:
        found = Web(started.url, office.tokens["viewer"]).call("search_brands", query=name)
        return str(found["structuredContent"]["query"])

    with ThreadPoolExecutor(len(names)) as many:
        assert list(many.map(ask, names)) == names
