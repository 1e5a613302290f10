"""What emergencies need of the store: incidents, accounts shut out, approvals taken back, how far
damage goes, and snapshots while somebody writes."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from human_loop import ANNA, BEN, approve, feedback, fill

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import (
    Account,
    BrandState,
    Incident,
    IncidentAct,
    IncidentChange,
    IncidentKind,
    IncidentState,
    Mode,
    Role,
    Severity,
    Token,
)
from brand_metagen.ports.reverting import Takeback
from brand_metagen.store.sql import SqlStore, sqlite_url

DOWN = Incident(
    "", IncidentKind.SYSTEM_DOWN, Severity.MAJOR, IncidentState.OPEN, "no answer", "reviews",
    "2026-01-02T03:04:05.000+00:00", ANNA, "",
)  # fmt: skip
DROP = ("audit_fixed", "audit_kept", "audit_kept_whole", "versions_fixed", "heads_move_on")


def act(kind: IncidentAct, **changes: object) -> IncidentChange:
    return IncidentChange(ANNA, "INC-0001", kind, "so", changes)


def tampered(store: SqlStore, *statements: str) -> None:
    """What somebody with the rights of the database's owner can do."""
    tables = {"versions_fixed": "metadata_versions", "heads_move_on": "heads"}
    with store._writing(always=True) as connection:
        for trigger in DROP:
            on = f" ON {tables.get(trigger, 'audit')}"
            postgresql = connection.dialect.name == "postgresql"
            connection.exec_driver_sql(
                f"DROP TRIGGER IF EXISTS {trigger}{on if postgresql else ''}"
            )
        for statement in statements:
            connection.exec_driver_sql(statement)


def approvers(store: SqlStore, brandid: str) -> tuple[tuple[int, str], ...]:
    """Who approved which version and was not taken back."""
    with store.snapshot() as snapshot:
        rows = {name: list(found) for name, found in snapshot.tables()}["approvals"]
    return tuple((r["version"], r["actor"]) for r in rows if r["brandid"] == brandid)


def test_an_incident_goes_its_way_and_no_other(store: SqlStore) -> None:
    store.set_mode(Mode.READ_ONLY, ANNA, "an attack")
    made = store.open_incident(DOWN, ("log", "file"))
    assert (made.incident_id, made.began_at) == ("INC-0001", DOWN.began_at)
    assert store.open_incident(DOWN, ()).incident_id == "INC-0002"
    for kind in (IncidentAct.CLOSED, IncidentAct.WORSENED):
        with pytest.raises(ConflictError, match="is open"):
            store.change_incident(act(kind))
    store.change_incident(act(IncidentAct.NOTED, affected="everything"))
    assert store.change_incident(act(IncidentAct.RECOVERED)).recovered_at
    with pytest.raises(ConflictError):
        store.change_incident(act(IncidentAct.RECOVERED))
    assert store.change_incident(act(IncidentAct.WORSENED)).recovered_at == ""
    store.change_incident(act(IncidentAct.RECOVERED))
    actions = [{"owner": ANNA, "due": "2026-12-01", "what": "watch"}]
    done = store.change_incident(act(IncidentAct.CLOSED, cause="full", actions=actions))
    assert (done.state, done.affected, done.actions) == (
        IncidentState.CLOSED, "everything", tuple(actions),
    )  # fmt: skip
    assert store.incident("INC-0001") == done
    kinds = [event.kind.value for event in store.incident_events("INC-0001")]
    assert kinds == ["opened", "noted", "recovered", "worsened", "recovered", "closed"]
    assert [n.case_id for n in store.notices()] == ["INC-0001", "INC-0001"]
    with pytest.raises(NotFound):
        store.incident("INC-0003")
    assert store.verify_audit() == 8


def test_an_incident_is_carried_into_a_restored_store(store: SqlStore, tmp_path: object) -> None:
    other = SqlStore(sqlite_url(tmp_path / "other.sqlite3"))  # type: ignore[operator]
    for number in (1, 2):
        store.open_incident(DOWN, ())
        if number == 1:
            other.open_incident(DOWN, ())
    store.change_incident(act(IncidentAct.NOTED, affected="more"))
    for incident in store.incidents():
        for _ in range(2):  # doing it again changes nothing
            other.carry_incident(incident, store.incident_events(incident.incident_id), "system")
    assert other.incidents()[1] == store.incidents()[1]
    assert other.incident("INC-0001").affected == "more"
    assert [e.kind for e in other.incident_events("INC-0001")] == ["opened", "noted"]
    assert other.open_incident(DOWN, ()).incident_id == "INC-0003"
    other.close()


def test_an_account_is_shut_out_in_one_act(store: SqlStore) -> None:
    store.add_account(Account("eve", Role.ADMIN, "hash", False, ""), ANNA)
    for number, until in enumerate(("2099-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00")):
        store.add_token(Token(f"T{number}", "eve", "", until, ""), f"digest {number}", ANNA)
    store.set_mode(Mode.READ_ONLY, ANNA, "an attack")
    assert store.token_owner("digest 0") is not None
    assert store.isolate("eve", ANNA, "stolen") == ("T0",)
    assert store.token_owner("digest 0") is None
    assert all(token.revoked_at for token in store.tokens("eve"))
    store.change_account("eve", ANNA, disabled=False)
    assert store.token_owner("digest 0") is None, "an account let in again has no old sessions"
    assert store.isolate("eve", ANNA, "again") == ()
    with pytest.raises(NotFound):
        store.isolate("nobody", ANNA, "x")


def test_approvals_are_taken_back_after_they_were_published(store: SqlStore) -> None:
    fill(store)
    store.change(approve("eve"))
    store.change(approve(brandid="2"))
    store.publish("REL-1", {"1": 1, "2": 1}, ANNA, "")
    store.change(feedback("eve"))
    store.change(approve("eve", expected=2))
    assert store.decided_versions() == {("1", 1), ("1", 2), ("2", 1)}
    assert approvers(store, "1") == ((1, "eve"), (2, "eve"))
    takeback = Takeback(ANNA, "1", 2, "eve", (1, 2), (3, 9), "stolen")
    with pytest.raises(ConflictError, match="is at version 2"):
        store.take_back(Takeback(ANNA, "1", 1, "eve", (1,), (), ""))
    store.set_mode(Mode.READ_ONLY, ANNA, "an attack")
    with pytest.raises(ConflictError, match="read-only"):
        store.take_back(takeback)
    store.set_mode(Mode.NORMAL, ANNA, "")
    store.take_back(takeback)
    assert store.decided_versions() == {("2", 1)}
    assert (approvers(store, "1"), store.line("1").state) == ((), BrandState.AWAITING_REVIEW)
    last = store.audit(0, 100).items[-1]
    assert (last.action, last.detail["versions"], last.detail["undone"]) == (
        "revert",
        [1, 2],
        [3, 9],
    )
    store.verify_audit()
    with pytest.raises(ConflictError, match="not approved"):
        store.publish("REL-1", {"1": 1, "2": 1}, ANNA, "back")
    store.take_back(Takeback(ANNA, "2", 1, BEN, (1,), (), ""))
    assert approvers(store, "2") == ((1, ANNA),), "the approval of somebody else stays"


def test_every_break_is_found_and_none_where_there_is_none(store: SqlStore) -> None:
    fill(store)
    for number in range(6):
        store.note(ANNA, "note", f"{number}", {"n": number})
    assert (store.broken_audit(9), store.broken_versions(9), store.broken_pages()) == ((), (), ())
    tampered(
        store,
        "UPDATE audit SET actor = 'eve' WHERE sequence = 2",
        "DELETE FROM audit WHERE sequence IN (4, 5)",
        "UPDATE metadata_versions SET confidence = 0.9, rule = 'x' WHERE brandid = '2'",
        "UPDATE metadata_versions SET content = 'x' WHERE brandid = '3'",
    )
    broken = store.broken_audit(9)
    assert [b.which for b in broken] == ["audit row 2", "audit row 4 to 5"]
    assert [b.subject for b in store.broken_versions(9)] == ["2", "3"]
    assert "its rule" in store.broken_versions(9)[0].said
    assert len(store.broken_audit(1)) == len(store.broken_versions(1)) == 1
    tampered(store, "DELETE FROM audit WHERE sequence > 5")
    assert [b.which for b in store.broken_audit(9)][-1] == "the audit log's end"


def test_a_snapshot_taken_while_others_write_is_whole(store: SqlStore, tmp_path: object) -> None:
    """Its log ends where its rows do, and it comes back row by row."""
    fill(store)
    over, begun = Event(), Event()

    def write() -> None:
        number = 0
        while not over.is_set() and number < 400:
            store.open_incident(DOWN, ())
            number += 1
            begun.set()

    writer = Thread(target=write)
    writer.start()
    begun.wait(20)
    with store.snapshot() as snapshot:
        kept = [(name, [dict(row) for row in rows]) for name, rows in snapshot.tables()]
        head = snapshot.head
    over.set()
    writer.join()
    other = SqlStore(sqlite_url(tmp_path / "other.sqlite3"))  # type: ignore[operator]
    assert other.fill((name, iter(rows)) for name, rows in kept) == head
    assert other.verify_audit() == head.sequence
    with other.snapshot() as again:
        tables = {name: [dict(row) for row in rows] for name, rows in again.tables()}
    assert {n: r for n, r in tables.items() if n != "heads"} == {
        n: r for n, r in kept if n != "heads"
    }
    opened = [row for row in tables["audit"] if row["action"] == "incident_opened"]
    assert len(opened) == len(tables["incidents"]) == len(tables["incident_events"])
    other.close()
