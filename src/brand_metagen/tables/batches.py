"""Rows of any size streamed in and out in batches of columns: the consumer's job.

Everything is text from end to end, every column of the input is kept, and a bad row is an error
with its line, never a gap in the output.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

import duckdb
import numpy as np

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.tables.csv_file import CsvTable, check_columns, csv_table, open_csv

BATCH = 50_000
"""Rows held at a time."""
STANDARD = "-"
"""Names standard input or output."""

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A stream of batches; `columns` are the names as written, in their order."""

    columns: tuple[str, ...]
    batches: Iterator[dict[str, list[str]]]


@contextmanager
def read_rows(source: str, needed: Sequence[str], settings: TableSettings) -> Iterator[Rows]:
    """Open `.csv`, `.csv.gz`, `.parquet` or `-` (CSV on standard input).

    Raises InputError when a needed column is missing, and while reading at a row that is not whole.
    """
    with ExitStack() as stack:
        if source.endswith(".parquet"):
            yield _parquet_rows(source, needed, stack)
            return
        if source == STANDARD:
            text = io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline="")
            table = csv_table(text, "standard input", needed, settings, "utf-8")
        else:
            table = stack.enter_context(open_csv(Path(source), needed, settings))
        yield Rows(table.columns, _csv_batches(table, source))


def _csv_batches(table: CsvTable, name: str) -> Iterator[dict[str, list[str]]]:
    held: list[Sequence[str]] = []
    for record in table.records:
        if record.fault:
            raise InputError(f"{name}, line {record.line}: {record.fault}")
        held.append(record.cells)
        if len(held) == BATCH:
            yield _columns(table.columns, held)
            held = []
    if held:
        yield _columns(table.columns, held)


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {name: list(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)}


def _parquet_rows(source: str, needed: Sequence[str], stack: ExitStack) -> Rows:
    connection = stack.enter_context(duckdb.connect())
    try:
        relation = connection.read_parquet(source)
    except duckdb.Error as error:
        raise InputError(f"{source}: not a Parquet file that can be read: {error}") from error
    names = tuple(relation.columns)
    check_columns(names, needed, source)
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    cells = ", ".join(f"coalesce(CAST({q} AS VARCHAR), '')" for q in quoted)
    rows = connection.execute(f"SELECT {cells} FROM read_parquet($path)", {"path": source})
    return Rows(names, _fetched(rows, names))


def _fetched(
    found: duckdb.DuckDBPyConnection, names: Sequence[str]
) -> Iterator[dict[str, list[str]]]:
    while True:
        rows: Sequence[Sequence[str]] = found.fetchmany(BATCH)
        if not rows:
            return
        yield _columns(names, rows)


class Writer(Protocol):
    """Takes batches of columns in order."""

    def write(self, columns: Columns) -> None: ...


@contextmanager
def write_rows(
    target: str, columns: Sequence[str], numbers: Sequence[str] = ()
) -> Iterator[Writer]:
    """Open `.csv`, `.csv.gz`, `.parquet` or `-` for batches; a file appears whole or not at all.

    `numbers` are the columns that are numbers in Parquet.
    """
    if target == STANDARD:
        yield _CsvWriter(sys.stdout, columns)
        return
    path = Path(target)
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder to write {path.name} to")
    aside = path.with_name(f".{path.name}.partial")
    try:
        if path.suffix == ".parquet":
            with _parquet_writer(aside, columns, numbers) as parquet:
                yield parquet
        else:
            with _opened(aside, zipped=path.suffix == ".gz") as file:
                yield _CsvWriter(file, columns)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, *, zipped: bool) -> Iterator[TextIO]:
    if not zipped:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    # No name and no time in the header: same rows, same bytes.
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield text


class _CsvWriter:
    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(columns)
        self._names = tuple(columns)

    def write(self, columns: Columns) -> None:
        self._writer.writerows(zip(*(columns[name] for name in self._names), strict=True))


@contextmanager
def _parquet_writer(path: Path, columns: Sequence[str], numbers: Sequence[str]) -> Iterator[Writer]:
    """Batches gathered in a database on disk, then copied: Parquet is written in one go."""
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        duckdb.connect(str(Path(folder) / "rows.duckdb")) as connection,
    ):
        writer = _ParquetWriter(connection, columns, numbers)
        yield writer
        writer.finish(path)


class _ParquetWriter:
    def __init__(
        self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], numbers: Sequence[str]
    ) -> None:
        self._connection = connection
        # Our own names inside the database: those of the input are not ours to trust in SQL.
        self._fields = {name: f"c{i}" for i, name in enumerate(columns)}
        self._numbers = frozenset(numbers)
        kinds = ", ".join(
            f"{field} {'DOUBLE' if name in self._numbers else 'VARCHAR'}"
            for name, field in self._fields.items()
        )
        connection.execute(f"CREATE TABLE kept (place BIGINT, {kinds})")
        self._written = 0

    def write(self, columns: Columns) -> None:
        size = len(next(iter(columns.values())))
        arrays: dict[str, object] = {
            "place": np.arange(self._written, self._written + size, dtype=np.int64)
        }
        for name, field in self._fields.items():
            kind = float if name in self._numbers else object
            arrays[field] = np.array(columns[name], dtype=kind)
        self._connection.register("batch", arrays)
        self._connection.execute("INSERT INTO kept SELECT * FROM batch")
        self._connection.unregister("batch")
        self._written += size

    def finish(self, path: Path) -> None:
        named = ", ".join(
            f'{field} AS "{name.replace(chr(34), chr(34) * 2)}"'
            for name, field in self._fields.items()
        )
        query = f"SELECT {named} FROM kept ORDER BY place"
        self._connection.sql(query).write_parquet(str(path))
