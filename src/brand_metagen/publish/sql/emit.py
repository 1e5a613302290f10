"""Write a release for another engine: its tables, how to load them, and the query."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from brand_metagen.errors import InputError
from brand_metagen.files import write_folder
from brand_metagen.publish.release import Release
from brand_metagen.publish.sql.tables import NUMBER, TABLES, TEXT, WHOLE, table_files

QUERY_FILE, LOAD_FILE = "classify.sql", "load.sql"
PLACE = "s3://BUCKET/PREFIX"
"""Where an operator says the tables were copied to."""

HEAD = """\
-- Release {release}. What it answers for every distinct (narrative, mccid, mid) of the table
-- `transactions`, whose narratives are normalised. Run load.sql first; join the answers back to the
-- transactions by the same three columns.
"""


class Dialect(StrEnum):
    """The engines a release is written for."""

    ATHENA = "athena"
    DUCKDB = "duckdb"
    SPARK = "spark"


def emit(release: Release, dialect: Dialect, out: Path) -> list[str]:
    """Write the folder, whole or not at all; returns the files in it.

    Raises InputError where something of that name is already.
    """
    if out.exists():
        raise InputError(f"{out} exists already; name a folder that does not")
    query = HEAD.format(release=release.id) + query_for(dialect)
    made = table_files(release)
    made |= {LOAD_FILE: _load(dialect).encode(), QUERY_FILE: query.encode()}
    write_folder(out, made)
    return sorted(made)


def query_for(dialect: Dialect) -> str:
    """The query in an engine's dialect."""
    return files(__package__).joinpath(f"{dialect.value}.sql").read_text(encoding="utf-8")


def _load(dialect: Dialect) -> str:
    return "".join(_loaded(dialect, table) for table in TABLES)


def _loaded(dialect: Dialect, table: str) -> str:
    if dialect is Dialect.DUCKDB:
        return f"CREATE OR REPLACE VIEW {table} AS FROM read_parquet('{table}/{table}.parquet');\n"
    if dialect is Dialect.SPARK:
        return (
            f"CREATE OR REPLACE TEMPORARY VIEW {table} USING parquet "
            f"OPTIONS (path '{table}/{table}.parquet');\n"
        )
    names = {TEXT: "string", NUMBER: "double", WHOLE: "bigint"}
    columns = ", ".join(f"`{name}` {names[kind]}" for name, kind in TABLES[table].items())
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS {table} ({columns})\n"
        f"STORED AS PARQUET LOCATION '{PLACE}/{table}/';\n"
    )
