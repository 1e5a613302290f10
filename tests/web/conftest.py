"""One finished run, copied for every test that asks for a server over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office, opened

from postgres import postgresql, server
from program import good, inside

__all__ = ["postgresql", "server"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with `data` and a workspace `w`; nothing may be written here."""
    folder = tmp_path_factory.mktemp("web")
    good(inside("sample", "--out", folder / "data", "--brands", 30, "--rows", 600))
    good(inside("run", "--data", folder / "data", "--workspace", folder / "w"))
    return folder


@pytest.fixture
def office(finished: Path, tmp_path: Path) -> Iterator[Office]:
    """A server over a workspace of its own, in this process, with an account of every role."""
    shutil.copytree(finished / "w", tmp_path / "w")
    with opened(tmp_path / "w", finished / "data") as made:
        yield made


@pytest.fixture(scope="module")
def shared(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The same for all tests of a file that only look."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(finished / "w", folder / "w")
    with opened(folder / "w", finished / "data") as made:
        yield made


@pytest.fixture
def empty(finished: Path, tmp_path: Path) -> Iterator[Office]:
    """A server over a workspace without any run."""
    (tmp_path / "w").mkdir()
    with opened(tmp_path / "w", finished / "data") as made:
        yield made
