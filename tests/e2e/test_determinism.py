"""The same tables give the same bytes, whatever the hash seed, the order of rows, the format."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest
from faults import BATCHES, TABLES, Driver, Whole

from program import good, program

pytestmark = pytest.mark.slow

SAME = ("metadata.jsonl", "model.json", "manifest.json", "assignments.csv", "ties.jsonl")


def shuffled(source: Path, folder: Path, name: str) -> None:
    header, *lines = (source / f"{name}.csv").read_text().splitlines(keepends=True)
    Random(name).shuffle(lines)
    (folder / f"{name}.csv").write_text(header + "".join(lines))


def zipped(source: Path, folder: Path, name: str) -> None:
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress((source / f"{name}.csv").read_bytes()))


def parquet(source: Path, folder: Path, name: str) -> None:
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(source / f"{name}.csv"), all_varchar=True, header=True)
        rows.write_parquet(str(folder / f"{name}.parquet"))


def utf_16(source: Path, folder: Path, name: str) -> None:
    text = (source / f"{name}.csv").read_text().replace("\n", "\r\n")
    (folder / f"{name}.csv").write_bytes(text.encode("utf-16"))


def made(whole: Whole, folder: Path, how: Callable[[Path, Path, str], None]) -> Path:
    folder.mkdir()
    for name in TABLES:
        how(whole.data, folder, name)
    return folder


@pytest.mark.parametrize("how", [zipped, parquet, utf_16])
def test_formats_of_the_same_tables(
    whole: Whole, driver: Driver, tmp_path: Path, how: Callable[[Path, Path, str], None]
) -> None:
    data = made(whole, tmp_path / "data", how)
    good(driver.run(data, tmp_path / "w"))
    files = driver.exported(tmp_path / "w")
    assert {name: files[name] for name in SAME} == {name: whole.files[name] for name in SAME}


def test_hash_seed_and_order_of_rows(whole: Whole, driver: Driver, tmp_path: Path) -> None:
    data = made(whole, tmp_path / "data", shuffled)
    args = ("run", "--data", data, "--workspace", tmp_path / "w", *BATCHES)
    good(program(*args, PYTHONHASHSEED="4242"))
    files = driver.exported(tmp_path / "w")
    assert {name: files[name] for name in SAME} == {name: whole.files[name] for name in SAME}


def test_batches_and_threads(whole: Whole, driver: Driver, tmp_path: Path) -> None:
    args = ("run", "--data", whole.data, "--workspace", tmp_path / "w")
    good(program(*args, PYTHONHASHSEED="1", OMP_NUM_THREADS="1"))
    files = driver.exported(tmp_path / "w")
    assert {name: files[name] for name in SAME} == {name: whole.files[name] for name in SAME}
