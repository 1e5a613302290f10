"""A finished workspace, and a fresh copy of it for every test that writes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from brand_metagen.app.live import Live
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import ReviewSettings, Settings
from brand_metagen.store.sql import SqlStore, sqlite_url
from places import Place
from program import good, inside

Opener = Callable[..., Workspace]


@dataclass(frozen=True, slots=True)
class Truth:
    """Whose every combo is (empty = nobody's), by (ccid, bankid)."""

    owner: dict[tuple[str, str], str]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("app"))
    good(inside("sample", "--out", made.data, "--brands", 40, "--rows", 1_000, "--seed", 3))
    good(inside("run", "--data", made.data, "--workspace", made.workspace))
    return made


@pytest.fixture(scope="session")
def truth(place: Place) -> Truth:
    with (place.data / "truth" / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return Truth({(row["ccid"], row["bankid"]): row["true_brandid"] for row in rows})


@pytest.fixture
def copied(place: Place, tmp_path: Path) -> Iterator[Opener]:
    """Opens a copy of the workspace; `review` changes its settings, the same copy each time."""
    folder = tmp_path / "w"
    shutil.copytree(place.workspace, folder)
    stores = []

    def opened(**review: object) -> Workspace:
        settings = replace(ReviewSettings(), **review)  # type: ignore[arg-type]
        store = SqlStore(sqlite_url(folder / DATABASE), settings)
        stores.append(store)
        return Workspace(folder, replace(Settings(), review=settings), store)

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def live(copied: Opener) -> Live:
    return Live(copied())
