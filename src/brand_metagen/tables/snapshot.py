"""A checked market laid down for the steps of a run, so that the source may change meanwhile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import duckdb
import numpy as np

from brand_metagen.records import Market, Quarantined
from brand_metagen.tables.cells import CsvWriter, neutralise, restore
from brand_metagen.tables.load import COLUMNS, Loaded, market_of
from brand_metagen.tables.quality import quality_from_json, quality_to_json

QUARANTINE = "quarantine.csv"
QUALITY = "quality.json"


def save_snapshot(loaded: Loaded, folder: Path) -> None:
    """Write the four tables as Parquet, `quarantine.csv` and `quality.json` into a folder."""
    with duckdb.connect() as connection:
        for name, columns in _columns(loaded.market).items():
            arrays = {c: np.array(values, dtype=object) for c, values in columns.items()}
            connection.register("rows", arrays)
            listed = ", ".join(f"CAST({column} AS VARCHAR) AS {column}" for column in arrays)
            connection.sql(f"SELECT {listed} FROM rows").write_parquet(
                str(folder / f"{name}.parquet")
            )
            connection.unregister("rows")
    (folder / QUARANTINE).write_text(quarantine_csv(loaded.quarantine), encoding="utf-8")
    quality = json.dumps(quality_to_json(loaded.quality), indent=1) + "\n"
    (folder / QUALITY).write_text(quality, encoding="utf-8")


def read_snapshot(folder: Path) -> Loaded:
    """What `save_snapshot` was given."""
    tables: dict[str, dict[str, list[str]]] = {}
    with duckdb.connect() as connection:
        for name in COLUMNS:
            cells = connection.read_parquet(str(folder / f"{name}.parquet")).fetchnumpy()
            tables[name] = {column: shared(values.tolist()) for column, values in cells.items()}
    with (folder / QUARANTINE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    quarantine = tuple(
        Quarantined(restore(f), int(line), restore(reason), restore(row))
        for f, line, reason, row in rows
    )
    quality = quality_from_json(json.loads((folder / QUALITY).read_text(encoding="utf-8")))
    return Loaded(market_of(tables), quarantine, quality)


def shared(cells: Sequence[str]) -> list[str]:
    """The same texts, equal ones as one object: codes and brands repeat in almost every row.

    >>> one, other = shared(["54" + "11", "".join(["5411"])])
    >>> one is other
    True
    """
    known: dict[str, str] = {}
    return [known.setdefault(cell, cell) for cell in cells]


def quarantine_csv(quarantine: Sequence[Quarantined]) -> str:
    """The rows left out, as a table that a spreadsheet may open."""
    buffer = io.StringIO(newline="")
    writer = CsvWriter(buffer)
    writer.writerow(("file", "line", "reason", "row"))
    for entry in quarantine:
        writer.writerow([neutralise(c) if isinstance(c, str) else c for c in astuple(entry)])
    return buffer.getvalue()


def _columns(market: Market) -> Mapping[str, Mapping[str, Sequence[str]]]:
    brands, mccs = market.brands.values(), market.mccs.values()
    return {
        "brand": {c: [getattr(b, c) for b in brands] for c in COLUMNS["brand"]},
        "brand_to_check": {"brandid": list(market.to_check)},
        "combo": {c: getattr(market.combos, c) for c in COLUMNS["combo"]},
        "mcc": {c: [getattr(m, c) for m in mccs] for c in COLUMNS["mcc"]},
    }
