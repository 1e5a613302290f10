"""How far damage goes: each kind is found by itself, with its brands and since when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.conftest import Opener
from brand_metagen.app import decisions, extent, publishing
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.ports import Verdict
from brand_metagen.store.sql import SqlStore


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    made = copied()
    brandid = next(m.brandid for m in made.store.latest_versions() if m.rule)
    decisions.decide(made, "anna", brandid, Verdict.APPROVE, 1)
    publishing.publish(made, "olga")
    return made


def sql(workspace: Workspace, *statements: str) -> None:
    assert isinstance(workspace.store, SqlStore)
    with workspace.store._writing() as connection:
        for name in ("audit_fixed", "audit_kept", "versions_fixed"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))


def release_file(workspace: Workspace) -> None:
    path = next(workspace.releases.glob("REL-*/model.json"))
    path.write_bytes(path.read_bytes() + b" ")


def run_file(workspace: Workspace) -> None:
    path = workspace.step("confirm") / "new"
    path.write_text("x")


HARM: dict[str, tuple[Callable[[Workspace], object], str]] = {
    "a row of the log": (
        lambda w: sql(w, "UPDATE audit SET actor = 'eve' WHERE sequence = 2"), "log",
    ),
    "a record": (
        lambda w: sql(w, "UPDATE metadata_versions SET record = json_set(record, '$.sector', 'x')"
                         " WHERE brandid = (SELECT min(brandid) FROM metadata_versions)"),
        "version",
    ),
    "an approval that nobody gave": (
        lambda w: sql(w, "UPDATE metadata_versions SET status = 'approved' WHERE brandid = "
                         "(SELECT min(brandid) FROM metadata_versions WHERE status = 'candidate')"),
        "approval",
    ),
    "a release": (release_file, "release"),
    "a run": (run_file, "run"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARM)
def test_each_damage_is_found_alone(workspace: Workspace, what: str) -> None:
    whole = extent.extent(workspace)
    assert (whole.damage, whole.since) == ((), "")
    assert min(whole.audit_rows, whole.versions, whole.releases, whole.steps) > 0
    harm, kind = HARM[what]
    harm(workspace)
    found = extent.extent(workspace)
    assert {d.kind for d in found.damage} == {kind}
    assert all(d.todo for d in found.damage)
    if kind in ("version", "approval"):
        assert found.damage[0].brands
    if kind != "approval":
        assert found.since


def test_a_file_that_is_no_database_any_more_is_damage_not_a_traceback(
    workspace: Workspace,
) -> None:
    workspace.store.close()
    path = workspace.folder / DATABASE
    for more in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (workspace.folder / more).unlink(missing_ok=True)
    data = bytearray(path.read_bytes())
    for page in range(20, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\0" * 64
    path.write_bytes(data)
    found = extent.extent(workspace)
    assert {d.kind for d in found.damage} >= {"file"}
