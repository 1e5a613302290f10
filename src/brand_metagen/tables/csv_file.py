"""CSV as it comes: any usual delimiter, every record with the physical line it begins on.

Read with the standard reader rather than DuckDB's because a quarantine names that line, quoted
line ends and blank lines counted. Nothing longer than the caps is held, nothing is dropped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.tables.text_file import open_text

DELIMITERS = (",", ";", "\t", "|")
READER_LIMIT = 131_072
"""Characters of one field the standard reader takes by default."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it begins on (from 1), its cells, and why it cannot be used, if so.

    A record the reader could not split has its raw text as its only cell.
    """

    line: int
    cells: Sequence[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """An open file: its column names as written, its encoding, its records."""

    columns: tuple[str, ...]
    encoding: str
    records: Iterator[Record]


@contextmanager
def open_csv(path: Path, needed: Iterable[str], settings: TableSettings) -> Iterator[CsvTable]:
    """Open a CSV file (or .csv.gz) that must have the needed columns, in any order.

    Raises InputError for unreadable files and missing or doubled columns; records with faults are
    yielded with their reason.
    """
    with open_text(path, settings.encoding) as (text, encoding):
        yield csv_table(text, str(path), needed, settings, encoding)


def csv_table(
    text: TextIO, name: str, needed: Iterable[str], settings: TableSettings, encoding: str
) -> CsvTable:
    """A table over text already open (standard input); see `open_csv`."""
    cap = min(settings.max_field_chars, READER_LIMIT)
    lines = _Lines(text, 32 * cap)
    header = next(lines, "")
    needed = tuple(needed)
    for delimiter in DELIMITERS:
        columns = tuple(c.strip() for c in next(csv.reader([header], delimiter=delimiter), []))
        if {c.lower() for c in columns} >= set(needed):
            break
    else:
        columns, delimiter = tuple(c.strip() for c in header.split(",")), ","
    check_columns(columns, needed, name)
    lines.cap = cap * max(1, len(columns))
    return CsvTable(columns, encoding, _records(lines, name, delimiter, len(columns), cap))


def check_columns(columns: Sequence[str], needed: Sequence[str], name: str) -> None:
    """Refuse a table that lacks a needed column or has one twice."""
    lowered = [column.lower() for column in columns]
    missing = [column for column in needed if column not in lowered]
    if missing:
        raise InputError(
            f"{name}: no column {', '.join(missing)}; it has {', '.join(columns) or 'no header'}"
        )
    doubled = sorted({column for column in lowered if lowered.count(column) > 1})
    if doubled:
        raise InputError(f"{name}: column {', '.join(doubled)} stands there twice")


class _Lines:
    """Physical lines for the reader, none longer than `cap`; the rest of a longer one is passed.

    `taken` keeps what the current record is made of, `cut` whether a line of it was longer.
    """

    def __init__(self, text: TextIO, cap: int) -> None:
        self._text = text
        self.cap = cap
        self.number = 0
        self.cut = False
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self.cap)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        if len(line) == self.cap and not line.endswith(("\n", "\r")):
            self.cut = True
            self._pass_over()
        return line

    def _pass_over(self) -> None:
        while more := self._text.readline(self.cap):
            if more.endswith(("\n", "\r")):
                return

    def begin(self) -> int:
        """Forget the last record; the line on which the next begins."""
        self.cut = False
        self.taken.clear()
        return self.number + 1


def _records(lines: _Lines, name: str, delimiter: str, width: int, cap: int) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if _runs_away(error, lines):
                raise InputError(
                    f"{name}, line {start}: a quote opened here is not closed"
                ) from error
            yield Record(start, ("".join(lines.taken),), _unreadable(error, lines))
            continue
        if not cells:
            continue
        fault = "line too long" if lines.cut else _fault(cells, width, cap)
        yield Record(start, cells, fault)


def _runs_away(error: csv.Error, lines: _Lines) -> bool:
    """A quoted field that ate the file's end, or line after line without an end."""
    message = str(error)
    return "unexpected end" in message or ("field limit" in message and len(lines.taken) > 1)


def _unreadable(error: csv.Error, lines: _Lines) -> str:
    if lines.cut or "field limit" in str(error):
        return "line too long"
    return "not CSV: a quote inside a field"


def _fault(cells: Sequence[str], width: int, cap: int) -> str:
    if len(cells) != width:
        return "wrong number of fields"
    if any(len(cell) > cap for cell in cells):
        return "field too long"
    if any("\x00" in cell for cell in cells):
        return "NUL in a field"
    return ""
