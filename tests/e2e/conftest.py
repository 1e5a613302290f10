"""One undisturbed run for all tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from faults import Driver, Whole, make_market

from program import good


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    made = Driver(tmp_path_factory.mktemp("driver"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, driver: Driver) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    data, workspace = make_market(folder), folder / "w"
    good(driver.run(data, workspace))
    return Whole(data, workspace, driver.exported(workspace))
