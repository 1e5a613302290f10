"""One input table as text columns with line numbers, whatever file it stands in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.records import Quarantined
from brand_metagen.tables.cells import CsvWriter
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
        return _from_parquet(path, needed, settings)
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
    CsvWriter(buffer).writerow([cell[:ROW_SHOWN] for cell in cells])
    return buffer.getvalue()[:-1][:ROW_SHOWN]


def _place(columns: Sequence[str], name: str) -> int:
    return [column.lower() for column in columns].index(name)


_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_SAFE = {"VARCHAR", "NULL", *_WHOLE, *(f"U{kind}" for kind in _WHOLE)}
"""Kinds of Parquet columns that become text without loss: text, nothing at all, whole numbers."""


def check_kinds(relation: duckdb.DuckDBPyRelation, needed: Sequence[str], name: str) -> None:
    """Refuse Parquet columns whose kind cannot hold codes: fractions, dates, nested values."""
    for column, kind in zip(relation.columns, map(str, relation.types), strict=True):
        if column.lower() in needed and kind.strip('"') not in _SAFE:
            raise InputError(
                f"{name}: column {column} is {kind}, so codes may have lost zeros or digits; "
                "write it as text"
            )


def as_text(column: str) -> str:
    """SQL for a Parquet column as text, nothing as the empty one."""
    quoted = column.replace('"', '""')
    return f"coalesce(CAST(\"{quoted}\" AS VARCHAR), '')"


def _from_parquet(path: Path, needed: Sequence[str], settings: TableSettings) -> RawTable:
    """Text columns as they are, whole numbers as digits; anything else lost what it was."""
    with duckdb.connect() as connection:
        try:
            relation = connection.read_parquet(str(path))
            check_columns(relation.columns, needed, str(path))
            check_kinds(relation, needed, str(path))
            chosen = [relation.columns[_place(relation.columns, name)] for name in needed]
            listed = ", ".join((*map(as_text, chosen), _fault(chosen, settings.max_field_chars)))
            *cells, faults = relation.project(listed).fetchnumpy().values()
            ignored = tuple(c for c in relation.columns if c not in chosen)
        except duckdb.Error as error:
            raise InputError(f"{path}: not a Parquet file that can be read: {error}") from error
    columns = {
        name: [cell.strip() for cell in column.tolist()]
        for name, column in zip(needed, cells, strict=True)
    }
    raw = RawTable(path.name, "parquet", columns, list(range(1, len(faults) + 1)), ignored=ignored)
    _leave_out(raw, faults.tolist())
    return raw


def _fault(columns: Sequence[str], cap: int) -> str:
    """SQL for what is wrong with a row of Parquet, in the words of CSV; empty when nothing is."""
    whole = [as_text(column) for column in columns]
    long = " OR ".join(f"length({cell}) > {cap}" for cell in whole)
    zero = " OR ".join(f"contains({cell}, chr(0))" for cell in whole)
    return f"CASE WHEN {long} THEN 'field too long' WHEN {zero} THEN 'NUL in a field' ELSE '' END"


def _leave_out(raw: RawTable, faults: Sequence[str]) -> None:
    """Move the rows with a fault from the columns to the faulty."""
    if not any(faults):
        return
    raw.faulty += [
        Quarantined(raw.file, raw.lines[at], fault, raw.shown(at))
        for at, fault in enumerate(faults)
        if fault
    ]
    kept = [at for at, fault in enumerate(faults) if not fault]
    raw.columns = {name: [cells[at] for at in kept] for name, cells in raw.columns.items()}
    raw.lines = [raw.lines[at] for at in kept]
