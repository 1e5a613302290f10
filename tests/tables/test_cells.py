"""Cells survive being written, whatever is in them, and no spreadsheet runs one."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.records import Quarantined
from brand_metagen.tables.cells import CsvWriter, neutralise, restore
from brand_metagen.tables.snapshot import quarantine_csv

CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_what_a_spreadsheet_runs_is_marked(start: str) -> None:
    assert neutralise(start + "1") == "'" + start + "1"


@given(CELL)
def test_the_mark_comes_off_again(cell: str) -> None:
    assert restore(neutralise(cell)) == cell
    assert not neutralise(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.tuples(CELL, CELL), max_size=5))
def test_rows_come_back_from_csv(rows: list[tuple[str, str]]) -> None:
    buffer = io.StringIO(newline="")
    CsvWriter(buffer).writerows(rows)
    buffer.seek(0)
    assert [tuple(row) for row in csv.reader(buffer, strict=True)] == rows


def test_lines_end_in_lf_and_a_cr_inside_a_cell_is_quoted() -> None:
    buffer = io.StringIO(newline="")
    CsvWriter(buffer).writerows([("a\rb", "c"), ("d\ne", "f\r\n")])
    assert buffer.getvalue() == '"a\rb",c\n"d\ne","f\r\n"\n'


def test_a_quarantine_opens_in_a_spreadsheet_without_running() -> None:
    text = quarantine_csv([Quarantined("combo.csv", 2, "no ccid", '=HYPERLINK("x")\r')])
    assert text == 'file,line,reason,row\ncombo.csv,2,no ccid,"\'=HYPERLINK(""x"")\r"\n'
