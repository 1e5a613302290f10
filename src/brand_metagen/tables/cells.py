"""Cells as they are written: none a spreadsheet takes for a formula, none that breaks its row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Protocol

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet may run, and the mark itself, so that taking it off gives the cell back."""


def neutralise(cell: str) -> str:
    """The cell with a mark before it where a spreadsheet would run it.

    >>> neutralise("=HYPERLINK(1)"), neutralise("0742")
    ("'=HYPERLINK(1)", '0742')
    """
    return "'" + cell if cell.startswith(DANGEROUS) else cell


def neutralised(cells: Sequence[str]) -> Sequence[str]:
    """`neutralise` of many cells; the same ones where none needs a mark, which is told at once.

    >>> neutralised(["0742", "=1"]), neutralised(["0742"])
    (['0742', "'=1"], ['0742'])
    """
    joined = "\n" + "\n".join(cells)
    if not any("\n" + sign in joined for sign in DANGEROUS):
        return cells
    return list(map(neutralise, cells))


def restore(cell: str) -> str:
    """What `neutralise` was given.

    >>> restore(neutralise("'=1"))
    "'=1"
    """
    return cell[1:] if cell.startswith("'") else cell


class TextSink(Protocol):
    """Anything text can be written to."""

    def write(self, text: str, /) -> object: ...


class CsvWriter:
    """Rows as CSV that ends its lines with LF, and quotes a CR inside a cell all the same.

    The standard writer of Python 3.11 and 3.12 quotes only what its line end is made of: told to
    write LF it leaves CR bare, and a reader then takes it for the end of the row.
    """

    def __init__(self, file: TextSink) -> None:
        self._write = file.write
        self._writer = csv.writer(self, lineterminator="\r\n")
        self.writerow = self._writer.writerow

    def write(self, row: str, /) -> object:
        """What the standard writer calls, once for each row."""
        return self._write(row[:-2] + "\n")

    def writerows(self, rows: Iterable[Iterable[object]]) -> None:
        """Rows in their order."""
        rows = list(rows)
        held = io.StringIO(newline="")
        csv.writer(held, lineterminator="\r\n").writerows(rows)
        text = held.getvalue()
        if text.count("\r") == len(rows):
            # No cell holds a CR, so those that end the rows are all there are.
            self._write(text.replace("\r\n", "\n"))
        else:
            self._writer.writerows(rows)
