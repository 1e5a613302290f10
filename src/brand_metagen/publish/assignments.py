"""Every combo with its decision: one CSV and one Parquet file, the same rows in the same order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import duckdb
import numpy as np
from numpy.typing import NDArray

from brand_metagen.files import write_file
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Combos
from brand_metagen.tables.cells import neutralised

COLUMNS = ("ccid", "bankid", "given_brandid", "brandid", "decision", "confidence", "reason")
CSV_FILE, PARQUET_FILE = "assignments.csv", "assignments.parquet"


def write_assignments(folder: Path, combos: Combos, answers: Sequence[Answer]) -> None:
    """Write `assignments.csv` (cells safe for spreadsheets) and `assignments.parquet`."""
    columns = _columns(combos, answers)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_safe_rows(columns))
    write_file(folder / CSV_FILE, buffer.getvalue().encode())
    with duckdb.connect() as connection:
        connection.register("assignments", _arrays(columns))
        connection.sql("SELECT * FROM assignments").write_parquet(str(folder / PARQUET_FILE))


def _columns(combos: Combos, answers: Sequence[Answer]) -> dict[str, Sequence[str] | list[float]]:
    return {
        "ccid": combos.ccid,
        "bankid": combos.bankid,
        "given_brandid": combos.brandid,
        "brandid": [a.brandid for a in answers],
        "decision": [a.decision.value for a in answers],
        "confidence": [a.confidence for a in answers],
        "reason": [a.reason for a in answers],
    }


def _safe_rows(columns: Mapping[str, Sequence[str] | list[float]]) -> Iterator[tuple[object, ...]]:
    safe = [
        cells if name == "confidence" else neutralised(cast(Sequence[str], cells))
        for name, cells in columns.items()
    ]
    return zip(*safe, strict=True)


def _arrays(columns: Mapping[str, Sequence[object]]) -> dict[str, NDArray[np.object_]]:
    arrays: dict[str, NDArray[np.object_]] = {}
    for name, values in columns.items():
        arrays[name] = np.array(values, dtype=float if name == "confidence" else object)
    return arrays
