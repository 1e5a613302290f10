"""The audit log: appended to, never rewritten, and every break is found."""

from __future__ import annotations

import hashlib
import json

import pytest
from human_loop import ANNA, BEN, approve, feedback, fill
from sqlalchemy import select

from brand_metagen.errors import BrandMetagenError, IntegrityError
from brand_metagen.ports import Account, Role, RunState, Token
from brand_metagen.store import audit, schema
from brand_metagen.store.sql import SqlStore

TRIGGERS = {
    "audit": ("audit_fixed", "audit_kept", "audit_kept_whole"),
    "heads": ("heads_move_on", "heads_kept", "heads_kept_whole"),
}


@pytest.fixture
def log(store: SqlStore) -> SqlStore:
    """Five rows of notes."""
    for n in range(1, 6):
        store.note(ANNA, "note", f"subject {n}", {"n": n, "text": "Zoë\u0000'"})
    return store


def tampered(store: SqlStore, *statements: str) -> None:
    """What somebody with the rights of the database's owner can do."""
    postgresql = store._writer.dialect.name == "postgresql"
    with store._writing() as connection:
        for table, triggers in TRIGGERS.items():
            for trigger in triggers:
                if postgresql:
                    connection.exec_driver_sql(f"DROP TRIGGER {trigger} ON {table}")
                else:
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_rows_come_back_in_order_and_page_by_page(log: SqlStore) -> None:
    first = log.audit(0, 3)
    assert [(row.sequence, row.subject) for row in first.items] == [
        (n, f"subject {n}") for n in (1, 2, 3)
    ]
    assert first.items[0].detail == {"n": 1, "text": "Zoë\u0000'"}
    assert first.next == "3"
    rest = log.audit(int(first.next), 3)
    assert [row.sequence for row in rest.items] == [4, 5]
    assert rest.next is None
    assert log.audit(10**30, 3).items == ()
    assert log.audit(-(10**30), 3) == first


def test_every_digest_covers_the_one_before(log: SqlStore) -> None:
    rows = log.audit(0, 10).items
    assert [row.previous for row in rows] == ["", *(row.digest for row in rows[:-1])]
    assert all(row.digest == audit.chained(row) for row in rows)
    assert len({row.digest for row in rows}) == 5


def test_a_log_that_nobody_touched_is_sound(log: SqlStore) -> None:
    assert log.verify_audit() == 5


def test_an_empty_log_is_sound(store: SqlStore) -> None:
    assert store.verify_audit() == 0
    assert store.audit(0, 5).items == ()


@pytest.mark.parametrize("step", [1, 2, 5, 6])
def test_it_is_checked_piece_by_piece(
    log: SqlStore, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "STEP", step)
    assert log.verify_audit() == 5
    tampered(log, "UPDATE audit SET actor = 'x' WHERE sequence = 5")
    with pytest.raises(IntegrityError, match="row 5 has been tampered with"):
        log.verify_audit()


@pytest.mark.parametrize("row", [1, 3, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2020-01-01T00:00:00.000+00:00'"),
        ("actor", "'ben'"),
        ("action", "'approve'"),
        ("subject", "'another'"),
        ("detail", "'{}'"),
        ("detail", "'no json'"),
        ("detail", "detail || ' '"),
        ("digest", "'00'"),
    ],
)
def test_a_changed_field_is_found(log: SqlStore, row: int, column: str, value: str) -> None:
    tampered(log, f"UPDATE audit SET {column} = {value} WHERE sequence = {row}")
    with pytest.raises(IntegrityError, match=rf"audit row {row} has been tampered with"):
        log.verify_audit()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM audit WHERE sequence = 1", "row 1 is missing"),
        ("DELETE FROM audit WHERE sequence = 3", "row 3 is missing"),
        ("DELETE FROM audit WHERE sequence >= 5", "row 5 is missing"),
        ("DELETE FROM audit WHERE sequence >= 2", "row 2 is missing"),
        ("DELETE FROM audit", "row 1 is missing"),
        ("DELETE FROM heads", "lost its head"),
        ("UPDATE heads SET sequence = 4", "row 5 was added"),
        ("UPDATE heads SET digest = 'x'", "row 5 is not that one"),
        ("UPDATE audit SET previous = '' WHERE sequence = 3", "row 3 does not continue"),
        ("UPDATE audit SET sequence = 9 WHERE sequence = 3", "row 3 is missing"),
        (
            "INSERT INTO audit SELECT 6, at, actor, action, subject, detail, digest, digest "
            "FROM audit WHERE sequence = 5",
            "row 6 has been tampered with",
        ),
    ],
)
def test_what_is_missing_or_added_is_found(log: SqlStore, statement: str, message: str) -> None:
    tampered(log, statement)
    with pytest.raises(IntegrityError, match=message):
        log.verify_audit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit WHERE sequence = 5",
        "UPDATE heads SET sequence = 4",
        "UPDATE heads SET sequence = 7",
        "UPDATE heads SET digest = 'x'",
        "UPDATE heads SET revision = -1",
        "DELETE FROM heads",
    ],
)
def test_the_database_itself_refuses_to_rewrite(log: SqlStore, statement: str) -> None:
    with pytest.raises(BrandMetagenError, match=r"append-only|only moves on"), log._writing() as c:
        c.exec_driver_sql(statement)
    assert log.verify_audit() == 5


def test_postgresql_does_not_empty_it_either(postgresql: str) -> None:
    store = SqlStore(postgresql)
    store.note(ANNA, "note", "", {})
    for table in ("audit", "heads"):
        with pytest.raises(BrandMetagenError), store._writing() as connection:
            connection.exec_driver_sql(f"TRUNCATE {table}")
    assert store.verify_audit() == 1
    store.close()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_is_refused(store: SqlStore, value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.note(ANNA, "note", "", {"value": value})
    assert store.verify_audit() == 0


def test_everything_that_is_done_writes_its_row(store: SqlStore) -> None:
    fill(store)
    store.set_run("RUN-0001", RunState.RUNNING)
    store.set_run("RUN-0001", RunState.PAUSED)
    store.set_run("RUN-0001", RunState.RUNNING)
    store.set_run("RUN-0001", RunState.FAILED, "disk full")
    store.set_run("RUN-0001", RunState.FAILED, "disk full", {"brands": 3})
    store.change(approve())
    store.change(feedback(BEN, "2"))
    store.publish("REL-1", {"1": 1}, ANNA, "first")
    store.add_account(Account("ben", Role.REVIEWER, "salted-hash", False, ""), ANNA)
    store.change_account("ben", ANNA, password="another-hash", role=Role.OPERATOR)
    store.add_token(Token("T1", "ben", "ci", "2099-01-01T00:00:00+00:00", ""), "digest", ANNA)
    store.revoke_token("T1", BEN)
    store.revoke_token("T1", BEN)
    rows = store.audit(0, 100).items
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("system", "run_started", "RUN-0001"),
        ("system", "run_paused", "RUN-0001"),
        ("system", "run_resumed", "RUN-0001"),
        ("system", "run_failed", "RUN-0001"),
        (ANNA, "approve", "1"),
        (BEN, "feedback", "2"),
        (ANNA, "publish", "REL-1"),
        (ANNA, "account_added", "ben"),
        (ANNA, "account_changed", "ben"),
        (ANNA, "token_added", "ben"),
        (BEN, "token_revoked", "ben"),
    ]
    assert store.verify_audit() == len(rows)
    with store._reading() as connection:
        written = " ".join(connection.scalars(select(schema.audit.c.detail)))
    for secret in ("salted-hash", "another-hash", "digest"):
        assert secret not in written


def test_the_revision_grows_with_versions_and_constraints_alone(store: SqlStore) -> None:
    seen = [store.revision()]

    def grew() -> bool:
        seen.append(store.revision())
        return seen[-1] > seen[-2]

    fill(store)
    assert grew()
    fill(store)
    assert not grew()
    store.note(ANNA, "note", "", {})
    store.claim("1", ANNA, 60)
    assert not grew()
    for change in (approve(), feedback(BEN, "2"), feedback(BEN, "3")):
        store.change(change)
        assert grew()
    store.publish("REL-1", {"1": 1}, ANNA, "")
    assert grew()


def test_another_program_can_check_the_chain(log: SqlStore) -> None:
    """The digest as docs say: SHA-256 over the digest before, a line break, and the row."""
    for row in log.audit(0, 10).items:
        text = json.dumps(
            [
                row.sequence,
                row.at,
                row.actor,
                row.action,
                row.subject,
                json.dumps(row.detail, sort_keys=True, separators=(",", ":")),
            ],
            separators=(",", ":"),
        )
        assert hashlib.sha256(f"{row.previous}\n{text}".encode()).hexdigest() == row.digest


def test_the_last_rows_come_first_of_whom_and_what_is_asked(log: SqlStore) -> None:
    rows = log.audit(0, 10).items
    assert log.recent(2) == (rows[4], rows[3])
    assert log.recent(10) == rows[::-1]
    someone = rows[0].actor
    assert log.recent(10, someone) == tuple(r for r in rows[::-1] if r.actor == someone)
    assert log.recent(10, actions=("nothing",)) == ()
    assert log.recent(2, before=rows[3].sequence) == (rows[2], rows[1])
    assert log.recent(10, before=1) == ()
    assert log.recent(10, before=2**70) == rows[::-1]
    assert log.recent(10, subject=rows[1].subject) == (rows[1],)
    log.note("zoe", "looked", "it", {})
    (mine,) = log.recent(10, "zoe", ("looked", "seen"))
    assert mine.subject == "it"
