"""Opening a database: what SQLite needs to be durable, and whose schema is found there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, func, inspect, select

from brand_metagen.errors import InputError, IntegrityError
from brand_metagen.store import schema

BUSY_SECONDS = 30
"""How long SQLite waits for another writer before the call fails."""
TOLD_SECONDS = 1
"""After how much of it somebody is told what is waited for."""
READ_SECONDS = 5
"""How long opening and reading wait: no writer holds them up (WAL), but who has the file to
themselves, as some tools have, does so until they let go."""
WAITING = "another process writes into the store; waiting for it, up to {} s"
HELD = (
    "Another process holds it and has not let go: see which one has the file open (a run, a "
    "database tool, a copy being made), then try again"
)
REACHABLE = "See that it can be reached and written and that its disk is not full"

Told = Callable[[str], None]
MIGRATION_LOCK = 0x6272616E64
"""PostgreSQL's advisory lock around making the tables: "brand" in ASCII."""

NO_URL = (
    "database_url is not the URL of a database we know; it looks like sqlite:///FILE or "
    "postgresql+psycopg://USER@HOST/NAME"
)
UNHOLDABLE = (
    "a text or number that no database can hold: take out NUL characters and halves of surrogate "
    "pairs"
)


def nobody(said: str) -> None:
    """Who is told nothing."""
    del said


def open_engine(url: str, told: Told = nobody) -> Engine:
    """An engine for the URL; raises InputError, without the URL: it may hold a password.

    `told` hears of a write that has to wait for another process.
    """
    try:
        # Parameters hold narratives, remarks and hashes: they stay out of every message.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=not _is_file(url))
    except (exc.ArgumentError, ValueError) as error:
        raise InputError(NO_URL) from error
    except ImportError as error:
        raise InputError(f"database_url needs a driver that is missing: {error.name}") from error
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise InputError(NO_URL)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", partial(_begin, told))
        event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _is_file(url: str) -> bool:
    return url.startswith("sqlite")


def _set_pragmas(connection: Any, _: object) -> None:
    # The driver would begin late, at the first write; ours begin when we say so (see _begin).
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_milliseconds(READ_SECONDS)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(told: Told, connection: Connection) -> None:
    statement = connection.get_execution_options().get("begin")
    if statement is not None:
        connection.exec_driver_sql(statement)
        return
    driver: Any = connection.connection.driver_connection
    try:
        _write(driver, told)
    except sqlite3.OperationalError as error:
        raise exc.OperationalError("BEGIN IMMEDIATE", None, error) from error


def _write(driver: Any, told: Told) -> None:
    """A writer asks for the lock at once: asking in mid-transaction fails instead of waiting."""
    try:
        for seconds in (TOLD_SECONDS, BUSY_SECONDS):
            driver.execute(f"PRAGMA busy_timeout={_milliseconds(seconds)}")
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if seconds == BUSY_SECONDS or not is_held(error):
                    raise
                told(WAITING.format(BUSY_SECONDS))
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={_milliseconds(READ_SECONDS)}")


def is_held(error: BaseException | None) -> bool:
    """Whether another process has what SQLite was asked for."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _milliseconds(seconds: float) -> int:
    return int(1_000 * seconds)


def _refuse_nul(*call: Any) -> None:
    # PostgreSQL holds no NUL characters, so neither do we anywhere.
    (_, _, _, parameters, _, many) = call
    for given in parameters if many else (parameters,):
        if any(isinstance(value, str) and "\0" in value for value in given):
            raise InputError(UNHOLDABLE)


def reading(engine: Engine) -> Engine:
    """The engine for transactions that only read, all of whose statements see one moment."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(begin="BEGIN")
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def prepare(writer: Engine, reader: Engine) -> None:
    """Bring the tables up to date, or make them; raises IntegrityError for a newer schema."""
    with reader.begin() as connection:
        if _checked_version(connection) == schema.VERSION:
            return
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        found = _checked_version(connection) or 0
        if found < schema.VERSION:
            # Alembic takes its time to import, and most stores are up to date.
            from brand_metagen.store.migrations import migrate

            migrate(connection, found)


def _checked_version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.schema_version.name):
        return None
    found: int | None = connection.scalar(select(func.max(schema.schema_version.c.version)))
    if found is not None and found > schema.VERSION:
        raise IntegrityError(
            f"the store has schema {found}, this program knows {schema.VERSION}: a newer "
            "brand-metagen wrote it. Use that one, or another workspace"
        )
    return found
