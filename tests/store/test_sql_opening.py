"""Opening: durable settings, foreign schemas, broken databases, many at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select

from brand_metagen.errors import ConflictError, InputError, IntegrityError, ServiceError
from brand_metagen.ports import Mode, RunState
from brand_metagen.store import engine, schema
from brand_metagen.store.engine import open_engine
from brand_metagen.store.sql import SqlStore, sqlite_url

FORK = multiprocessing.get_context("fork")
MANY, EACH = 8, 5


@contextmanager
def outside(url: str) -> Iterator[Connection]:
    """A transaction of somebody who does not go through the store."""
    opened = open_engine(url)
    with opened.begin() as connection:
        yield connection
    opened.dispose()


def create(url: str) -> list[str]:
    """What one of many processes does: open, create runs."""
    store = SqlStore(url)
    ids = [store.create_run("data", "f00d", ()).run_id for _ in range(EACH)]
    store.close()
    return ids


EXPECTED = [f"RUN-{n:04d}" for n in range(1, MANY * EACH + 1)]


def test_many_processes_on_a_new_store_get_ids_of_their_own(url: str) -> None:
    with ProcessPoolExecutor(MANY, mp_context=FORK) as pool:
        ids = [run_id for batch in pool.map(create, [url] * MANY) for run_id in batch]
    assert sorted(ids) == EXPECTED
    assert [run.run_id for run in SqlStore(url).runs()] == EXPECTED


def test_many_threads_on_one_store_get_ids_of_their_own(store: SqlStore) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        runs = pool.map(lambda _: store.create_run("data", "f00d", ()), range(MANY * EACH))
        assert sorted(run.run_id for run in runs) == EXPECTED


def test_a_number_is_never_given_twice(url: str) -> None:
    create(url)
    with outside(url) as connection:
        connection.execute(schema.runs.delete())
    assert create(url)[0] == f"RUN-{EACH + 1:04d}"


def test_what_is_written_survives_a_power_cut(sqlite: str) -> None:
    SqlStore(sqlite).close()
    opened = open_engine(sqlite)
    with opened.begin() as connection:
        read = connection.exec_driver_sql
        found = {
            name: read(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    opened.dispose()
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 5_000,
    }


@contextmanager
def held(url: str, *first: str) -> Iterator[sqlite3.Connection]:
    """The file of a store in the hands of another program."""
    other = sqlite3.connect(
        url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    for statement in first:
        other.execute(statement)
    try:
        yield other
    finally:
        other.close()


WRITER = ("BEGIN IMMEDIATE", "UPDATE modes SET reason = reason")
ALONE = ("PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE", "UPDATE modes SET reason = reason")


def test_who_reads_waits_for_no_writer(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    create(sqlite)
    monkeypatch.setattr(engine, "READ_SECONDS", 0)
    with held(sqlite, *WRITER):
        store = SqlStore(sqlite)
        assert len(store.runs()) == EACH
        assert store.mode().mode is Mode.NORMAL
        store.close()


def test_who_writes_is_told_what_is_waited_for(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "TOLD_SECONDS", 0)
    create(sqlite)
    said: list[str] = []
    with held(sqlite, *WRITER) as other:

        def told(text: str) -> None:
            said.append(text)
            other.execute("COMMIT")

        store = SqlStore(sqlite, told=told)
        assert store.create_run("data", "f00d", ()).run_id == f"RUN-{EACH + 1:04d}"
        assert said == [engine.WAITING.format(30)]
        store.create_run("data", "f00d", ())
        assert len(said) == 1
        store.close()


def test_a_store_that_is_not_let_go_is_said_to_be_held(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(sqlite)
    for name in ("TOLD_SECONDS", "BUSY_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(engine, name, 0)
    store = SqlStore(sqlite)
    with held(sqlite, *WRITER), pytest.raises(ServiceError, match="Another process holds") as told:
        store.create_run("data", "f00d", ())
    assert told.value.retryable
    store.close()
    with held(sqlite, *ALONE), pytest.raises(ServiceError, match="Another process holds"):
        SqlStore(sqlite)
    assert len(SqlStore(sqlite).runs()) == EACH


def test_opening_again_keeps_what_is_there(url: str) -> None:
    create(url)
    store = SqlStore(url)
    assert len(store.runs()) == EACH


def test_a_newer_schema_is_refused_and_left_alone(url: str) -> None:
    with outside(url) as connection:
        schema.schema_version.create(connection)
        connection.execute(schema.schema_version.insert().values(version=schema.VERSION + 1))
    with pytest.raises(IntegrityError, match="newer brand-metagen wrote it"):
        SqlStore(url)
    with outside(url) as connection:
        assert inspect(connection).get_table_names() == ["schema_version"]


def test_the_schema_found_is_the_one_written(url: str) -> None:
    SqlStore(url).close()
    SqlStore(url).close()
    with outside(url) as connection:
        versions = connection.scalars(select(schema.schema_version.c.version)).all()
    assert versions == [schema.VERSION]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no url",
        "nosuchdatabase://host/x",
        "nosuch+driver://me:s3cret@host/x",
        "mysql://me:s3cret@host/x",
        "mssql+pyodbc://x:s3cret@y",
    ],
)
def test_what_is_no_database_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InputError) as caught:
        SqlStore(url)
    assert "s3cret" not in str(caught.value)
    assert "database_url" in str(caught.value)


def test_a_file_that_is_no_database_is_named(sqlite: str, tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_text("brandid,brandname\n" * 100)
    with pytest.raises(ServiceError, match=r"store\.sqlite3 failed: file is not a database"):
        SqlStore(sqlite)


def test_a_folder_that_is_missing_is_an_outage_not_an_empty_store(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="unable to open"):
        SqlStore(sqlite_url(tmp_path / "missing" / "store.sqlite3"))


def test_readers_do_not_wait_for_a_writer(store: SqlStore, url: str) -> None:
    store.create_run("data", "f00d", ())
    with outside(url) as writer:
        writer.execute(schema.runs.update().values(state="failed"))
        assert store.run("RUN-0001").state is RunState.RUNNING
    assert store.run("RUN-0001").state is RunState.FAILED


def test_a_database_that_fills_up_is_an_outage(sqlite: str) -> None:
    store, small = SqlStore(sqlite), SqlStore(sqlite)
    with small._writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ServiceError, match="full") as caught:
        small.create_run("x" * 100_000, "f00d", ())
    assert caught.value.retryable
    assert "xxx" not in str(caught.value)
    assert store.runs() == []


def test_a_row_that_is_there_already_is_a_conflict(store: SqlStore) -> None:
    """As when two writers on PostgreSQL give a brand the same next version."""
    run_id = store.create_run("data", "f00d", ()).run_id
    with pytest.raises(ConflictError, match="somebody else was faster"), store._writing() as c:
        c.execute(
            schema.runs.insert().values(
                run_id=run_id,
                source="",
                settings="",
                only=[],
                state="running",
                wish="run",
                created_at="",
                summary={},
            )
        )
