"""Bad tables get a clear error or a quarantine with file, line and reason; nothing is lost."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tracemalloc
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.tables.load import TooManyBadRows, load_market
from brand_metagen.tables.quality import quality_from_json, quality_to_json
from brand_metagen.tables.snapshot import read_snapshot, save_snapshot

BRAND = 'brandid,brandname,sector\n07,Star Market,Grocery\n8,"Fish, Chips ""&"" Co",Food\n'
CHECK = "brandid\n07\n8\n"
MCC = "mccid,mcc_desc,sector\n0742,Vets,Agriculture\n5411,Groceries,Grocery\n"
HEADER = "ccid,bankid,mid,brandid,mccid,narrative\n"
LOOSE = TableSettings(max_bad_share=1.0)


def tables(folder: Path, combo: str | bytes, **others: str) -> Path:
    """A folder of four tables."""
    data = {"brand": BRAND, "brand_to_check": CHECK, "mcc": MCC, "combo": combo, **others}
    for name, text in data.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def rows(*lines: str) -> str:
    return HEADER + "".join(line + "\n" for line in lines)


GOOD = [f"{i},1,M{i},07,5411,STAR MARKET {i}" for i in range(1, 4)]

BAD_ROWS = [
    ("9,1,M,07,5411", "wrong number of fields"),
    ("9,1,M,07,5411,A,B", "wrong number of fields"),
    (",1,M,07,5411,STAR", "no ccid"),
    ("9,,M,07,5411,STAR", "no bankid"),
    ("9,1,M,07,,STAR", "no mccid"),
    ("9,1,M,07,5411,", "no narrative"),
    ("9,1,M,07,5411,\u6771\u4eac", "no narrative"),
    ("9,1,M,07,9999,STAR", "unknown mccid"),
    ("9,1,M,07,742,STAR", "unknown mccid: lost leading zero?"),
    ("9,1,M,7,5411,STAR", "unknown brandid"),
    ("9,1,M,07,5411,ST\x00AR", "NUL in a field"),
    ("9" * 65 + ",1,M,07,5411,STAR", "ccid is malformed"),
    ('9,1,M,07,5411,"STAR" X', "not CSV: a quote inside a field"),
    ("9,1,M,07,5411," + "A" * 70_000, "field too long"),
    ("9,1,M,07,5411," + "A" * 3_000_000, "line too long"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_ROWS, ids=[r for _, r in BAD_ROWS])
def test_a_bad_row_is_quarantined_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    loaded = load_market(tables(tmp_path, rows(*GOOD[:2], line, GOOD[2])), LOOSE)
    assert [(q.file, q.line, q.reason) for q in loaded.quarantine] == [("combo.csv", 4, reason)]
    assert loaded.market.combos.ccid == ["1", "2", "3"]
    assert loaded.quarantine[0].row


def test_lines_are_physical(tmp_path: Path) -> None:
    combo = HEADER + '1,1,M,07,5411,"STAR\nMARKET"\n\n\n2,1,M,x,5411,STAR\r\n3,1,M,y,5411,STAR\n'
    loaded = load_market(tables(tmp_path, combo), LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [
        (6, "unknown brandid"),
        (7, "unknown brandid"),
    ]
    assert loaded.market.combos.narrative == ["STAR MARKET"]


def test_same_key_different_content_is_all_quarantined_and_equal_rows_collapse(
    tmp_path: Path,
) -> None:
    combo = rows(GOOD[0], GOOD[0], "2,1,M,07,5411,STAR", "2,1,M,8,5411,STAR", GOOD[2])
    loaded = load_market(tables(tmp_path, combo), LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [
        (4, "same ccid and bankid, different content"),
        (5, "same ccid and bankid, different content"),
    ]
    assert loaded.market.combos.ccid == ["1", "3"]
    assert loaded.quality.tables[-1].collapsed == 1


def test_leading_zeros_and_numbers_stay_text(tmp_path: Path) -> None:
    loaded = load_market(tables(tmp_path, rows("0001,01,,07,0742,1234")), LOOSE)
    combos = loaded.market.combos
    assert (combos.ccid, combos.bankid, combos.mccid) == (["0001"], ["01"], ["0742"])
    assert combos.narrative == ["1234"]
    assert loaded.market.brands["8"].brandname == 'Fish, Chips "&" Co'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-8"])
def test_encodings_that_say_what_they_are(tmp_path: Path, encoding: str) -> None:
    text = rows("1,1,M,07,5411,CAFÉ STAR").replace("\n", "\r\n")
    loaded = load_market(tables(tmp_path, text.encode(encoding)), LOOSE)
    assert loaded.market.combos.narrative == ["CAFE STAR"]


def test_latin_1_is_an_error_with_its_place_until_declared(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows(GOOD[0], "2,1,M,07,5411,CAFÉ").encode("latin-1"))
    with pytest.raises(InputError, match=r"combo\.csv, line 3, byte \d+.*tables\.encoding"):
        load_market(folder, LOOSE)
    declared = TableSettings(encoding="latin-1")
    assert load_market(folder, declared).market.combos.narrative[1] == "CAFE"


def test_a_quote_never_closed_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3.*quote"):
        load_market(tables(tmp_path, rows(GOOD[0], '2,1,M,07,5411,"STAR')), LOOSE)


def test_lines_behind_a_stray_quote_are_all_counted(tmp_path: Path) -> None:
    stray = '2,1,M,07,5411,"STAR'
    combo = rows(GOOD[0], stray, "3,1,M,07,5411,STAR", '4,1,M,07,5411,"STAR"', "5,1,M,07,5411,STAR")
    loaded = load_market(tables(tmp_path, combo), LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [
        (3, "not CSV: a quote inside a field"),
        (4, "inside a record that is not CSV"),
        (5, "inside a record that is not CSV"),
    ]
    assert loaded.market.combos.ccid == ["1", "5"]
    assert loaded.quality.tables[-1].rows == 5


@pytest.mark.parametrize("width", range(7, 12))
def test_a_long_line_cut_inside_a_quote_takes_no_other_with_it(tmp_path: Path, width: int) -> None:
    # One of these widths puts the cut inside a quoted field.
    line = ",".join(['"' + "a" * width + '"'] * 60_000)
    loaded = load_market(tables(tmp_path, rows(GOOD[0], line, GOOD[1])), LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [(3, "line too long")]
    assert loaded.market.combos.ccid == ["1", "2"]


def test_a_huge_line_is_never_held(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows(*GOOD))
    with (folder / "combo.csv").open("a", encoding="utf-8") as file:
        for _ in range(64):
            file.write("A" * 1_000_000)
        file.write("\n4,1,M,07,5411,STAR\n")
    tracemalloc.start()
    loaded = load_market(folder, LOOSE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(q.line, q.reason) for q in loaded.quarantine] == [(5, "line too long")]
    assert loaded.market.combos.ccid == ["1", "2", "3", "4"]
    assert peak < 16_000_000


def test_a_record_without_an_end_is_never_held(tmp_path: Path) -> None:
    # Every field is short and closed, yet the record goes on from line to line.
    endless = '2,1,"a\n' + 'b","c\n' * 1_000_000
    folder = tables(tmp_path, rows(GOOD[0]) + endless)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"line 3.*quote"):
        load_market(folder, TableSettings(max_field_chars=1_024))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


def test_the_longest_id_and_field(tmp_path: Path) -> None:
    combo = rows("9" * 64 + ",1,,07,5411," + "A" * 65_536, "2,1,,07,5411," + "A" * 65_537)
    loaded = load_market(tables(tmp_path, combo), LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [(3, "field too long")]
    assert loaded.market.combos.ccid == ["9" * 64]


def test_a_byte_order_mark_decides_over_the_setting(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows("1,1,M,07,5411,CAFÉ").encode("utf-8-sig"))
    loaded = load_market(folder, TableSettings(encoding="latin-1"))
    assert loaded.market.combos.narrative == ["CAFE"]


@pytest.mark.parametrize("encoding", ["hex", "no-such-code"])
def test_settings_that_are_no_text_encoding(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(InputError, match=r"tables\.encoding: there is no text encoding"):
        load_market(tables(tmp_path, rows(*GOOD)), TableSettings(encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_the_place_of_a_bad_byte(tmp_path: Path, encoding: str) -> None:
    good = rows(*[f"{i},1,M,07,5411,STAR" for i in range(3_000)]).encode(encoding)
    bad = b"\xe9" if encoding == "utf-8" else b"\x00\xdc"
    folder = tables(tmp_path, good + bad + "\nx\n".encode(encoding))
    with pytest.raises(InputError, match=rf"line 3002, byte {len(good)}: not {encoding}"):
        load_market(folder, LOOSE)


def test_the_run_stops_above_the_stated_share(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows(*GOOD, "9,1,M,x,5411,STAR"))
    with pytest.raises(TooManyBadRows, match=r"1 of 4 rows.*unknown brandid.*line 5") as stopped:
        load_market(folder, TableSettings(max_bad_share=0.24))
    assert len(stopped.value.quarantine) == 1
    assert load_market(folder, TableSettings(max_bad_share=0.25)).quarantine


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mcc": "mccid,sector\n1,A\n"}, "no column mcc_desc"),
        ({"brand": "brandid,brandid,brandname,sector\n1,1,A,B\n"}, "stands there twice"),
        ({"brand": "brandid,brandname,sector\n"}, "is empty"),
        ({"mcc": ""}, "no column"),
        ({"mcc": "\n" * 300_000}, "no column"),
        ({"mcc": "A" * 5_000}, "no column mccid.{0,400}$"),
        ({"mcc": "A" * 300_000}, "line 1: no header"),
        ({"combo": HEADER}, "combo is empty"),
        ({"brand_to_check": "brandid\n"}, "brand_to_check is empty"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, change: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_market(tables(tmp_path, **{"combo": rows(*GOOD), **change}), LOOSE)


def test_missing_and_doubled_tables(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows(*GOOD))
    with gzip.open(folder / "mcc.csv.gz", "wt") as file:
        file.write(MCC)
    with pytest.raises(InputError, match="which one is mcc"):
        load_market(folder, LOOSE)
    (folder / "mcc.csv").unlink()
    assert load_market(folder, LOOSE).market.mccs
    (folder / "mcc.csv.gz").write_bytes((folder / "mcc.csv.gz").read_bytes()[:20])
    with pytest.raises(InputError, match="cannot be read"):
        load_market(folder, LOOSE)
    (folder / "mcc.csv.gz").unlink()
    with pytest.raises(InputError, match="no table mcc"):
        load_market(folder, LOOSE)


def test_columns_in_any_order_case_and_delimiter(tmp_path: Path) -> None:
    combo = "NARRATIVE;extra;MccId;brandid;mid;bankid;ccid\nSTAR;x;5411;07;M;1;1\n"
    loaded = load_market(tables(tmp_path, combo), LOOSE)
    assert loaded.market.combos.narrative == ["STAR"]
    assert loaded.quality.tables[-1].ignored_columns == ("extra",)


def test_csv_gz_parquet_and_shuffled_rows_are_one_market(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    expected = load_market(tables(plain, rows(*GOOD)), LOOSE).market
    for kind in ("gz", "parquet", "shuffled"):
        folder = tmp_path / kind
        folder.mkdir()
        tables(folder, rows(*GOOD))
        if kind == "gz":
            (folder / "combo.csv.gz").write_bytes(
                gzip.compress((folder / "combo.csv").read_bytes())
            )
            (folder / "combo.csv").unlink()
        elif kind == "parquet":
            with duckdb.connect() as connection:
                source = connection.read_csv(str(folder / "combo.csv"), all_varchar=True)
                source.write_parquet(str(folder / "combo.parquet"))
            (folder / "combo.csv").unlink()
        else:
            lines = GOOD[:]
            random.Random(1).shuffle(lines)
            (folder / "combo.csv").write_text(rows(*lines))
        assert load_market(folder, LOOSE).market == expected


def test_two_tables_never_share_a_fingerprint_by_the_mark_between_cells(tmp_path: Path) -> None:
    prints = set()
    for first, second in (("a\x1fb", "c"), ("a", "b\x1fc"), ("a", "b")):
        brand = f"brandid,brandname,sector\n07,{first},s\n8,{second},s\n"
        folder = tables(tmp_path, rows(*GOOD), brand=brand)
        prints.add(load_market(folder, LOOSE).market.fingerprint)
    assert len(prints) == 3


def parquet(folder: Path, *selects: str) -> Path:
    """The folder with its combo table as Parquet, of these rows."""
    (folder / "combo.csv").unlink()
    target = folder / "combo.parquet"
    with duckdb.connect() as connection:
        connection.sql(" UNION ALL ".join(selects)).write_parquet(str(target))
    return folder


def select(ccid: str, narrative: str, mccid: str = "'5411'") -> str:
    return (
        f"SELECT {ccid} AS ccid, '1' AS bankid, NULL AS mid, '07' AS brandid, {mccid} AS mccid, "
        f"{narrative} AS narrative"
    )


def test_parquet_cells_are_checked_like_those_of_csv(tmp_path: Path) -> None:
    folder = parquet(
        tables(tmp_path, rows(*GOOD)),
        select("'1'", "'A' || chr(0) || 'B'"),
        select("chr(160) || '2' || chr(9)", "'STAR'"),
        select("'3'", "repeat('A', 65537)"),
        select("'4'", "repeat('A', 65536)"),
    )
    loaded = load_market(folder, LOOSE)
    assert [(q.line, q.reason) for q in loaded.quarantine] == [
        (1, "NUL in a field"),
        (3, "field too long"),
    ]
    assert loaded.market.combos.ccid == ["2", "4"]
    assert loaded.market.combos.mid == ["", ""]


def test_whole_numbers_in_parquet_become_digits(tmp_path: Path) -> None:
    folder = parquet(
        tables(tmp_path, rows(*GOOD)),
        select("1::UTINYINT", "'STAR'", "5411::USMALLINT"),
        select("2::UTINYINT", "'VET'", "742::USMALLINT"),
    )
    loaded = load_market(folder, LOOSE)
    assert loaded.market.combos.mccid == ["5411"]
    assert loaded.quarantine[0].reason == "unknown mccid: lost leading zero?"


def test_the_report_on_the_data(tmp_path: Path) -> None:
    brand = "brandid,brandname,sector,x\n07,A,,1\n8,B,Food,1\n9,C,Food,1\n"
    folder = tables(
        tmp_path,
        rows(*(f"{i},1,M,07,5411,STAR" for i in range(5)), "6,1,,8,5411,X", "7,1,,,5411,Y", "8,1"),
        brand=brand,
        brand_to_check="brandid\n07\n8\n9\nx\n",
    )
    loaded = load_market(folder, LOOSE)
    quality = loaded.quality
    assert (quality.labelled, quality.unlabelled) == (6, 1)
    assert (quality.brands_without_rows, quality.brands_with_few_rows) == (1, 1)
    assert (quality.codes_unused, quality.brands_without_sector) == (1, 1)
    assert dict(quality.critical) == {
        "brand_to_check: unknown brandid": 1,
        "combo: wrong number of fields": 1,
    }
    assert {t.table: t.ignored_columns for t in quality.tables}["brand"] == ("x",)
    assert quality.tables[-1].bad_share == 1 / 8
    assert [q.file for q in loaded.quarantine] == ["brand_to_check.csv", "combo.csv"]
    assert quality_from_json(json.loads(json.dumps(quality_to_json(quality)))) == quality


def test_a_stop_carries_what_was_left_out_before_it(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows("1,1"), brand_to_check="brandid\n07\n8\n8\nx\n")
    with pytest.raises(TooManyBadRows, match=r"combo\.csv: 1 of 1") as stopped:
        load_market(folder, TableSettings(max_bad_share=0.25))
    assert [q.file for q in stopped.value.quarantine] == ["brand_to_check.csv", "combo.csv"]


def test_parquet_with_numbers_that_lost_their_text_is_refused(tmp_path: Path) -> None:
    folder = tables(tmp_path, rows(*GOOD))
    (folder / "combo.csv").unlink()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1.0 AS ccid, '1' AS bankid, '' AS mid, '07' AS brandid, 5411 AS mccid, "
            f"'STAR' AS narrative) TO '{folder / 'combo.parquet'}'"
        )
    with pytest.raises(InputError, match="write it as text"):
        load_market(folder, LOOSE)


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ROW = st.tuples(
    st.integers(1, 6).map(str),
    st.sampled_from("12"),
    CELL,
    st.sampled_from(["07", "8", "", "x"]),
    st.sampled_from(["5411", "0742", "742"]),
    CELL,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=st.lists(ROW, min_size=1, max_size=12))
def test_nothing_is_lost(tmp_path: Path, found: list[tuple[str, ...]]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADER.strip().split(","))
    writer.writerows(found)
    loaded = load_market(tables(tmp_path, buffer.getvalue()), LOOSE)
    table = loaded.quality.tables[-1]
    assert table.rows == len(found) == table.good + table.bad + table.collapsed
    assert table.good == len(loaded.market.combos)
    folder = tmp_path / "snapshot"
    folder.mkdir(exist_ok=True)
    save_snapshot(loaded, folder)
    assert read_snapshot(folder) == loaded
