"""One finished run for all tests of this room, with accounts of every role and their tokens."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from desks import Office

from program import good, inside


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with `data`, a workspace `w` and `tokens.json`; nothing may be written here."""
    folder = tmp_path_factory.mktemp("mcp_room")
    data, workspace = folder / "data", folder / "w"
    good(inside("sample", "--out", data, "--brands", 20, "--rows", 400))
    good(inside("run", "--data", data, "--workspace", workspace))
    tokens = {}
    for role in ("viewer", "reviewer"):
        add = ("users", "add", f"the-{role}", "--role", role, "--no-password")
        good(inside(*add, "--workspace", workspace))
        token = good(inside("users", "token", f"the-{role}", "--workspace", workspace))
        tokens[role] = token.out.strip()
    (folder / "tokens.json").write_text(json.dumps(tokens))
    return folder


@pytest.fixture
def office(finished: Path, tmp_path: Path) -> Office:
    """A copy of the workspace for a test of its own."""
    shutil.copytree(finished / "w", tmp_path / "w")
    return Office(tmp_path / "w", json.loads((finished / "tokens.json").read_text()))


@pytest.fixture(scope="module")
def shared(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The same for all tests of a file that only look."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(finished / "w", folder / "w")
    return Office(folder / "w", json.loads((finished / "tokens.json").read_text()))
