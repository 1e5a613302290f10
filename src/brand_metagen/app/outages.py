"""What the disk does to DuckDB, as a member of our tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from brand_metagen.errors import ServiceError


@contextmanager
def as_ours() -> Iterator[None]:
    """Raise ServiceError where DuckDB finds no room; Python's own OSError passes as it is."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise ServiceError(f"DuckDB cannot go on: {error}") from error
