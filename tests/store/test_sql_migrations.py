"""New stores are made by the migrations, old ones are taken over without loss."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from human_loop import approve, metadata
from sqlalchemy import inspect, select

from brand_metagen.ports import BrandRow, BrandState, RunState, StepState
from brand_metagen.publish.metadata import to_record
from brand_metagen.records import Metadata, Status
from brand_metagen.store import schema
from brand_metagen.store.engine import open_engine
from brand_metagen.store.migrations import STEPS
from brand_metagen.store.sql import SqlStore

OLD = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE runs (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, run_id VARCHAR(32), source TEXT NOT NULL,
    settings TEXT NOT NULL, "only" JSON NOT NULL, state VARCHAR(16) NOT NULL,
    wish VARCHAR(8) NOT NULL, created_at VARCHAR(40) NOT NULL, finished_at VARCHAR(40), error TEXT,
    summary JSON NOT NULL, UNIQUE (run_id));
CREATE TABLE steps (
    run_id VARCHAR(32) NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    state VARCHAR(16) NOT NULL, starts INTEGER NOT NULL, completions INTEGER NOT NULL,
    seconds FLOAT NOT NULL, digest VARCHAR(64), stats JSON NOT NULL,
    started_at VARCHAR(40) NOT NULL, finished_at VARCHAR(40), error TEXT,
    PRIMARY KEY (run_id, position),
    FOREIGN KEY(run_id) REFERENCES runs (run_id));
CREATE TABLE metadata_versions (
    brandid TEXT NOT NULL, version INTEGER NOT NULL, run_id VARCHAR(32) NOT NULL,
    status VARCHAR(16) NOT NULL, rule VARCHAR(64) NOT NULL, confidence FLOAT NOT NULL,
    record JSON NOT NULL, PRIMARY KEY (brandid, version),
    FOREIGN KEY(run_id) REFERENCES runs (run_id));
CREATE TABLE brands (
    brandid TEXT NOT NULL, brandname TEXT NOT NULL, sector TEXT NOT NULL,
    state VARCHAR(24) NOT NULL, version INTEGER NOT NULL, run_id VARCHAR(32) NOT NULL, error TEXT,
    PRIMARY KEY (brandid));
CREATE TABLE releases (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, release_id VARCHAR(32) NOT NULL,
    run_id VARCHAR(32) NOT NULL, UNIQUE (run_id), FOREIGN KEY(run_id) REFERENCES runs (run_id));
INSERT INTO schema_version VALUES (1);
INSERT INTO runs VALUES (
    1, 'RUN-0001', 'data', 'f00d', '["7"]', 'completed', 'run', '2026-01-01T00:00:00.000+00:00',
    '2026-01-01T00:01:00.000+00:00', NULL, '{"brands": 2}');
INSERT INTO steps VALUES (
    'RUN-0001', 1, 'ingest', 'data transformation', 'done', 2, 1, 1.5, 'abc', '{"rows": 7}',
    '2026-01-01T00:00:00.000+00:00', '2026-01-01T00:00:02.000+00:00', NULL);
INSERT INTO brands VALUES ('7', 'Zoë''s Café', 'Food', 'awaiting_review', 2, 'RUN-0001', NULL);
INSERT INTO brands VALUES ('8', 'Poison', 'Food', 'failed', 0, 'RUN-0001', 'no rows');
INSERT INTO releases VALUES (1, 'REL-1', 'RUN-0001');
"""
"""The store as version 1 left it: its statements, printed by the code of then."""


def old_version(version: int, confidence: float, rows: int) -> Metadata:
    made = metadata("7", f"ZOE {version}", confidence)
    evidence = {"rows": rows, "nested": {"b": [1.5, None], "a": "é"}}
    return Metadata(
        brandid="7",
        brandname="Zoë's Café",
        sector="Food",
        version=version,
        status=Status.CANDIDATE,
        rule=made.rule,
        confidence=confidence,
        requires_confirmation=True,
        reasons=("few rows", "more"),
        evidence=evidence,
    )


VERSIONS = [old_version(1, 0.9, 4), old_version(2, 0.25, 8)]


def build_old(url: str) -> None:
    engine = open_engine(url)
    postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        for statement in OLD.replace(
            "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
            "SERIAL PRIMARY KEY" if postgresql else "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        ).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        table = schema.versions
        for made in VERSIONS:
            values = {
                "brandid": made.brandid,
                "version": made.version,
                "run_id": "RUN-0001",
                "status": "candidate",
                "rule": "0" * 64,
                "confidence": made.confidence,
                "record": to_record(made),
            }
            insert = table.insert().values({table.c[name]: v for name, v in values.items()})
            connection.execute(insert)
        if postgresql:
            for name in ("runs", "releases"):
                connection.exec_driver_sql(f"SELECT setval('{name}_sequence_seq', 1)")
    engine.dispose()


def test_an_old_store_is_taken_over_without_loss(url: str) -> None:
    build_old(url)
    store = SqlStore(url)
    (run,) = store.runs()
    assert (run.run_id, run.source, run.only, run.state) == (
        "RUN-0001",
        "data",
        ("7",),
        RunState.COMPLETED,
    )
    assert (run.summary, run.created_at[:10]) == ({"brands": 2}, "2026-01-01")
    (step,) = store.steps("RUN-0001")
    assert (step.state, step.starts, step.stats) == (StepState.DONE, 2, {"rows": 7})
    assert store.versions("7") == VERSIONS
    assert store.latest_release() == "REL-1"
    zoe = BrandRow(
        "7",
        "Zoë's Café",
        "Food",
        BrandState.AWAITING_REVIEW,
        2,
        "RUN-0001",
        confidence=0.25,
        rows=8,
        reason="few rows",
    )
    poison = BrandRow("8", "Poison", "Food", BrandState.FAILED, 0, "RUN-0001", "no rows")
    assert store.brands() == [zoe, poison]
    line = store.line("7")
    assert (line.round, line.corrections, line.approvals, line.priority) == (0, 0, 0, 6.0)
    assert (store.revision(), store.verify_audit()) == (0, 0)
    store.close()


def test_an_old_store_goes_on_as_a_new_one(url: str) -> None:
    """Numbers go on, and what was there is recognised as the same."""
    build_old(url)
    store = SqlStore(url)
    run_id = store.create_run("data", "f00d", ()).run_id
    assert run_id == "RUN-0002"
    assert [m.version for m in store.save_versions(run_id, [VERSIONS[1]])] == [2]
    assert [m.version for m in store.save_versions(run_id, [VERSIONS[0]])] == [3]
    store.change(approve(brandid="7", expected=2))
    assert store.verify_audit() == 2
    store.close()
    assert SqlStore(url).line("7").state is BrandState.APPROVED


def test_the_place_in_the_queue_is_the_one_a_run_would_give(url: str) -> None:
    build_old(url)
    store = SqlStore(url)
    before = {line.brandid: line for line in map(store.line, "78")}
    store.mark_brands("RUN-0001", store.brands())
    assert {line.brandid: line for line in map(store.line, "78")} == before
    store.close()


def test_migrations_lead_to_the_tables_that_the_code_names(url: str) -> None:
    SqlStore(url).close()
    engine = open_engine(url)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()


def test_an_old_store_has_the_same_tables_and_triggers_as_a_new_one(
    url: str,
) -> None:
    build_old(url)
    SqlStore(url).close()
    engine = open_engine(url)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert set(inspect(connection).get_table_names()) == set(schema.metadata.tables)
    engine.dispose()


def test_every_version_has_its_step() -> None:
    assert len(STEPS) == schema.VERSION


@pytest.mark.parametrize("found", [None, 1])
def test_a_migration_that_fails_leaves_the_store_as_it_was(
    url: str, found: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brand_metagen.store import migrations

    def fail() -> None:
        raise RuntimeError("power cut")

    if found is not None:
        build_old(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        before = set(inspect(connection).get_table_names())
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "STEPS", (*migrations.STEPS, fail))
        with pytest.raises(RuntimeError, match="power cut"):
            SqlStore(url)
    with engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) == before
        if found is not None:
            assert connection.scalar(select(schema.schema_version.c.version)) == found
    engine.dispose()
    SqlStore(url).close()


OPENED = """
import sys
from brand_metagen.store.sql import SqlStore
store = SqlStore(sys.argv[1])
store.runs()
import json
print(json.dumps([name for name in ("alembic", "mako") if name in sys.modules]))
"""


def test_alembic_is_imported_only_to_migrate(url: str) -> None:
    def imported() -> list[str]:
        command = [sys.executable, "-c", OPENED, url]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        found: list[str] = json.loads(ran.stdout)
        return found

    assert "alembic" in imported()
    assert imported() == []
