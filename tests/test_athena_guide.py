"""The queries of the guide to Athena answer on the sample, in DuckDB's words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
import sqlglot

from program import good, inside
from shown import DOCS

GUIDE = (DOCS / "guides" / "athena.md").read_text("utf-8")


def queries() -> list[str]:
    """Every query of the guide, without what creates tables."""
    text = "\n".join(line[4:] for line in GUIDE.splitlines() if line.startswith("    "))
    return [q.strip() for q in re.findall(r"^SELECT .*?;", text, re.MULTILINE | re.DOTALL)]


def test_the_guide_shows_as_many_queries_as_are_asked_here() -> None:
    assert len(queries()) == 7


@pytest.mark.slow
def test_the_queries_answer(practice: Path, tmp_path: Path) -> None:
    shutil.copytree(practice / "W", tmp_path / "W")
    good(inside("export", "--workspace", tmp_path / "W", "--out", tmp_path / "O"))
    metadata = tmp_path / "O" / "metadata.jsonl"
    emit = ("--emit-sql", "athena", "--output", tmp_path / "A")
    good(inside("classify", "--metadata", metadata, *emit))
    db = duckdb.connect()
    found = f"read_parquet('{tmp_path}/O/assignments.parquet')"
    db.execute(f"CREATE VIEW assignments AS SELECT * FROM {found}")
    db.execute("CREATE VIEW transactions AS SELECT ccid, bankid, 2 AS amount FROM assignments")
    tables = {path.name for path in (tmp_path / "A").iterdir() if path.is_dir()}
    assert {name for name in tables if f"`{name}`" not in GUIDE} == set()
    for table in ("rules", "rule_codes"):
        db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{tmp_path}/A/{table}/*.parquet'")
    columns = {name for (name, *_) in db.execute("DESCRIBE assignments").fetchall()}
    created = re.search(r"CREATE EXTERNAL TABLE assignments \((.*?)\)", GUIDE, re.DOTALL)
    assert created is not None
    assert {part.split()[0] for part in created[1].split(",")} == columns
    for query in queries():
        (said,) = sqlglot.transpile(query, read="athena", write="duckdb")
        rows = db.execute(said).fetchall()
        assert rows or "'tie'" in query or "= '5812'" in query, query
