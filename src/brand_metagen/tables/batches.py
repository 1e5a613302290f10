"""Rows of any size streamed in and out in batches of columns: the consumer's job.

Everything is text from end to end, every column of the input is kept, and a bad row is an error
with its line, never a gap in the output.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, cast

import duckdb
import numpy as np

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.tables.cells import CsvWriter, TextSink
from brand_metagen.tables.csv_file import CsvTable, check_columns, csv_table, open_csv
from brand_metagen.tables.raw import ENDINGS, as_text, check_kinds
from brand_metagen.tables.text_file import decoded

BATCH = 50_000
"""Rows held at a time."""
STANDARD = "-"
"""Names standard input or output."""
PARQUET_MARK = b"PAR1"
"""What every Parquet file begins with."""
MEMORY = "512MB"
"""What the database may hold of a Parquet file being written; the rest is on disk."""

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
            binary: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
            if binary.peek(len(PARQUET_MARK)).startswith(PARQUET_MARK):
                raise InputError("standard input: Parquet cannot be streamed; name the file")
            text = decoded(binary, "standard input", settings.encoding)
            table = csv_table(text, needed, settings)
        else:
            table = stack.enter_context(open_csv(Path(source), needed, settings))
        yield Rows(table.columns, _csv_batches(table))


def _csv_batches(table: CsvTable) -> Iterator[dict[str, list[str]]]:
    held: list[Sequence[str]] = []
    for record in table.records:
        if record.fault:
            raise InputError(f"{table.name}, line {record.line}: {record.fault}")
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
    check_kinds(relation, needed, source)
    cells = ", ".join(map(as_text, names))
    rows = connection.execute(f"SELECT {cells} FROM read_parquet($path)", {"path": source})
    return Rows(names, _fetched(rows, names, source))


def _fetched(
    found: duckdb.DuckDBPyConnection, names: Sequence[str], source: str
) -> Iterator[dict[str, list[str]]]:
    while True:
        try:
            rows: Sequence[Sequence[str]] = found.fetchmany(BATCH)
        except duckdb.Error as error:
            raise InputError(f"{source}: cannot be read to its end: {error}") from error
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

    `numbers` are the columns that are numbers in Parquet. A device or a pipe takes CSV. Raises
    InputError where no such file can stand, ServiceError when it cannot be written (a full disk).
    """
    if target == STANDARD:
        yield _CsvWriter(sys.stdout, columns)
        return
    path = Path(target)
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield _CsvWriter(stream, columns)
        return
    path = _file_to_write(path)
    aside = path.with_name(f".{path.name}.partial")
    try:
        if path.suffix == ".parquet":
            with _parquet_writer(aside, columns, numbers) as parquet:
                yield parquet
        else:
            with _opened(aside, zipped=path.suffix == ".gz") as file:
                yield _CsvWriter(file, columns)
        aside.replace(path)
    except (OSError, duckdb.Error) as error:
        # The reader has words of its own for what it meets, so this is the target's.
        raise ServiceError(f"{path}: cannot be written: {error}") from error
    finally:
        aside.unlink(missing_ok=True)


def _file_to_write(path: Path) -> Path:
    """Where the name leads, so that a file is replaced and not a link to it."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder to write {path.name} to")
    if path.suffix and not path.name.endswith(ENDINGS):
        raise InputError(f"{path}: written are .csv, .csv.gz and .parquet, none {path.suffix}")
    return path.resolve()


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
    def __init__(self, file: TextSink, columns: Sequence[str]) -> None:
        self._writer = CsvWriter(file)
        self._writer.writerow(columns)
        self._names = tuple(columns)

    def write(self, columns: Columns) -> None:
        self._writer.writerows(zip(*(columns[name] for name in self._names), strict=True))


@contextmanager
def _parquet_writer(path: Path, columns: Sequence[str], numbers: Sequence[str]) -> Iterator[Writer]:
    """Batches gathered in a database on disk, then copied: Parquet is written in one go."""
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        duckdb.connect(str(Path(folder) / "rows.duckdb"), config={"memory_limit": MEMORY}) as kept,
    ):
        writer = _ParquetWriter(kept, columns, numbers)
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
