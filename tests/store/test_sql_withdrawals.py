"""Promises taken back, keys forgotten, and who is there now: the smaller acts on a brand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from human_loop import ANNA, BEN, CLEO, CODE, ROW, Clock, approve, feedback, fill, metadata, remark

from brand_metagen.config import ReviewSettings
from brand_metagen.constraints import Constraint
from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import (
    BrandState,
    Change,
    RemarkOutcome,
    Submitted,
    Verdict,
    Withdrawal,
)
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore

S = BrandState


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


def contents(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store."""
    with store._reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in schema.metadata.sorted_tables
        }


def bound(store: SqlStore) -> list[tuple[str, str]]:
    return [(str(c), c.feedback_id) for c in store.constraints("1").get("1", ())]


def withdrawn(actor: str, expected: int, feedback_id: str, *gone: Constraint) -> Change:
    return Change(
        actor, "1", expected, Verdict.WITHDRAW, S.AWAITING_REVIEW,
        made=metadata("1", "STAR"), withdrawal=Withdrawal(feedback_id, gone),
    )  # fmt: skip


def test_a_remark_taken_back_binds_no_longer(market: SqlStore) -> None:
    said = remark(understood=(CODE, ROW))
    first = market.change(feedback(said=said)).feedback_id
    gone = market.bound_by(first)
    assert [str(c) for c in gone] == [str(CODE), str(ROW)]
    before = market.revision()
    done = market.change(withdrawn(BEN, 2, first, *gone))
    assert (done.version, done.state, done.round) == (3, S.AWAITING_REVIEW, 1)
    assert (bound(market), market.bound_by(first)) == ([], ())
    assert market.revision() > before
    kept = market.remark(first)
    assert (kept.outcome, kept.made, kept.understood) == (
        RemarkOutcome.WITHDRAWN, 2, market.remark(first).understood,
    )  # fmt: skip
    assert kept.explanation == "the code is left out; withdrawn by ben"
    row = market.audit(0, 100).items[-1]
    assert (row.actor, row.action, row.subject) == (BEN, "withdraw", "1")
    assert row.detail["withdrawn"] == [str(CODE), str(ROW)]
    assert row.detail["feedback_id"] == first
    market.verify_audit()
    # It may be asked again.
    again = market.change(feedback(expected=3, said=said)).feedback_id
    assert [who for _, who in bound(market)] == [again, again]


def test_what_others_asked_as_well_binds_in_their_name(market: SqlStore) -> None:
    first = market.change(feedback(said=remark(understood=(CODE, ROW)))).feedback_id
    held = remark(BEN, version=2, outcome=RemarkOutcome.HELD, understood=(CODE,))
    second = market.change(Change(BEN, "1", 2, Verdict.FEEDBACK, remark=held)).feedback_id
    unclear = remark(CLEO, version=2, outcome=RemarkOutcome.UNCLEAR, understood=(ROW,))
    market.change(Change(CLEO, "1", 2, Verdict.FEEDBACK, remark=unclear))
    (gone,) = market.bound_by(first)
    assert str(gone) == str(ROW)
    market.change(withdrawn(ANNA, 2, first, gone))
    assert bound(market) == [(str(CODE), second)]
    assert market.constraints("1")["1"][0].author == BEN


def test_a_withdrawal_of_something_else_than_was_seen_is_refused(market: SqlStore) -> None:
    first = market.change(feedback(said=remark(understood=(CODE, ROW)))).feedback_id
    before = contents(market)
    for change in (
        withdrawn(ANNA, 2, first, CODE),
        withdrawn(ANNA, 1, first, *market.bound_by(first)),
    ):
        with pytest.raises(ConflictError):
            market.change(change)
        assert contents(market) == before


def test_where_a_brand_stands_and_who_brought_it_there(market: SqlStore) -> None:
    assert market.stands("1") == {
        "brandid": "1", "version": 1, "state": "awaiting_review", "round": 0,
        "actor": "RUN-0001", "action": "run",
    }  # fmt: skip
    market.change(approve())
    now = market.stands("1")
    assert (now["state"], now["actor"], now["action"]) == ("approved", ANNA, "approve")
    assert now["at"]
    with pytest.raises(NotFound, match="no brand '9'"):
        market.stands("9")


def test_keys_are_forgotten_after_their_days(url: str) -> None:
    clock = Clock()
    store = SqlStore(url, replace(ReviewSettings(), key_days=2), clock)
    fill(store)
    done = store.change(approve(key="k", request="r"))
    said = Submitted("p", "r", {"release": "REL-1"})
    run = store.create_run("data", "f00d", (), ANNA, said)
    store.publish("REL-1", {"1": 1}, ANNA, "", replace(said, key="q"))
    clock.go(2 * 86_400)
    assert store.replay(ANNA, "k", "r") == replace(done, replayed=True)
    assert store.recall(ANNA, "p", "r") == {"run_id": run.run_id}
    assert store.recall(ANNA, "q", "r") == {"release": "REL-1", "sequence": 1}
    assert store.recall(BEN, "q", "r") is store.recall(ANNA, "", "r") is None
    with pytest.raises(ConflictError, match="idempotency key 'q'"):
        store.recall(ANNA, "q", "another")
    clock.go(1)
    for key in "kpq":
        assert store.recall(ANNA, key, "another") is None
    store.create_run("data", "f00d", (), ANNA, said)
    with store._reading() as connection:
        assert len(connection.execute(schema.submissions.select()).all()) == 1
    store.close()
