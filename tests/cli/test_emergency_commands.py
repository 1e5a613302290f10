"""Emergencies by commands: what they say, and what their exit codes tell programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from places import Place
from program import Done, good, inside

Run = Callable[..., Done]


@pytest.fixture
def run(place: Place, tmp_path: Path) -> Run:
    shutil.copytree(place.workspace, tmp_path / "w")
    return lambda *args: inside(*args, "--workspace", tmp_path / "w")


def test_somebody_is_shut_out_and_undone(run: Run, tmp_path: Path) -> None:
    queue = run("review", "queue", "--json").data
    brandid = max(queue, key=lambda b: (b["rows"], b["brandid"]))["brandid"]
    good(run("users", "add", "eve", "--role", "admin", "--no-password"))
    good(run("users", "token", "eve"))
    good(run("review", "approve", brandid, "--as", "eve"))
    assert run("users", "isolate", "eve").code == 2, "it wants a reason"
    done = good(run("users", "isolate", "eve", "--reason", "stolen"))
    assert "1 tokens and sessions ended" in done.out
    assert "nobody is left to administer" in done.err

    file = tmp_path / "e.jsonl"
    sealed = good(run("audit", "seal", file))
    seal = sealed.out.split()[-1]
    assert run("audit", "seal", file).code == 3, "evidence is never written over"
    assert "the one that was written down" in good(run("audit", "check", file)).out
    assert "give --seal" in good(inside("audit", "check", file)).out
    file.write_text(file.read_text().replace("stolen", "stolem"))
    touched = inside("audit", "check", file, "--seal", seal)
    assert (touched.code, "account_isolated" in touched.out) == (1, False)
    assert "is not what was sealed here" in touched.out

    assert "approve" in good(run("audit", "account", "eve")).out
    shown = good(run("audit", "revert", "eve", "--as", "olga"))
    assert "nothing was done yet; --yes does it" in shown.out
    assert "undone" in good(run("audit", "revert", "eve", "--yes", "--as", "olga")).out
    assert "nothing of eve is left" in good(run("audit", "revert", "eve", "--as", "olga")).out
    assert run("audit", "revert", "eve", "--as", "eve").code == 2
    assert run("audit", "revert", "eve", "--since", "soon").code == 2


def test_an_incident_and_the_page(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "s.html"
    assert "works" in good(run("status", "--page", page)).out
    said = ("incidents", "open", "other", "rows\x1b[2J are gone", "--affected", "reports")
    assert "\x1b" not in good(run(*said, "--severity", "critical")).out
    assert "does not work" in good(run("status", "--page", page)).out
    assert run("incidents", "open", "fire", "x", "--affected", "y").code == 2
    close = ("incidents", "close", "INC-0001", "--cause", "x", "--action")
    assert run(*close, "o:2026-12-01:y").code == 3
    assert run("incidents", "note", "INC-0001", "x", "--recovered", "--worsened").code == 2
    good(run("incidents", "note", "INC-0001", "found", "--recovered"))
    assert run("incidents", "close", "INC-0001", "--cause", "x").code == 2
    assert run(*close, "soon").code == 2
    good(run(*close, "o:2026-12-01:y"))
    assert "o by 2026-12-01: y" in good(run("incidents", "show", "INC-0001")).out
    assert run("incidents", "show", "INC-0002").code == 2
    assert run("incidents", "list", "--open", "--json").data == []
    assert run("incidents", "report", "INC-0001", "--format", "docx").code == 2


def test_verify_names_what_is_damaged(run: Run, tmp_path: Path) -> None:
    assert "whole" in good(run("verify")).out
    path = next((tmp_path / "w" / "releases").glob("REL-*/metadata.jsonl"))
    path.write_bytes(path.read_bytes() + b"\n")
    done = run("verify")
    assert done.code == 1
    assert f"release: {path.parent.name}" in done.out
    assert "next: " in done.out


def test_a_store_that_does_not_open_has_its_page(run: Run, tmp_path: Path) -> None:
    for more in ("", "-wal", "-shm"):
        path = tmp_path / "w" / f"brand-metagen.sqlite3{more}"
        if path.exists():
            path.write_bytes(b"no database any more" * 400)
    assert "does not work" in good(run("status", "--page", tmp_path / "s.html")).out
    health = run("health")
    assert (health.code, "store" in health.out) == (1, True)
    for args in (("verify",), ("diagnose", "all"), ("incidents", "list"), ("users", "list")):
        done = run(*args)
        assert (done.code, "Traceback" in done.err) == (1, False), args
