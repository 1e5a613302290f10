"""What lies where a server in the background leaves its traces may be anything: nothing is ended
for it, and `start` and `stop` say what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brand_metagen.errors import InputError
from brand_metagen.mcp import process

SPOILT = (
    "", "garbage", "[]", "null", "{}", "[" * 50_000,
    *(
        {"which": "registry", "pid": pid, "began": began, "url": "http://x"}
        for pid, began in (
            (-1, ""), (-1, "1"), (0, ""), (1, "1"), (-77, ""), ("1", ""), (None, None), (1.5, ""),
            (True, ""), (10**20, ""), (2**31, ""), (2, ""), (2, None), (999_999_999, ""),
        )
    ),
    {"which": "registry", "pid": 2, "began": "1", "url": 1},
    {"which": "registry", "pid": 2, "began": "1"},
    {"which": "registry", "pid": 2, "began": "1", "url": "http://x", "more": 1},
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> process.Place:
    def killed(pid: int, sign: int) -> None:
        raise AssertionError(f"signal {sign} to {pid}")

    monkeypatch.setattr(process.os, "kill", killed)
    (tmp_path / "mcp").mkdir()
    return process.Place(tmp_path, "registry")


@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda s: json.dumps(s)[:60])
def test_what_is_no_trace_of_a_server_ends_nobody(place: process.Place, spoilt: Any) -> None:
    place.pid_file.write_text(spoilt if isinstance(spoilt, str) else json.dumps(spoilt))
    assert process.running(place) is None
    assert process.stop(place) is None
    assert not place.pid_file.exists()


@pytest.mark.parametrize("pid", [0, -1, -77, 2**31, 10**20])
def test_no_number_but_a_process_s_began_at_any_time(pid: int) -> None:
    assert process.began(pid) == ""


def test_a_folder_in_the_place_of_a_trace_is_named(place: process.Place) -> None:
    place.pid_file.mkdir()
    assert process.running(place) is None
    with pytest.raises(InputError, match=r"registry\.pid"):
        process.stop(place)


def test_a_trace_of_the_other_server_is_not_this_one_s(place: process.Place) -> None:
    """A copied file names another server; what runs is told under the name that was asked for."""
    import os

    mine = {"which": "operations", "pid": os.getpid(), "began": process.began(os.getpid()),
            "url": "http://x"}  # fmt: skip
    place.pid_file.write_text(json.dumps(mine))
    found = process.running(place)
    assert found is not None
    assert found.which == "registry"
