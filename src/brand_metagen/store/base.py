"""What every part of the store stands on: a connection inside a transaction, errors as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, exc, select

from brand_metagen.config import ReviewSettings
from brand_metagen.errors import ConflictError, InputError, ServiceError
from brand_metagen.ports import Mode, ModeLine
from brand_metagen.store import schema
from brand_metagen.store.engine import (
    HELD,
    REACHABLE,
    UNHOLDABLE,
    Told,
    is_held,
    nobody,
    open_engine,
    prepare,
    reading,
)

Clock = Callable[[], datetime]
"""The time now, with its zone."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, to the millisecond, always as many characters.

    >>> stamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class SqlBase:
    """A database URL, opened; makes its tables or brings them up to date.

    `review` holds the limits that the store enforces, `clock` says what time it is, `told` hears of
    a write that has to wait for another process.
    """

    def __init__(
        self,
        url: str,
        review: ReviewSettings | None = None,
        clock: Clock = utc_now,
        told: Told = nobody,
    ) -> None:
        self._writer = open_engine(url, told)
        self._reader = reading(self._writer)
        self._review = review or ReviewSettings()
        self._clock = clock
        # SQLite lets those who wait poll; within one process they can queue instead.
        self._turn = Lock() if self._writer.dialect.name == "sqlite" else nullcontext()
        with self._translated():
            prepare(self._writer, self._reader)

    def close(self) -> None:
        """Give the connections back."""
        self._writer.dispose()

    def _now(self) -> str:
        return stamp(self._clock())

    def _since(self) -> str:
        """The moment from which idempotency keys are remembered."""
        return stamp(self._clock() - timedelta(days=self._review.key_days))

    @contextmanager
    def _writing(self, *, always: bool = False) -> Iterator[Connection]:
        """A transaction that writes; refused while the system is read-only, unless `always`."""
        with self._translated(), self._turn, self._writer.begin() as connection:
            if not always:
                self._check_mode(connection, Mode.READ_ONLY)
            yield connection

    def _check_mode(self, connection: Connection, *refused: Mode) -> None:
        """Raise ConflictError while the system is in one of the modes."""
        row = connection.execute(select(schema.modes)).mappings().one()
        if row["mode"] in refused:
            line = ModeLine(Mode(row["mode"]), row["actor"], row["reason"], row["at"])
            raise ConflictError(
                f"{line.said}. `brand-metagen unpause` ends that",
                now={name: row[name] for name in ("mode", "actor", "reason", "at")},
            )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Database errors as members of our tree, without the statement's data."""
        where = self._writer.url.render_as_string(hide_password=True)
        try:
            yield
        except exc.IntegrityError as error:
            raise ConflictError(
                f"the store at {where} holds such a row already ({_first_line(error)}); somebody "
                "else was faster. Look at what is there and try again"
            ) from error
        except (exc.DataError, UnicodeEncodeError) as error:
            raise InputError(UNHOLDABLE) from error
        except (exc.DBAPIError, exc.TimeoutError) as error:
            passing = isinstance(error, exc.OperationalError | exc.TimeoutError)
            held = isinstance(error, exc.DBAPIError) and is_held(error.orig)
            todo = HELD if held else REACHABLE
            raise ServiceError(
                f"the store at {where} failed: {_first_line(error)}. {todo}",
                retryable=passing,
            ) from error


def _first_line(error: exc.DBAPIError | exc.TimeoutError) -> str:
    """What the driver says; PostgreSQL adds the row's data on further lines."""
    said = error.orig if isinstance(error, exc.DBAPIError) else error
    return (str(said).splitlines() or [""])[0]
