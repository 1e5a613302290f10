"""One input table as text columns with line numbers, whatever file it stands in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.records import Quarantined
from brand_metagen.tables.csv_file import check_columns, open_csv

ENDINGS = (".csv", ".csv.gz", ".parquet")
ROW_SHOWN = 500
"""Characters of a quarantined row that are kept."""


@dataclass
class RawTable:
    """Trimmed text columns of the records that could be read, with the line of each.

    In a Parquet file the line is the row's number, from 1.
    """

    file: str
    encoding: str
    columns: dict[str, list[str]]
    lines: list[int]
    faulty: list[Quarantined] = field(default_factory=list)
    written: dict[str, list[str]] = field(default_factory=dict)
    """Columns as they stood before `clean` changed them, for the quarantine."""
    ignored: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """Records met, faulty ones included."""
        return len(self.lines) + len(self.faulty)

    def shown(self, position: int) -> str:
        """A record as a line of CSV, for the quarantine."""
        columns = {**self.columns, **self.written}
        return as_row([column[position] for column in columns.values()])

    def clean(self, column: str, cleaned: Callable[[str], str]) -> None:
        """Change every cell of a column."""
        self.written[column] = self.columns[column]
        self.columns[column] = [cleaned(cell) for cell in self.written[column]]


def find_table(folder: Path, name: str) -> Path:
    """The one file that holds a table; raises InputError when there is none or more than one."""
    found = [path for ending in ENDINGS if (path := folder / f"{name}{ending}").exists()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"{folder}: no table {name} ({', '.join(name + e for e in ENDINGS)})")
    raise InputError(f"{folder}: {' and '.join(p.name for p in found)}: which one is {name}?")


def read_table(path: Path, needed: Sequence[str], settings: TableSettings) -> RawTable:
    """The needed columns of a file."""
    if path.suffix == ".parquet":
        return _from_parquet(path, needed)
    with open_csv(path, needed, settings) as table:
        where = [_place(table.columns, name) for name in needed]
        raw = RawTable(path.name, table.encoding, {name: [] for name in needed}, [])
        raw.ignored = tuple(c for c in table.columns if c.lower() not in needed)
        appends = [(raw.columns[name].append, at) for name, at in zip(needed, where, strict=True)]
        for record in table.records:
            if record.fault:
                row = as_row(record.cells)
                raw.faulty.append(Quarantined(path.name, record.line, record.fault, row))
                continue
            raw.lines.append(record.line)
            for append, at in appends:
                append(record.cells[at].strip())
    return raw


def as_row(cells: Iterable[str]) -> str:
    """Cells as one line of CSV, cut."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([cell[:ROW_SHOWN] for cell in cells])
    return buffer.getvalue()[:ROW_SHOWN]


def _place(columns: Sequence[str], name: str) -> int:
    return [column.lower() for column in columns].index(name)


_TEXT = {"VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "HUGEINT"}


def _from_parquet(path: Path, needed: Sequence[str]) -> RawTable:
    """Text columns as they are, whole numbers as digits; anything else lost what it was."""
    with duckdb.connect() as connection:
        try:
            relation = connection.read_parquet(str(path))
            check_columns(relation.columns, needed, str(path))
            chosen = [relation.columns[_place(relation.columns, name)] for name in needed]
            kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
            for column in chosen:
                if kinds[column] not in _TEXT:
                    raise InputError(
                        f"{path}: column {column} is {kinds[column]}, so codes may have lost "
                        "zeros or digits; write it as text"
                    )
            listed = ", ".join(f"trim(coalesce(CAST({_quoted(c)} AS VARCHAR), ''))" for c in chosen)
            cells = relation.project(listed).fetchnumpy()
            ignored = tuple(c for c in relation.columns if c not in chosen)
        except duckdb.Error as error:
            raise InputError(f"{path}: not a Parquet file that can be read: {error}") from error
    values = [column.tolist() for column in cells.values()]
    return RawTable(
        path.name,
        "parquet",
        dict(zip(needed, values, strict=True)),
        list(range(1, len(values[0]) + 1)),
        ignored=ignored,
    )


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
