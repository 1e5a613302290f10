"""The consumer's job: every row and column back, in order, with an answer of its own."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest

from brand_metagen.tables import batches
from places import Place
from program import Done, good, inside

ANSWERS = ["brandid", "decision", "confidence", "reason"]
DECISIONS = {"confirmed", "excluded", "tie", "review", "unmatched"}

Classify = Callable[..., Done]


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def market(place: Place) -> list[list[str]]:
    """The combo table's records, its header first."""
    with (place.data / "combo.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def test_rows_and_columns_stay_as_they_are(classify: Classify) -> None:
    rows = [
        ["0001", "x, y", "5411", "=cmd()", "07", ""],
        ["0002", '"q"', "0742", "\u202eSTAR", "", " b "],
        ["0003", "l1\nl2", " 5812 ", "\x1b[31mRED", "8", "\r"],
        ["0004", "é東", "", "", "", "'"],
    ]
    text = as_csv([["ID", "extra", "mccid", "Narrative", "BrandId", "end"], *rows])
    found = parsed(good(classify(text)).out)
    assert found[0] == ["ID", "extra", "mccid", "Narrative", "given_brandid", "end", *ANSWERS]
    assert [row[:6] for row in found[1:]] == rows
    assert {row[-3] for row in found[1:]} <= DECISIONS
    assert all(0 <= float(row[-2]) <= 1 for row in found[1:])


def test_the_market_gets_the_answers_of_its_run(place: Place, classify: Classify) -> None:
    found = parsed(good(classify(as_csv(market(place)))).out)
    assert len(found) == len(market(place))
    with (place.release.parent / "assignments.csv").open(newline="") as file:
        run = {(r["ccid"], r["bankid"]): r for r in csv.DictReader(file)}
    for row in found[1:]:
        answer = dict(zip(found[0], row, strict=True))
        mine = run[answer["ccid"], answer["bankid"]]
        for column in ("brandid", "decision", "reason"):
            assert answer[column] == mine[column].removeprefix("'")
        assert float(answer["confidence"]) == float(mine["confidence"])


def test_an_answer_depends_on_its_row_alone(
    place: Place, classify: Classify, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *rows = market(place)
    whole = parsed(good(classify(as_csv([header, *rows]))).out)[1:]
    expected = {tuple(row[:6]): row[6:] for row in whole}
    shuffled = rows + rows[:50]
    Random(1).shuffle(shuffled)
    # Batches of seven: their borders fall elsewhere for every row.
    monkeypatch.setattr(batches, "BATCH", 7)
    found = parsed(good(classify(as_csv([header, *shuffled]))).out)[1:]
    assert [row[:6] for row in found] == shuffled
    assert [row[6:] for row in found] == [expected[tuple(row[:6])] for row in found]
    some = parsed(good(classify(as_csv([header, rows[3]]))).out)[1]
    assert some[6:] == expected[tuple(rows[3])]


def test_every_format_in_and_out_gives_the_same(
    place: Place, classify: Classify, tmp_path: Path
) -> None:
    rows = market(place)
    plain = tmp_path / "in.csv"
    plain.write_text(as_csv(rows), newline="")
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    with duckdb.connect() as connection:
        table = connection.read_csv(str(plain), all_varchar=True, header=True)
        table.write_parquet(str(tmp_path / "in.parquet"))
    expected = good(classify(plain.read_bytes())).out
    for ending in ("csv", "csv.gz", "parquet"):
        out = tmp_path / f"out.{ending}"
        done = good(classify(input=tmp_path / f"in.{ending}", output=out))
        assert done.out == ""
        assert f"{len(rows) - 1:,} rows by REL-" in done.err
        assert read(out, tmp_path) == parsed(expected)
    report = good(classify("", "--json", input=plain, output=tmp_path / "o.csv")).data
    assert set(report) == {"release", "rows", "decisions"}
    assert report["rows"] == sum(report["decisions"].values()) == len(rows) - 1
    assert not [p.name for p in tmp_path.iterdir() if "partial" in p.name]


def read(path: Path, folder: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return parsed(path.read_text())
    if path.suffix == ".gz":
        return parsed(gzip.decompress(path.read_bytes()).decode())
    with duckdb.connect() as connection:
        found = connection.read_parquet(str(path))
        rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
        assert str(found.types[found.columns.index("confidence")]) == "DOUBLE"
        return [list(found.columns), *rows]


def test_over_its_own_input(place: Place, classify: Classify, tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text(as_csv(market(place)), newline="")
    expected = good(classify(path.read_bytes())).out
    good(classify(input=path, output=path))
    assert path.read_text() == expected


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_no_rows_are_no_error(classify: Classify, tmp_path: Path, ending: str) -> None:
    done = good(classify("narrative,mccid,brandid\n"))
    assert parsed(done.out) == [["narrative", "mccid", "given_brandid", *ANSWERS]]
    out = tmp_path / f"o.{ending}"
    assert good(classify("narrative,mccid\n", "--json", output=out)).data["rows"] == 0
    assert read(out, tmp_path) == [["narrative", "mccid", *ANSWERS]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column narrative, mccid"),
        ("narrative\nA\n", "no column mccid"),
        ("narrative,mccid,decision\nA,1,x\n", "decision"),
        ("narrative,mccid,Reason\nA,1,x\n", "Reason"),
        ("narrative,mccid,brandid,given_brandid\nA,1,x,y\n", "given_brandid"),
        ("narrative,mccid,mccid\nA,1,x\n", "twice"),
        ("narrative,mccid\nA,1\nA\n", "line 3: wrong number of fields"),
        ("narrative,mccid\nA,1\nA,1,2\n", "line 3: wrong number of fields"),
        ("narrative,mccid\nA\x00,1\n", "line 2: NUL"),
        ('narrative,mccid\nA,1\n"A,1\n', "line 3"),
        (b"narrative,mccid\nA,1\nCAF\xc9,1\n", "line 3"),
        ("narrative,mccid\n" + "A" * 70_000 + ",1\n", "line 2: field too long"),
    ],
)
def test_an_input_that_cannot_be_used_is_refused(
    classify: Classify, tmp_path: Path, text: str | bytes, said: str
) -> None:
    done = classify(text, output=tmp_path / "o.csv")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_what_it_is_written_in_may_be_said(classify: Classify) -> None:
    text = "narrative,mccid\nCAFÉ,1\n".encode("latin-1")
    done = good(classify(text, "--set", "tables.encoding=latin-1"))
    assert parsed(done.out)[1][0] == "CAFÉ"


def test_places_that_cannot_be_read_or_written(classify: Classify, tmp_path: Path) -> None:
    text = "narrative,mccid\nA,1\n"
    for change in ({"input": tmp_path / "no.csv"}, {"input": tmp_path / "no.parquet"},
                   {"output": tmp_path / "no" / "o.csv"}):  # fmt: skip
        done = classify(text, **change)
        assert (done.code, done.out, "Traceback" in done.err) == (2, "", False)
        assert "no" in done.err
    (tmp_path / "bad.parquet").write_text("no parquet")
    assert classify(input=tmp_path / "bad.parquet").code == 2
    (tmp_path / "folder.csv").mkdir()
    done = classify(text, output=tmp_path / "folder.csv")
    assert (done.code, "is a folder" in done.err) == (2, True)
    assert classify(text, output=tmp_path / "o.xlsx").code == 2
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_a_pipe_and_a_link_stay_what_they_are(classify: Classify, tmp_path: Path) -> None:
    """Replaced by a file, as any other target is, a device such as /dev/null would be gone."""
    text = "narrative,mccid\nA,1\n"
    expected = good(classify(text)).out
    pipe, link, file = tmp_path / "pipe", tmp_path / "link.csv", tmp_path / "file.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    good(classify(text, output=pipe))
    assert os.read(reader, 1_000).decode() == expected
    os.close(reader)
    assert pipe.is_fifo()
    link.symlink_to(file)
    good(classify(text, output=link))
    assert (link.is_symlink(), file.read_text()) == (True, expected)


def test_parquet_on_standard_input_is_said(place: Place, classify: Classify) -> None:
    done = classify((place.release.parent / "assignments.parquet").read_bytes())
    assert (done.code, done.out, "name the file" in done.err) == (2, "", True)


def test_codes_that_are_fractions_in_parquet_are_refused(
    classify: Classify, tmp_path: Path
) -> None:
    with duckdb.connect() as connection:
        rows = connection.sql("SELECT 'STAR' AS narrative, 5411.0::DOUBLE AS mccid")
        rows.write_parquet(str(tmp_path / "in.parquet"))
    done = classify(input=tmp_path / "in.parquet")
    assert done.code == 2
    assert "write it as text" in done.err


@pytest.fixture
def release(place: Place, tmp_path: Path) -> Path:
    """A copy of the release that may be spoiled; its metadata file."""
    for name in ("metadata.jsonl", "model.json", "manifest.json"):
        (tmp_path / name).write_bytes((place.release.parent / name).read_bytes())
    return tmp_path / "metadata.jsonl"


def applied(release: Path) -> Done:
    files = ("--metadata", release, "--input", "-", "--output", "-")
    return inside("classify", *files, stdin=b"narrative,mccid\nA,1\n")


@pytest.mark.parametrize("name", ["metadata.jsonl", "model.json"])
def test_a_release_whose_parts_disagree_is_refused(release: Path, name: str) -> None:
    assert applied(release).code == 0
    part = release.with_name(name)
    part.write_text(part.read_text().replace("0", "1", 1))
    done = applied(release)
    assert (done.code, done.out) == (1, "")
    assert f"{name} is not the file its manifest names" in done.err


@pytest.mark.parametrize("name", ["metadata.jsonl", "model.json", "manifest.json"])
def test_a_release_without_a_part_is_refused(release: Path, name: str) -> None:
    release.with_name(name).unlink()
    done = applied(release)
    assert (done.code, done.out) == (2, "")
    assert name in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "not a manifest"), ("[]", "not a manifest"), ("{}", "not a manifest"),
     ('{"format": 2, "release": "R", "sha256": {}}', "format 2")],
)  # fmt: skip
def test_a_manifest_of_another_kind_is_refused(release: Path, text: str, said: str) -> None:
    release.with_name("manifest.json").write_text(text)
    done = applied(release)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_manifest_that_names_no_hash_is_refused(release: Path) -> None:
    manifest = release.with_name("manifest.json")
    data = json.loads(manifest.read_text())
    del data["sha256"]["model.json"]
    manifest.write_text(json.dumps(data))
    assert applied(release).code == 1


def test_a_release_for_another_engine(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "sql"
    given = ("classify", "--metadata", place.release, "--output", out)
    done = good(inside(*given, "--emit-sql", "duckdb", "--json"))
    assert {"load.sql", "classify.sql", "rules/rules.parquet"} <= set(done.data["files"])
    assert all((out / name).is_file() for name in done.data["files"])
    assert "load.sql" in good(inside(*given[:-1], tmp_path / "b", "--emit-sql", "athena")).err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--emit-sql", "oracle"), "athena, duckdb, spark"),
        (("--engine", "flink", "--input", "x.csv"), "local or spark"),
        ((), "--input"),
    ],
)
def test_engines_that_are_not_there(
    place: Place, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    done = inside("classify", "--metadata", place.release, "--output", tmp_path / "o.csv", *more)
    assert done.code == 2
    assert said in done.err
