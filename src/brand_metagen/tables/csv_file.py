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

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.tables.text_file import READ_ERRORS, Text, open_text

DELIMITERS = (",", ";", "\t", "|")
READER_LIMIT = 131_072
"""Characters of one field the standard reader takes by default."""
HEADER_CHARS = READER_LIMIT
"""Characters a header line may have, so that the reader takes any field of it."""
NAMES_SHOWN = 300
"""Characters of the columns found that a message repeats."""
RECORD_LINES = 2
"""Longest lines a record may be made of in all: quotes doubled, every field at its cap."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it begins on (from 1), its cells, and why it cannot be used, if so.

    A record the reader could not split is one faulty record per physical line, the raw line its
    only cell, so that lines a stray quote ran over are counted.
    """

    line: int
    cells: Sequence[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """An open file: its name, its column names as written, its encoding, its records."""

    name: str
    columns: tuple[str, ...]
    encoding: str
    records: Iterator[Record]


@contextmanager
def open_csv(path: Path, needed: Iterable[str], settings: TableSettings) -> Iterator[CsvTable]:
    """Open a CSV file (or .csv.gz) that must have the needed columns, in any order.

    Raises InputError for unreadable files and missing or doubled columns; records with faults are
    yielded with their reason.
    """
    with open_text(path, settings.encoding) as text:
        yield csv_table(text, needed, settings)


def csv_table(text: Text, needed: Iterable[str], settings: TableSettings) -> CsvTable:
    """A table over text already open (standard input); see `open_csv`."""
    cap = min(settings.max_field_chars, READER_LIMIT)
    lines = _Lines(text, HEADER_CHARS)
    needed = tuple(needed)
    header = _first_line(lines)
    if lines.cut:
        raise InputError(f"{text.name}, line {lines.number}: no header, a line too long for one")
    columns, delimiter = _header(header, needed)
    check_columns(columns, needed, text.name)
    lines.cap = cap * max(1, len(columns))
    records = _records(lines, text.name, delimiter, len(columns), cap)
    return CsvTable(text.name, columns, text.encoding, records)


def _first_line(lines: _Lines) -> str:
    """The first line that is not blank."""
    for line in lines:
        if line.strip() or lines.cut:
            return line
        lines.begin()
    return ""


def _header(line: str, needed: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Column names and the delimiter: the first under which the needed columns show."""
    for delimiter in DELIMITERS:
        columns = tuple(c.strip() for c in next(csv.reader([line], delimiter=delimiter), []))
        if {c.lower() for c in columns} >= set(needed):
            return columns, delimiter
    return tuple(c.strip() for c in line.split(",")), ","


def check_columns(columns: Sequence[str], needed: Sequence[str], name: str) -> None:
    """Refuse a table that lacks a needed column or has one twice."""
    lowered = [column.lower() for column in columns]
    missing = [column for column in needed if column not in lowered]
    if missing:
        found = ", ".join(columns)[:NAMES_SHOWN] or "no header"
        raise InputError(f"{name}: no column {', '.join(missing)}; it has {found}")
    doubled = sorted({column for column in lowered if lowered.count(column) > 1})
    if doubled:
        raise InputError(f"{name}: column {', '.join(doubled)} stands there twice")


class _CutShort(csv.Error):
    """The reader asks on after a line whose end was passed over: that line was the record."""


class _RunsOn(csv.Error):
    """A record goes on beyond what its fields together may hold."""


class _Lines:
    """Physical lines for the reader, none longer than `cap`; the rest of a longer one is passed.

    `taken` keeps what the current record is made of, `cut` whether a line of it was longer.
    """

    def __init__(self, text: Text, cap: int) -> None:
        self._text = text
        self._readline = text.stream.readline
        self.cap = cap
        self.number = 0
        self.cut = False
        self.taken: list[str] = []
        self._held = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.cut:
            raise _CutShort
        if self._held > RECORD_LINES * self.cap:
            raise _RunsOn
        try:
            line = self._readline(self.cap)
        except READ_ERRORS as error:
            raise self._text.failure(error, self.number) from error
        if not line:
            raise StopIteration
        self.number += 1
        self._held += len(line)
        self.taken.append(line)
        if len(line) == self.cap and not line.endswith(("\n", "\r")):
            self.cut = True
            self._pass_over()
        return line

    def _pass_over(self) -> None:
        try:
            while more := self._readline(self.cap):
                if more.endswith(("\n", "\r")):
                    return
        except READ_ERRORS as error:
            raise self._text.failure(error, self.number - 1) from error

    def harmless(self, longest: int) -> bool:
        """Whether what the record is made of rules out a field over `longest` and a NUL, unseen."""
        return self._held <= longest and not any("\x00" in line for line in self.taken)

    def begin(self) -> int:
        """Forget the last record; the line on which the next begins."""
        self.cut = False
        self._held = 0
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
            yield from _unreadable(error, lines, start)
            continue
        if not cells:
            continue
        if lines.cut:
            fault = "line too long"
        elif len(cells) == width and lines.harmless(cap):
            fault = ""
        else:
            fault = _fault(cells, width, cap)
        yield Record(start, cells, fault)


def _runs_away(error: csv.Error, lines: _Lines) -> bool:
    """A quoted field that ate the file's end, or line after line without an end."""
    if isinstance(error, _CutShort | _RunsOn):
        return isinstance(error, _RunsOn)
    message = str(error)
    return "unexpected end" in message or ("field limit" in message and len(lines.taken) > 1)


def _unreadable(error: csv.Error, lines: _Lines, start: int) -> Iterator[Record]:
    """One faulty record for each line taken: none may vanish behind another one's quote."""
    long = lines.cut or "field limit" in str(error)
    fault = "line too long" if long else "not CSV: a quote inside a field"
    for number, line in enumerate(list(lines.taken), start):
        yield Record(number, (line.rstrip("\r\n"),), fault)
        fault = "inside a record that is not CSV"


def _fault(cells: Sequence[str], width: int, cap: int) -> str:
    if len(cells) != width:
        return "wrong number of fields"
    if max(map(len, cells)) > cap:
        return "field too long"
    if "\x00" in "".join(cells):
        return "NUL in a field"
    return ""
