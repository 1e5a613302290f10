"""A store in a file of its own, and metadata to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from brand_metagen.store.sql import SqlStore, sqlite_url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "store.sqlite3")


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = SqlStore(url)
    yield opened
    opened.close()
