"""A finished run behind a server that nobody listens to: pages and acts are called as they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from seating import opened, spoil

from brand_metagen.console.door import Seat
from brand_metagen.ports import Role
from program import good, inside


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a run over a market that is partly hostile; nothing may be written here."""
    folder = tmp_path_factory.mktemp("console")
    good(inside("sample", "--out", folder / "data", "--brands", 12, "--rows", 300))
    spoil(folder / "data")
    good(inside("run", "--data", folder / "data", "--workspace", folder / "w"))
    return folder / "w"


@pytest.fixture
def seats(finished: Path, tmp_path: Path) -> Iterator[dict[Role, Seat]]:
    """Seats at a server over a copy of the run."""
    shutil.copytree(finished, tmp_path / "w")
    with opened(tmp_path / "w") as made:
        yield made


@pytest.fixture(scope="module")
def shared(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Role, Seat]]:
    """The same for all tests of a file that only look."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(finished, folder / "w")
    with opened(folder / "w") as made:
        yield made


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Role, Seat]]:
    """Seats at a server over a workspace without any run."""
    with opened(tmp_path_factory.mktemp("empty")) as made:
        yield made
