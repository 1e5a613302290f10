"""A release on a local Spark: by its query and by its workers, the classifier's own answers."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brand_metagen.files import write_folder
from brand_metagen.publish.release import pack
from brand_metagen.publish.sql.emit import Dialect, emit
from learned import learned_release
from transactions import Row, expected, rows

pytest.importorskip("pyspark", reason="pip install 'brand-metagen[spark]'")
pytestmark = pytest.mark.spark

from pyspark.sql import SparkSession  # noqa: E402


@pytest.fixture(scope="module")
def asked() -> list[Row]:
    return rows()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    folder = tmp_path_factory.mktemp("spark")
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "local"))
        .getOrCreate()
    )
    yield spark
    spark.stop()


def test_the_query_answers_as_the_classifier(
    session: SparkSession, asked: list[Row], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    emit(learned_release(), Dialect.SPARK, out)
    for statement in (out / "load.sql").read_text().split(";\n"):
        if statement:
            session.sql(statement.replace("(path '", f"(path '{out}/"))
    session.createDataFrame(asked, "narrative string, mccid string, mid string").createTempView(
        "transactions"
    )
    found = session.sql((out / "classify.sql").read_text()).collect()
    there = {tuple(row[:3]): tuple(row[3:6]) for row in found}
    answers = expected(asked)
    assert len(found) == len(asked)
    for row, brandid, decision, confidence, _ in zip(asked, *answers.columns(), strict=True):
        assert there[row][:2] == (brandid, decision.value), row
        assert there[row][2] == pytest.approx(confidence, abs=1e-9), row


def spark_classify(release: Path, source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    files = ("--metadata", release / "metadata.jsonl", "--input", source, "--output", target)
    return subprocess.run(
        [sys.executable, "-m", "brand_metagen", "classify", "--engine", "spark", "--json", *files],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable},
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "release"
    made = learned_release()
    write_folder(folder, pack(made.metadata, made.model)[1])
    return folder


ODD_CELLS = (' blanks "quoted", comma ', "back\\slash", "two\nlines", "'=cmd", "")


def test_the_workers_answer_as_the_classifier(
    asked: list[Row], release: Path, tmp_path: Path
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["narrative", "mccid", "mid", "brandid", "note"])
        writer.writerows(
            (*row, f"given {i}", ODD_CELLS[i % len(ODD_CELLS)]) for i, row in enumerate(asked)
        )
    done = spark_classify(release, source, target)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout)["rows"] == len(asked)
    found = {}
    for part in target.glob("part-*.csv"):
        with part.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["given_brandid"]] = row
    answers = expected(asked)
    assert len(found) == len(asked)
    for i, (brandid, decision, confidence, reason) in enumerate(
        zip(*answers.columns(), strict=True)
    ):
        row = found[f"given {i}"]
        assert (row["brandid"], row["decision"], row["reason"]) == (brandid, decision.value, reason)
        assert float(row["confidence"]) == confidence
        assert (row["narrative"], row["note"]) == (asked[i][0], ODD_CELLS[i % len(ODD_CELLS)])


def test_a_row_that_is_not_whole_is_an_error(release: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("narrative,mccid,mid\nA,5812,1\nB,5812\n")
    done = spark_classify(release, tmp_path / "in.csv", tmp_path / "out.csv")
    assert done.returncode == 2, done.stderr[-500:]
    assert done.stderr.splitlines()[-1].startswith("brand-metagen: ")
    assert "MALFORMED_CSV_RECORD" in done.stderr.splitlines()[-1]
