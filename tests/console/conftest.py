"""A finished run behind a server that nobody listens to: pages and acts are called as they are."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from brand_metagen.app import accounts
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import load_settings
from brand_metagen.console.door import Seat
from brand_metagen.ports import Role
from brand_metagen.store.sql import SqlStore, sqlite_url
from brand_metagen.web.app import make_app
from brand_metagen.web.warm import Readiness
from program import good, inside


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a run; nothing may be written here."""
    folder = tmp_path_factory.mktemp("console")
    good(inside("sample", "--out", folder / "data", "--brands", 12, "--rows", 300))
    good(inside("run", "--data", folder / "data", "--workspace", folder / "w"))
    return folder / "w"


@contextmanager
def opened(folder: Path) -> Iterator[dict[Role, Seat]]:
    """A seat for every role at a server over a workspace."""
    settings = load_settings(None, {}, {})
    store = SqlStore(sqlite_url(folder / DATABASE), settings.review)
    server = make_app(Workspace(folder, settings, store)).state.server
    server.warm.start()
    seats = {}
    for role in Role:
        accounts.add(store, "test", role.value, role, None)
        issued = accounts.issue(store, "test", role.value, "", timedelta(days=1))
        seats[role] = Seat(server, issued.secret)
    try:
        yield seats
    finally:
        while server.warm.readiness is Readiness.LOADING:
            time.sleep(0.01)
        store.close()


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


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[Role, Seat]]:
    """Seats at a server over a workspace without any run."""
    (tmp_path / "w").mkdir()
    with opened(tmp_path / "w") as made:
        yield made
