"""Which rows can be used: required fields, well-formed ids, references, keys. Done in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np

from brand_metagen.records import Quarantined
from brand_metagen.tables.raw import RawTable

LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Demands:
    """What a table's rows must fulfil: `references` maps a column to the table it points into."""

    table: str
    key: tuple[str, ...]
    ids: tuple[str, ...]
    required: tuple[str, ...]
    references: Mapping[str, str]
    optional_references: tuple[str, ...] = ()


DEMANDS = (
    Demands("mcc", ("mccid",), ("mccid",), ("mccid",), {}),
    Demands("brand", ("brandid",), ("brandid",), ("brandid", "brandname"), {}),
    Demands("brand_to_check", ("brandid",), ("brandid",), ("brandid",), {"brandid": "brand"}),
    Demands(
        "combo",
        ("ccid", "bankid"),
        ("ccid", "bankid", "mid", "brandid", "mccid"),
        ("ccid", "bankid", "mccid", "narrative"),
        {"mccid": "mcc", "brandid": "brand"},
        optional_references=("brandid",),
    ),
)
"""In the order in which the tables refer to each other."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Good rows in order of their key, the bad ones with reasons, equal ones collapsed."""

    columns: dict[str, list[str]]
    quarantine: list[Quarantined]
    collapsed: int


def check_table(connection: duckdb.DuckDBPyConnection, raw: RawTable, demands: Demands) -> Checked:
    """Check one table against those checked before it, and leave it in the connection by name."""
    columns: dict[str, object] = {
        name: np.array(values, dtype=object) for name, values in raw.columns.items()
    }
    columns["position"] = np.arange(len(raw.lines))
    connection.register("raw_rows", columns)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE judged AS "
        f"SELECT *, {_reason(demands)} AS reason FROM raw_rows"
    )
    connection.unregister("raw_rows")
    key, content = ", ".join(demands.key), ", ".join(raw.columns)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS SELECT *, "
        f"count(DISTINCT ({content})) OVER (PARTITION BY {key}) AS versions, "
        f"row_number() OVER (PARTITION BY {key} ORDER BY position) AS place "
        "FROM judged WHERE reason IS NULL"
    )
    table = demands.table
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT {content} FROM keyed "
        f"WHERE versions = 1 AND place = 1 ORDER BY {key}"
    )
    bad = connection.execute(
        "SELECT position, reason FROM judged WHERE reason IS NOT NULL UNION ALL "
        f"SELECT position, 'same {' and '.join(demands.key)}, different content' FROM keyed "
        "WHERE versions > 1 ORDER BY position"
    ).fetchall()
    quarantine = raw.faulty + [
        Quarantined(raw.file, raw.lines[at], reason, raw.shown(at)) for at, reason in bad
    ]
    good = connection.execute(f"SELECT * FROM {table}").fetchnumpy()
    found = {name: good[name].tolist() for name in raw.columns}
    collapsed = len(raw.lines) - len(bad) - len(found[demands.key[0]])
    return Checked(found, sorted(quarantine, key=lambda q: (q.line, q.reason)), collapsed)


def _reason(demands: Demands) -> str:
    """SQL for the first thing wrong with a row, or NULL. Names are ours, never the data's."""
    cases = [f"WHEN {column} = '' THEN 'no {column}'" for column in demands.required]
    for column in demands.ids:
        cases.append(
            f"WHEN length({column}) > {LONGEST_ID} "
            f"OR regexp_matches({column}, '[\\x00-\\x1f\\x7f]') "
            f"THEN '{column} is malformed'"
        )
    for column, table in demands.references.items():
        unset = f"{column} <> '' AND " if column in demands.optional_references else ""
        missing = f"{unset}{column} NOT IN (SELECT {column} FROM {table})"
        if column == "mccid":
            padded = f"lpad({column}, 4, '0') IN (SELECT {column} FROM {table})"
            cases.append(
                f"WHEN {missing} AND length({column}) < 4 AND {padded} "
                f"THEN 'unknown {column}: lost leading zero?'"
            )
        cases.append(f"WHEN {missing} THEN 'unknown {column}'")
    return "CASE " + " ".join(cases) + " END"
