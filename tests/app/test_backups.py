"""Backups: whole, checked, back into an empty folder row by row, with what is lost and revoked."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from brand_metagen.app import (
    accounts,
    backups,
    decisions,
    extent,
    health,
    incidents,
    publishing,
    reverting,
    routine_notes,
    routines,
)
from brand_metagen.app.health import Condition
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import LOG_FOLDER, HealthSettings
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import ConflictError, InputError, IntegrityError
from brand_metagen.ports import (
    Cause,
    Change,
    IncidentKind,
    Level,
    Mode,
    NoticeState,
    Opening,
    Outgoing,
    Remark,
    RemarkOutcome,
    Role,
    RunState,
    Severity,
    Verdict,
    Withdrawal,
)
from brand_metagen.store.sql import SqlStore, sqlite_url
from program import good, inside

Opener = Callable[..., Workspace]


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    made = copied()
    brandid = next(m.brandid for m in made.store.latest_versions() if m.rule)
    made.store.note_look("anna", brandid, 1)
    decisions.decide(made, "anna", brandid, Verdict.APPROVE, 1)
    publishing.publish(made, "olga")
    return made


@pytest.fixture
def stores() -> Iterator[Callable[[Path], SqlStore]]:
    made = []

    def opened(folder: Path) -> SqlStore:
        made.append(SqlStore(sqlite_url(folder / DATABASE)))
        return made[-1]

    yield opened
    for store in made:
        store.close()


def contents(folder: Path) -> dict[str, bytes]:
    """Its files, but the store's and the log, which tells of this machine alone."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not path.name.startswith(DATABASE)
        if path.parent != folder / LOG_FOLDER
    }


def rows(store: SqlStore) -> dict[str, list[Any]]:
    with store.snapshot() as snapshot:
        return {n: list(r) for n, r in snapshot.tables() if n not in ("heads", "audit")}


def test_a_backup_comes_back_row_by_row_and_file_by_file(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    (workspace.folder / "config.toml").write_text("[confirm]\nwin = 0.9\n")
    routine_notes.write_notes(workspace, "morning", routines.walk(workspace, "morning"))
    done = backups.backup(workspace, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    before = rows(workspace.store)  # type: ignore[arg-type]
    restored = backups.restore(tmp_path / "b.tar", tmp_path / "new", stores)
    assert restored.files == done.files
    assert contents(tmp_path / "new") == contents(workspace.folder)
    other = stores(tmp_path / "new")
    assert rows(other) == before
    assert before["looks"]
    again = replace(workspace, folder=tmp_path / "new", store=other)
    assert health.worst(health.health(again)) is not Condition.FAIL
    assert publishing.current(again) is not None


def test_what_was_done_since_is_listed_and_what_was_revoked_is_again(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    store = workspace.store
    accounts.add(store, "root", "mallory", Role.ADMIN, None)
    accounts.add(store, "root", "eve", Role.OPERATOR, None)
    token = accounts.issue(store, "root", "eve", "laptop", timedelta(days=30))
    backups.backup(workspace, tmp_path / "b.tar")
    store.change_account("mallory", "root", disabled=True)
    store.revoke_token(token.token.token_id, "root")
    store.change_account("eve", "root", role=Role.VIEWER)
    store.open_case(Opening("", "", Cause.SYSTEM_ERROR, Level.ENGINEERING, "attack"), "root")
    done = backups.restore(tmp_path / "b.tar", tmp_path / "new", stores, store)
    assert sum(done.lost.values()) == 4
    assert done.lost["case_opened"] == 1
    assert len(done.lost_acts) == 4
    assert len(done.revoked_again) == 3
    other = stores(tmp_path / "new")
    mallory, eve = other.account("mallory"), other.account("eve")
    assert mallory is not None
    assert mallory.disabled
    assert eve is not None
    assert eve.role is Role.VIEWER
    assert all(t.revoked_at for t in other.tokens("eve"))
    other.verify_audit()


def test_reports_that_went_out_since_are_not_sent_again(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    store = workspace.store
    backups.backup(workspace, tmp_path / "b.tar")
    for period in ("2026-11-25", "2026-11-26"):
        store.send_report(
            Outgoing("daily", [(period, period)], "email", f"REPORT-{period}", "email", "Daily", {})
        )
    sent = store.claim_notice(store.notices()[0], 60)
    assert sent is not None
    store.notice_done(sent, NoticeState.SENT, "", 0)
    backups.restore(tmp_path / "b.tar", tmp_path / "new", stores, store)
    other = stores(tmp_path / "new")
    assert [s.period for s in other.sendings()] == ["2026-11-25"], "the other one is still to go"
    assert not [n for n in other.notices() if n.case_id.startswith("REPORT")]


def test_nothing_is_written_over(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    archive = tmp_path / "b.tar"
    backups.backup(workspace, archive)
    with pytest.raises(InputError, match="exists already"):
        backups.backup(workspace, archive)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    with pytest.raises(ConflictError, match="not empty"):
        backups.restore(archive, tmp_path / "full", stores)
    assert (tmp_path / "full" / "x").read_text() == "mine"


def changed(archive: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    made = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, tarfile.open(made, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if name in member.name:
                data = change(data)
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return made


def test_a_promise_that_was_withdrawn_since_is_named_with_its_command(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    store = workspace.store
    record = [m for m in store.latest_versions() if m.rule][1]
    asked = {number: (Constraint(Kind.MCC_OUT, f"074{number}"),) for number in (1, 2)}
    held = RemarkOutcome.HELD
    for number in (1, 2):
        text = f"no vets {number}"
        remark = Remark(
            record.brandid, 1, "anna", text, {}, "mccid_incorrect", asked[number], (), held
        )
        store.change(Change("anna", record.brandid, 1, Verdict.FEEDBACK, remark=remark))
        if number == 1:
            backups.backup(workspace, tmp_path / "b.tar")
    for number in (1, 2):
        taken = Withdrawal(f"FB-00000{number}", asked[number])
        store.change(Change("anna", record.brandid, 1, Verdict.WITHDRAW, withdrawal=taken))
    done = backups.restore(tmp_path / "b.tar", tmp_path / "new", stores, store)
    assert done.to_do == ("`brand-metagen feedback withdraw FB-000001`: it was withdrawn since",)
    assert done.lost == {"feedback": 1, "withdraw": 2}


def test_a_damaged_store_that_is_hardly_readable_hinders_no_restore(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    """What can be read of it is taken back again; the rest is named."""
    store = workspace.store
    accounts.add(store, "root", "eve", Role.OPERATOR, None)
    backups.backup(workspace, tmp_path / "b.tar")
    store.change_account("eve", "root", disabled=True)
    assert isinstance(store, SqlStore)
    with store._writing() as connection:
        for statement in ("DROP TRIGGER audit_fixed", "UPDATE audit SET detail = 'x' WHERE "
                          "sequence = (SELECT max(sequence) FROM audit)", "DROP TABLE notices",
                          "DROP TABLE incident_events", "DROP TABLE incidents"):  # fmt: skip
            connection.exec_driver_sql(statement)
    done = backups.restore(tmp_path / "b.tar", tmp_path / "new", stores, store)
    assert done.revoked_again == ("account eve",)
    assert done.lost_acts == ()
    unread = [line for line in done.to_do if "cannot be read whole" in line]
    named = [line.split(": ")[1].split(" of ")[0] for line in unread]
    assert named == ["the log", "the incidents", "the reports that went out"]


def test_a_restore_that_was_cut_off_is_not_worked_in(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Killed when all rows were there, and nobody was shut out again yet."""
    backups.backup(workspace, tmp_path / "b.tar")
    new = tmp_path / "new"

    def killed(_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(backups.Since, "taken_back_again", killed)
        with pytest.raises(RuntimeError):
            backups.restore(tmp_path / "b.tar", new, stores, workspace.store)
    done = inside("users", "list", "--workspace", new)
    assert (done.code, "was cut off" in done.err) == (2, True)
    with pytest.raises(ConflictError, match="may be deleted"):
        backups.restore(tmp_path / "b.tar", new, stores)
    shutil.rmtree(new)
    backups.restore(tmp_path / "b.tar", new, stores)
    good(inside("users", "list", "--workspace", new))


@pytest.mark.parametrize("name", ["-audit.jsonl", "metadata.jsonl", "-brands.jsonl"])
def test_a_changed_file_is_found(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path, name: str
) -> None:
    backups.backup(workspace, tmp_path / "b.tar")
    bad = changed(tmp_path / "b.tar", name, lambda data: data.replace(b"1", b"2", 1))
    with pytest.raises(IntegrityError, match="not what its manifest says"):
        backups.restore(bad, tmp_path / "new", stores)
    assert not (tmp_path / "new").exists()


def test_a_cut_or_foreign_file_is_no_backup(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    archive = tmp_path / "b.tar"
    backups.backup(workspace, archive)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    foreign = tmp_path / "foreign.tar"
    with tarfile.open(foreign, "w") as tar:
        member = tarfile.TarInfo("../evil")
        tar.addfile(member, io.BytesIO(b""))
    for bad in (cut, foreign, tmp_path / "none.tar"):
        with pytest.raises((InputError, IntegrityError)):
            backups.restore(bad, tmp_path / "new", stores)
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"format": 1},
        {"format": 1, "files": [], "head": {}, "taken_at": ""},
        {"format": 1, "files": {}, "head": 3, "taken_at": ""},
        {"format": 1, "files": {}, "head": {"sequence": 1}, "taken_at": ""},
        {"format": 2, "files": {}, "head": {"sequence": 1, "digest": ""}, "taken_at": ""},
    ],
)
def test_a_manifest_that_says_too_little_is_no_backup(tmp_path: Path, said: Any) -> None:
    data = json.dumps(said).encode()
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        member = tarfile.TarInfo(backups.MANIFEST)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    with pytest.raises(InputError, match="no backup that this program knows"):
        backups.verify_backup(tmp_path / "b.tar")


def test_a_file_that_is_there_twice_is_refused(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    archive = tmp_path / "b.tar"
    backups.backup(workspace, archive)
    with tarfile.open(archive) as tar:
        member = next(m for m in tar if m.name.endswith("-brands.jsonl"))
        content = tar.extractfile(member)
        assert content is not None
        data = content.read()
    with tarfile.open(archive, "a") as tar:
        tar.addfile(member, io.BytesIO(data))
    with pytest.raises(InputError, match="twice"):
        backups.restore(archive, tmp_path / "new", stores)


def found(workspace: Workspace) -> dict[str, Condition]:
    return {check.part: check.condition for check in health.health(workspace)}


def test_a_healthy_workspace_has_nothing_to_say(workspace: Workspace) -> None:
    wrong = {p: c for p, c in found(workspace).items() if c is not Condition.OK}
    assert wrong == {}


def test_each_part_that_is_broken_is_found_alone(workspace: Workspace) -> None:
    store = workspace.store
    release = publishing.current(workspace)
    assert release is not None
    model = workspace.releases / release.id / "model.json"
    kept = model.read_bytes()
    model.write_bytes(kept.replace(b"1", b"2", 1))
    assert found(workspace)["release"] is Condition.FAIL
    model.write_bytes(kept)

    store.set_mode(Mode.PAUSED, "olga", "looking")
    assert found(workspace)["mode"] is Condition.WARN
    store.set_mode(Mode.NORMAL, "olga", "")

    (workspace.step("ingest") / "combo.parquet").rename(workspace.folder / "gone")
    assert found(workspace)["data"] is Condition.FAIL
    (workspace.folder / "gone").rename(workspace.step("ingest") / "combo.parquet")

    for name, part in (("disk_fail_bytes", "disk"), ("disk_warn_bytes", "disk")):
        settings = replace(workspace.settings, health=HealthSettings(**{name: 10**18}))
        assert found(replace(workspace, settings=settings))[part] is not Condition.OK
    settings = replace(workspace.settings, health=HealthSettings(backlog_brands=1))
    assert found(replace(workspace, settings=settings))["backlog"] is Condition.WARN
    assert set(found(workspace).values()) == {Condition.OK}

    store.create_run("data", "{}", ())
    store.set_run("RUN-0002", RunState.FAILED, "no room")
    checks = {c.part: c for c in health.health(workspace)}
    assert checks["runs"].condition is Condition.FAIL
    assert "no room" in checks["runs"].said
    assert "resume RUN-0002" in checks["runs"].todo
    assert health.worst(list(checks.values())) is Condition.FAIL


def test_a_restore_brings_back_no_approval_that_was_taken_back(
    workspace: Workspace, stores: Callable[[Path], SqlStore], tmp_path: Path
) -> None:
    """Nor an old password, nor writing; what only a person can undo is named with its command."""
    store = workspace.store
    published = store.publications()[-1].release_id
    ruled = [m.brandid for m in store.latest_versions() if m.rule]
    first, second, third = ruled[:3]
    accounts.add(store, "root", "eve", Role.OPERATOR, "correct horse battery")
    for brandid in (second, third):
        decisions.decide(workspace, "eve", brandid, Verdict.APPROVE, 1)
    publishing.publish(workspace, "olga")
    backups.backup(workspace, tmp_path / "b.tar")
    reverting.revert(workspace, "olga", "eve", "", "stolen", stored=True)
    publishing.publish(workspace, "olga")
    assert store.publications()[-1].release_id == published
    accounts.change(store, "root", "eve", password="another long password")
    store.set_mode(Mode.READ_ONLY, "olga", "looking")
    incident = incidents.open_incident(
        workspace,
        "olga",
        IncidentKind.DATA_CORRUPTION,
        Severity.MAJOR,
        "rows changed",
        "publishing",
    )
    done = backups.restore(tmp_path / "b.tar", tmp_path / "new", stores, store)
    other = stores(tmp_path / "new")
    assert other.decided_versions() == {(first, 1)}
    assert [line.split(" ")[0] for line in done.revoked_again].count("approval") == 2
    assert any(published in line and "publish --restore" in line for line in done.to_do)
    assert other.mode().mode is Mode.READ_ONLY
    assert accounts.signed_in(other, "eve", "correct horse battery") is None
    assert accounts.signed_in(other, "eve", "another long password")
    assert done.incidents == (incident.incident_id,)
    assert other.incident(incident.incident_id) == incident
    assert extent.extent(replace(workspace, folder=tmp_path / "new", store=other)).damage == ()
