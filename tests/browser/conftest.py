"""Servers in processes of their own, and browsers that have to stay on this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chrome import SECONDS, Tab, quiet
from spoilt import spoil, write_everywhere
from steps import PASSWORD

from program import environ, good, inside

WHO = (("rita", "reviewer"), ("rolf", "reviewer"), ("oona", "operator"), ("ada", "admin"))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a run over a partly hostile market, and accounts; nobody may write here."""
    folder = tmp_path_factory.mktemp("console")
    good(inside("sample", "--out", folder / "data", "--brands", 30, "--rows", 900))
    spoil(folder / "data")
    workspace = ("--workspace", folder / "w")
    good(inside("run", "--data", folder / "data", *workspace))
    for name, role in WHO:
        password = f"{PASSWORD}\n".encode()
        good(inside("users", "add", name, "--role", role, *workspace, stdin=password))
    return folder / "w"


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The address of a server in a process of its own, which may not fail meanwhile."""
    command = [sys.executable, "-m", "brand_metagen", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--workspace", str(workspace)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ({}),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        out = process.stdout
        told = "".join(iter(lambda: out.readline().decode(), "}\n")) + "}"
        yield json.loads(told)["url"]
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=SECONDS)
    assert b"Traceback" not in complaints, complaints.decode()


@pytest.fixture
def address(finished: Path, tmp_path: Path) -> Iterator[str]:
    """A server over a copy."""
    shutil.copytree(finished, tmp_path / "w")
    with served(tmp_path / "w") as url:
        yield url


@pytest.fixture(scope="session")
def busy(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a copy on which people have worked, also with bad intent; for looking only."""
    folder = tmp_path_factory.mktemp("busy") / "w"
    shutil.copytree(finished, folder)
    write_everywhere(folder)
    with served(folder) as url:
        yield url


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    with quiet(tmp_path / "profile") as made:
        yield made
