"""Each emergency from a damaged or attacked workspace to its end, by commands alone; nothing that
was committed before is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from faults import KILLED, Driver, Whole

from brand_metagen.store.sql import SqlStore
from postgres import empty_schema, postgresql, server
from program import Done, environ, good, inside

__all__ = ["postgresql", "server"]

pytestmark = pytest.mark.slow

DATABASE = "brand-metagen.sqlite3"


class Desk:
    """Commands on one workspace."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def __call__(self, *args: object) -> Done:
        return inside(*args, "--workspace", self.workspace)

    def ok(self, *args: object) -> Any:
        return good(self(*args, "--json")).data

    def largest(self, count: int) -> list[str]:
        queue = self.ok("review", "queue", "--limit", 100)
        return [b["brandid"] for b in sorted(queue, key=lambda b: (-b["rows"], b["brandid"]))][
            :count
        ]

    def approve(self, who: str, *brands: str) -> None:
        for brandid in brands:
            self.ok("review", "approve", brandid, "--as", who)

    def in_force(self) -> dict[str, int]:
        last = self.ok("publish", "--history")[-1]["release_id"]
        lines = (self.workspace / "releases" / last / "metadata.jsonl").read_text().splitlines()
        return {r["brandid"]: r["version"] for r in map(json.loads, lines)}

    def log(self) -> list[str]:
        return [row["digest"] for row in json.loads(good(self("audit", "export", "--json")).out)]

    def conditions(self) -> dict[str, str]:
        done = self("health", "--json")
        return {check["part"]: check["condition"] for check in done.data["checks"]}


@pytest.fixture
def desk(whole: Whole, tmp_path: Path) -> Desk:
    shutil.copytree(whole.workspace, tmp_path / "w")
    return Desk(tmp_path / "w")


def test_the_system_is_down(desk: Desk, whole: Whole, driver: Driver, tmp_path: Path) -> None:
    """A run is killed with decisions made before: found, told, resumed, written down."""
    one, two = desk.largest(2)
    desk.approve("anna", one, two)
    desk.ok("publish", "--as", "olga")
    before, log = desk.in_force(), desk.log()
    fault = ("workflow.pipeline:grade", "before", 1, "kill")
    assert driver.run(whole.data, desk.workspace, faults=[fault]).code == KILLED

    desk.ok("runs", "list")
    assert desk.conditions()["runs"] == "warn"
    made = desk.ok("incidents", "open", "system_down", "a run died", "--affected",
                   "new rules", "--next-update", 30, "--tell", "--as", "olga")  # fmt: skip
    incident = made["incident_id"]
    page = tmp_path / "status.html"
    assert desk.ok("status", "--page", page)["state"] == "works in part"
    assert "a run died" in page.read_text()
    good(desk("escalations", "notices", "--send"))
    told = (desk.workspace / "notifications.jsonl").read_text()
    assert "We are looking into it." in told

    good(desk("runs", "resume", "RUN-0002"))
    assert desk.conditions()["runs"] == "ok"
    assert desk.ok("diagnose", "all") == []
    desk.ok("incidents", "note", incident, "resumed", "--recovered", "--tell", "--as", "olga")
    desk.ok("incidents", "close", incident, "--cause", "killed", "--action",
            "olga:2026-12-01:watch memory", "--as", "olga")  # fmt: skip
    assert desk.ok("status", "--page", page)["state"] == "works"
    files = desk.ok("incidents", "report", incident)["files"]
    assert all(Path(file).stat().st_size > 1_000 for file in files)
    assert desk.in_force() == before
    assert desk.log()[: len(log)] == log
    assert desk.ok("verify")["damage"] == []


def serving(workspace: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A server in a process of its own, and its address."""
    args = ("serve", "--port", "0", "--json", "--workspace", str(workspace))
    process = subprocess.Popen(
        [sys.executable, "-m", "brand_metagen", *args],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ({}),
    )  # fmt: skip
    told = b""
    assert process.stdout is not None
    while not told.endswith(b"}\n"):
        line = process.stdout.readline()
        assert line, "it did not start"
        told += line
    return process, json.loads(told)["api"]


def test_a_server_that_was_killed_loses_nothing(desk: Desk) -> None:
    """Whoever was signed in still is, and what they decided stands."""
    good(desk("users", "add", "anna", "--no-password"))
    token = good(desk("users", "token", "anna")).out.strip()
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    (brandid,) = desk.largest(1)
    process, url = serving(desk.workspace)
    try:
        done = httpx.post(f"{url}/brands/{brandid}/approve", json={}, headers=headers, timeout=60)
        assert done.is_success, done.text
    finally:
        process.kill()
        process.communicate()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/healthz")
    assert "fail" not in desk.conditions().values(), "it was the server alone"
    process, url = serving(desk.workspace)
    try:
        shown = httpx.get(f"{url}/brands/{brandid}", headers=headers, timeout=60)
        assert shown.json()["state"] == "approved"
    finally:
        process.kill()
        process.communicate()
    assert desk.ok("verify")["damage"] == []


def harm(workspace: Path) -> None:
    """What a failing disk, and somebody at the database, leave."""
    with sqlite3.connect(workspace / DATABASE) as connection:
        for trigger in ("audit_fixed", "versions_fixed"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE action = 'approve'")
        connection.execute("UPDATE metadata_versions SET status = 'approved'")
    for path in (workspace / "releases").glob("REL-*/metadata.jsonl"):
        path.write_bytes(path.read_bytes()[:-20])


def test_data_are_damaged(desk: Desk, tmp_path: Path) -> None:
    """Extent, a copy of the damage, back to the backup; lost and taken back are named."""
    one, two, three = desk.largest(3)
    for name in ("anna", "eve"):
        good(desk("users", "add", name, "--no-password"))
    desk.ok("users", "token", "eve")
    desk.approve("anna", one)
    desk.approve("eve", two)
    desk.ok("publish", "--as", "olga")
    before, log = desk.in_force(), desk.log()
    desk.ok("backup", "--out", tmp_path / "b.tar")
    desk.ok("users", "isolate", "eve", "--reason", "left")
    desk.ok("review", "approve", three, "--as", "anna")
    harm(desk.workspace)

    good(desk("pause", "--read-only", "--reason", "the log does not verify", "--as", "olga"))
    found = desk("verify", "--json")
    assert found.code == 1
    assert {d["kind"] for d in found.data["damage"]} == {"log", "approval", "release"}
    assert found.data["since"]
    assert {c for p, c in desk.conditions().items() if p in ("audit log", "release")} == {"fail"}
    assert {f["trouble"] for f in desk("diagnose", "damage", "--json").data} == {
        "damaged audit log", "damaged release",
    }  # fmt: skip
    made = desk.ok("incidents", "open", "data_corruption", "rows were changed", "--affected", "all",
                   "--severity", "critical", "--as", "olga")  # fmt: skip
    desk.ok("backup", "--out", tmp_path / "damaged.tar")

    again = Desk(tmp_path / "again")
    done = good(inside("restore", tmp_path / "b.tar", "--workspace", again.workspace,
                       "--damaged", desk.workspace, "--json")).data  # fmt: skip
    assert done["lost"]["approve"] == 1
    assert {line.split(" ")[0] for line in done["revoked_again"]} == {
        "account",
        "token",
        "writing:",
    }
    assert done["incidents"] == [made["incident_id"]]
    assert again.ok("verify")["damage"] == []
    assert again.in_force() == before
    assert again.log()[: len(log)] == log
    good(again("unpause", "--as", "olga"))
    good(again("brands", "reprocess", three, "--reason", "after the restore", "--as", "olga"))
    again.approve("anna", three)
    again.ok("publish", "--as", "olga")
    assert again.in_force() == {**before, three: before.get(three, 1)}
    incident = made["incident_id"]
    again.ok("incidents", "note", incident, "restored", "--recovered", "--as", "olga")
    again.ok("incidents", "close", incident, "--cause", "a disk", "--action",
             "olga:2026-12-01:another disk", "--as", "olga")  # fmt: skip
    assert again.conditions()["release"] == "ok"


def test_somebody_got_in(desk: Desk, tmp_path: Path) -> None:
    """Shut out, sealed, traced, undone, published again; what others decided stays."""
    one, two, three, four = desk.largest(4)
    good(desk("users", "add", "eve", "--role", "admin", "--no-password"))
    desk.approve("anna", one, four)
    desk.ok("publish", "--as", "olga")
    clean, log = desk.in_force(), desk.log()
    desk.approve("eve", two, three)
    desk.ok("review", "flag", four, "--note", "mine", "--as", "eve")
    good(desk("users", "add", "second", "--role", "admin", "--no-password", "--as", "eve"))
    desk.ok("publish", "--as", "eve")
    desk.ok("review", "reject", three, "--note", "hm", "--as", "anna")
    assert set(desk.in_force()) == {one, two, three, four}

    desk.ok("users", "isolate", "eve", "--reason", "a stolen token", "--as", "olga")
    good(desk("pause", "--read-only", "--reason", "a stolen token", "--as", "olga"))
    evidence = tmp_path / "evidence.jsonl"
    seal = desk.ok("audit", "seal", evidence, "--as", "olga")["seal"]
    assert desk.ok("audit", "check", evidence)["anchored"] is True
    trace = desk.ok("audit", "account", "eve")
    assert trace["releases"][-1]["in_force"]
    assert sorted(b for b, _ in trace["releases"][-1]["versions"]) == sorted((two, three))
    shown = desk.ok("audit", "revert", "eve", "--as", "olga")
    assert {u["subject"] for u in shown["undone"]} >= {two, "second"}
    assert [u["subject"] for u in shown["conflicts"]] == [three]

    good(desk("unpause", "--as", "olga"))
    done = desk.ok("audit", "revert", "eve", "--yes", "--as", "olga")
    assert not [u for u in done["undone"] if u["error"]]
    desk.ok("publish", "--as", "olga", "--note", "without eve")
    assert desk.in_force() == {**clean, three: 1}
    assert desk.log()[: len(log)] == log, "nothing is deleted"
    second = next(a for a in desk.ok("users", "list") if a["name"] == "second")
    assert second["disabled"]
    assert desk.ok("verify")["damage"] == []
    text = evidence.read_text().replace('"eve"', '"ann"', 1)
    evidence.write_text(text)
    touched = inside("audit", "check", evidence, "--seal", seal, "--json")
    assert (touched.code, len(touched.data["breaks"]) > 0) == (1, True)


def test_a_backup_and_a_restore_that_die_leave_nothing_that_looks_whole(
    desk: Desk, driver: Driver, tmp_path: Path
) -> None:
    """Killed, or out of room, at each kind of write; the same command then does it."""
    out, new = tmp_path / "b.tar", tmp_path / "new"
    backup = ("backup", "--out", out, "--workspace", desk.workspace)
    adding = "app.backups:_add"
    for fault, code in (
        ((adding, "before", 1, "kill"), KILLED),
        ((adding, "after", 9, "kill"), KILLED),
        (("app.backups:sync_folder", "before", 1, "fill_disk"), 0),
        (("app.backups:_write_rows", "before", 2, "fill_disk"), 1),
    ):
        assert driver(*backup, faults=[fault]).code == code, fault
        assert out.exists() is (code == 0), fault
        out.unlink(missing_ok=True)
    good(driver(*backup))
    restore = ("restore", out, "--workspace", new)
    for at in ("app.backups:_extract", "store.sql:SqlStore.fill", "app.backups:_make_empty_steps"):
        assert driver(*restore, faults=[(at, "before", 1, "kill")]).code == KILLED
        assert inside("status", "--workspace", new).code == 2, "nobody works in it"
        shutil.rmtree(new)
    good(driver(*restore))
    again = Desk(new)
    assert again.ok("verify")["damage"] == []
    assert again.log()[:-1] == desk.log(), "one act more: that it was restored"


def test_a_backup_of_postgresql_under_load_comes_back_row_by_row(
    desk: Desk, server: Any, tmp_path: Path
) -> None:
    """Out of SQLite into PostgreSQL, and out of there into SQLite again, while others write."""
    from threading import Event, Thread

    from brand_metagen.app import backups
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.config import Settings
    from brand_metagen.store.sql import sqlite_url

    desk.ok("backup", "--out", tmp_path / "a.tar")
    stores: list[SqlStore] = []

    def into(url: str) -> Any:
        def opened(_: Path) -> SqlStore:
            stores.append(SqlStore(url))
            return stores[-1]

        return opened

    backups.restore(tmp_path / "a.tar", tmp_path / "p", into(empty_schema(server)))
    workspace, over = Workspace(tmp_path / "p", Settings(), stores[0]), Event()

    def write() -> None:
        for number in range(300):
            if over.is_set():
                return
            workspace.store.note("anna", "looked", "system", {"n": number})

    writer = Thread(target=write)
    writer.start()
    taken = backups.backup(workspace, tmp_path / "b.tar")
    over.set()
    writer.join()
    done = backups.restore(tmp_path / "b.tar", tmp_path / "s", into(sqlite_url(tmp_path / "s.db")))
    assert done.audit_rows == taken.audit_rows
    with stores[0].snapshot() as there, stores[1].snapshot() as here:
        left = {name: [dict(r) for r in rows] for name, rows in there.tables()}
        right = {name: [dict(r) for r in rows] for name, rows in here.tables()}
    for name in left.keys() - {"audit", "heads", "modes"}:
        assert right[name] == left[name], name
    both = [[r for r in t["audit"] if r["sequence"] <= taken.audit_rows] for t in (left, right)]
    assert both[0] == both[1]
    for store in stores:
        store.verify_audit()
        store.close()
