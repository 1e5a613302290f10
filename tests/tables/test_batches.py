"""Rows streamed in and out: every cell, in order, or an error with its line."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.tables import batches
from brand_metagen.tables.batches import read_rows, write_rows

SETTINGS = TableSettings()
NEEDED = ("narrative", "mccid")
HEADER = "narrative,mccid,Note\n"


def read(source: str, needed: Sequence[str] = NEEDED) -> list[Mapping[str, list[str]]]:
    with read_rows(source, needed, SETTINGS) as rows:
        return list(rows.batches)


def written(target: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    with write_rows(str(target), tuple(columns)) as writer:
        writer.write(columns)
    return target


def typed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "rows.parquet"])
def test_rows_come_back_in_order_and_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(batches, "BATCH", 4)
    columns = {
        "narrative": [f"SHOP\r{i}\n\"x\", 'y'" for i in range(10)],
        "mccid": [f"{i:04d}" for i in range(10)],
        'odd "name"': [" é ", *[""] * 9],
    }
    found = read(str(written(tmp_path / name, columns)))
    assert [len(batch["mccid"]) for batch in found] == [4, 4, 2]
    assert {c: [x for b in found for x in b[c]] for c in found[0]} == columns
    assert list(found[0]) == list(columns)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
        min_size=1,
        max_size=9,
    )
)
def test_any_cell_comes_back(tmp_path: Path, cells: list[str]) -> None:
    columns = {"narrative": cells, "mccid": cells[::-1]}
    assert read(str(written(tmp_path / "any.csv", columns))) == [columns]


def test_numbers_are_numbers_in_parquet(tmp_path: Path) -> None:
    target = str(tmp_path / "out.parquet")
    with write_rows(target, ("mccid", "confidence"), numbers=("confidence",)) as writer:
        writer.write({"mccid": ["0742"], "confidence": ["0.5"]})
    with duckdb.connect() as connection:
        assert connection.read_parquet(target).fetchall() == [("0742", 0.5)]


def test_no_batches_still_make_a_table(tmp_path: Path) -> None:
    for name in ("none.csv", "none.parquet"):
        with write_rows(str(tmp_path / name), NEEDED):
            pass
        assert read(str(tmp_path / name)) == []


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    columns = {"narrative": ["A", "B"], "mccid": ["1", "2"]}
    for name in ("a.csv", "a.csv.gz", "a.parquet"):
        first = written(tmp_path / name, columns).read_bytes()
        assert written(tmp_path / name, columns).read_bytes() == first


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("A,1", "wrong number of fields"),
        ("A\x00,1,n", "NUL in a field"),
        ("A" * 70_000 + ",1,n", "field too long"),
        ('"A" b,1,n', "a quote inside a field"),
    ],
)
def test_a_bad_row_is_an_error_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f'{HEADER}"A\nB",1,n\n\n{line}\nC,1,n\n', encoding="utf-8")
    with pytest.raises(InputError, match=rf"in\.csv, line 5: .*{message}"):
        read(str(source))


def test_columns_are_found_by_name_and_missing_ones_named(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Mccid; NARRATIVE\n1;A\n", encoding="utf-8")
    assert read(str(source)) == [{"Mccid": ["1"], "NARRATIVE": ["A"]}]
    source.write_text("mccid\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column narrative; it has mccid"):
        read(str(source))
    parquet = written(tmp_path / "in.parquet", {"mccid": ["1"]})
    with pytest.raises(InputError, match="no column narrative"):
        read(str(parquet))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_standard_input_says_what_it_is(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    typed(monkeypatch, f"{HEADER}CAFÉ,1,n\n".encode(encoding))
    assert read("-")[0]["narrative"] == ["CAFÉ"]


def test_standard_input_that_is_no_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    data = f"{HEADER}A,1,n\nCAFÉ,1,n\n".encode("latin-1")
    typed(monkeypatch, data)
    with pytest.raises(InputError, match=r"standard input, line 3, byte \d+: .*tables\.encoding"):
        read("-")
    typed(monkeypatch, data)
    with read_rows("-", NEEDED, TableSettings(encoding="latin-1")) as rows:
        assert next(rows.batches)["narrative"] == ["A", "CAFÉ"]


def test_standard_output_is_csv(capsys: pytest.CaptureFixture[str]) -> None:
    with write_rows("-", NEEDED) as writer:
        writer.write({"mccid": ["1"], "narrative": ["A,B"]})
    assert capsys.readouterr().out == 'narrative,mccid\n"A,B",1\n'


def test_parquet_codes_that_were_fractions_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT 'A' AS narrative, 742::DOUBLE AS mccid").write_parquet(str(source))
    with pytest.raises(InputError, match="column mccid is DOUBLE"):
        read(str(source))
    source.write_bytes(source.read_bytes()[:40])
    with pytest.raises(InputError, match="not a Parquet file"):
        read(str(source))


def test_a_broken_gz_is_an_error(tmp_path: Path) -> None:
    source = tmp_path / "in.csv.gz"
    packed = gzip.compress((HEADER + "A,1,n\n" * 500).encode())
    for data in (packed[:-10], packed[:30], b"plain"):
        source.write_bytes(data)
        with pytest.raises(InputError, match=r"in\.csv\.gz: cannot be read"):
            read(str(source))


def test_a_failure_of_the_reader_s_user_is_not_the_file_s(tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", {"narrative": ["A"], "mccid": ["1"]})
    with pytest.raises(OSError, match="elsewhere"), read_rows(str(source), NEEDED, SETTINGS):
        raise OSError("elsewhere")


def fail_halfway(target: str) -> None:
    with write_rows(target, ("a",)) as writer:
        writer.write({"a": ["new"]})
        raise OSError("no space")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    target = written(tmp_path / name, {"a": ["old"]})
    before = target.read_bytes()
    with pytest.raises(ServiceError, match="cannot be written: no space"):
        fail_halfway(str(target))
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_no_folder_to_write_to(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="no such folder"),
        write_rows(str(tmp_path / "none" / "out.csv"), ("a",)),
    ):
        pass
