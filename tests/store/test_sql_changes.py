"""One act of a human: all of it or none, never on a version they did not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from human_loop import (
    ANNA,
    BEN,
    CLEO,
    CODE,
    ROW,
    WORDS,
    approve,
    feedback,
    fill,
    flag,
    metadata,
    reject,
    remark,
    two_approvers,
    undo,
)

from brand_metagen.config import ReviewSettings
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandState, Change, RemarkOutcome, Verdict
from brand_metagen.records import Status
from brand_metagen.review.states import MOVES
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore

S = BrandState


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


@pytest.fixture
def strict(url: str) -> Iterator[SqlStore]:
    """A store that wants two approvers."""
    opened = SqlStore(url, two_approvers())
    fill(opened)
    yield opened
    opened.close()


def contents(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store."""
    with store._reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in schema.metadata.sorted_tables
        }


def put(store: SqlStore, state: BrandState, brandid: str = "1") -> None:
    table = schema.brands
    with store._writing() as connection:
        here = table.c.brandid == brandid
        connection.execute(table.update().where(here).values(state=state.value))


def test_an_approval_is_written_with_its_audit_row(market: SqlStore) -> None:
    before = market.revision()
    done = market.change(approve(note="looks right", detail={"looked_at": 12}))
    assert (done.version, done.state, done.round, done.replayed) == (1, S.APPROVED, 0, False)
    line = market.line("1")
    assert (line.state, line.approvals, line.version) == (S.APPROVED, 1, 1)
    assert market.versions("1")[0].status is Status.APPROVED
    row = market.audit(done.sequence - 1, 10).items[-1]
    assert (row.sequence, row.actor, row.action, row.subject) == (
        done.sequence,
        ANNA,
        "approve",
        "1",
    )
    assert row.detail == {
        "version": 1,
        "state": "approved",
        "round": 0,
        "status": "approved",
        "note": "looks right",
        "looked_at": 12,
        "before": {"version": 1, "state": "awaiting_review", "round": 0},
    }
    assert market.revision() == before + 1


def test_feedback_writes_version_remark_constraints_proposals_and_round(market: SqlStore) -> None:
    said = remark(understood=(CODE, ROW), text="No 5812; 12345 is theirs")
    done = market.change(
        feedback(said=said, proposals={"2": [WORDS], "3": [WORDS, CODE]}, reply={"version": 2})
    )
    assert (done.version, done.state, done.round) == (2, S.AWAITING_REVIEW, 1)
    assert (done.feedback_id, done.reply) == ("FB-000001", {"version": 2})
    assert [m.version for m in market.versions("1")] == [1, 2]
    line = market.line("1")
    assert (line.version, line.round, line.corrections, line.confidence) == (2, 1, 1, 0.7)
    (kept,) = market.remarks("1", "", 10, None).items
    given = {"feedback_id": "FB-000001", "round": 1, "made": 2, "given_at": kept.given_at}
    assert kept == replace(said, **given)
    assert kept.given_at.endswith("+00:00")
    origin = {"author": ANNA, "given_at": kept.given_at, "feedback_id": "FB-000001"}
    assert market.constraints() == {"1": (replace(CODE, **origin), replace(ROW, **origin))}
    assert market.proposals("2") == (replace(WORDS, **origin),)
    assert market.proposals("3") == (replace(WORDS, **origin), replace(CODE, **origin))
    assert market.proposals("1") == ()


def test_what_was_proposed_and_is_asked_now_is_no_proposal_any_more(market: SqlStore) -> None:
    market.change(feedback(proposals={"2": [WORDS, CODE]}))
    market.change(feedback(expected=2, proposals={"2": [WORDS, CODE]}))
    assert len(market.proposals("2")) == 2
    market.change(feedback(BEN, "2"))
    assert [p.kind for p in market.proposals("2")] == [Kind.WORDS_OUT]


@pytest.mark.parametrize("outcome", RemarkOutcome)
def test_only_what_was_promised_binds_and_only_what_was_applied_counts(
    market: SqlStore, outcome: RemarkOutcome
) -> None:
    made = "STAR MARKET" if outcome is RemarkOutcome.APPLIED else None
    done = market.change(feedback(include=made, said=remark(outcome=outcome)))
    binds = outcome in (RemarkOutcome.APPLIED, RemarkOutcome.HELD)
    assert len(market.constraints("1").get("1", ())) == int(binds)
    assert done.round == int(outcome is RemarkOutcome.APPLIED)
    assert market.line("1").corrections == done.round
    assert market.remarks("1", "", 10, None).items[0].outcome is outcome


def test_what_is_asked_twice_binds_once_and_the_latest_pattern_counts(market: SqlStore) -> None:
    patterns = [Constraint(Kind.PATTERN, text) for text in ("STAR", "STAR MARKET", "STAR")]
    for version, pattern in enumerate(patterns, start=1):
        market.change(feedback(expected=version, said=remark(understood=(CODE, pattern))))
    kept = [(c.kind, c.text, c.feedback_id) for c in market.constraints()["1"]]
    assert kept == [
        (Kind.MCC_OUT, "5812", "FB-000001"),
        (Kind.PATTERN, "STAR", "FB-000001"),
        (Kind.PATTERN, "STAR MARKET", "FB-000002"),
        (Kind.PATTERN, "STAR", "FB-000003"),
    ]


@pytest.mark.parametrize("late", [approve(BEN), feedback(BEN), flag(BEN), reject(BEN), undo(BEN)])
def test_who_saw_an_older_version_hears_who_did_what_when(market: SqlStore, late: Change) -> None:
    done = market.change(feedback())
    before = contents(market)
    with pytest.raises(ConflictError, match="you saw version 1") as caught:
        market.change(late)
    row = market.audit(done.sequence - 1, 1).items[0]
    assert caught.value.now == {
        "brandid": "1",
        "version": 2,
        "state": "awaiting_review",
        "round": 1,
        "actor": ANNA,
        "action": "feedback",
        "at": row.at,
    }
    for said in ("version 2", "awaiting_review", ANNA, "feedback", row.at):
        assert said in str(caught.value)
    assert contents(market) == before


def test_a_version_of_a_run_is_named_as_the_run_s(market: SqlStore) -> None:
    market.change(approve())
    fill(market, ("1",), include="STAR SHOP")
    with pytest.raises(ConflictError, match="as RUN-0002 left it") as caught:
        market.change(undo())
    assert caught.value.now["actor"] == "RUN-0002"
    assert market.line("1").state is S.AWAITING_REVIEW


@pytest.mark.parametrize("now", BrandState)
@pytest.mark.parametrize("wanted", [S.APPROVED, S.ESCALATED, S.AWAITING_REVIEW])
def test_a_brand_moves_only_as_the_table_says(
    market: SqlStore, now: BrandState, wanted: BrandState
) -> None:
    put(market, now)
    change = Change(ANNA, "1", 1, Verdict.FLAG, wanted)
    if wanted in MOVES[now]:
        assert market.change(change).state is wanted
    else:
        with pytest.raises(ConflictError, match=f"is {now} and cannot become {wanted}"):
            market.change(change)
        assert market.line("1").state is now


def test_an_approval_is_taken_back_until_it_is_published(market: SqlStore) -> None:
    market.change(approve())
    done = market.change(undo(BEN))
    assert (done.state, market.line("1").approvals) == (S.AWAITING_REVIEW, 0)
    assert market.versions("1")[0].status is Status.CANDIDATE
    market.change(approve())
    market.publish("REL-1", {"1": 1}, CLEO, "")
    with pytest.raises(ConflictError, match="no approval to take back"):
        market.change(undo())
    assert market.versions("1")[0].status is Status.PUBLISHED


def test_a_deactivated_brand_takes_no_feedback(market: SqlStore) -> None:
    put(market, S.DEACTIVATED)
    before = contents(market)
    for change in (feedback(), feedback(state=None), approve(), flag()):
        with pytest.raises(ConflictError, match="deactivated"):
            market.change(change)
    with pytest.raises(ConflictError, match="takes no feedback"):
        market.note_failure(remark(), "no rule")
    assert contents(market) == before


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_no_round_goes_beyond_the_limit(url: str, limit: int) -> None:
    store = SqlStore(url, replace(ReviewSettings(), round_limit=limit))
    fill(store)
    for n in range(1, limit + 1):
        assert store.change(feedback(expected=n, include=f"STAR {n}")).round == n
    before = contents(store)
    with pytest.raises(ConflictError, match=f"{limit} rounds"):
        store.change(feedback(expected=limit + 1))
    assert contents(store) == before
    # What changes nothing is heard still, and a human may set the counter.
    held = remark(version=limit + 1, outcome=RemarkOutcome.HELD)
    store.change(feedback(expected=limit + 1, include=None, said=held))
    set_back = Change(CLEO, "1", limit + 1, Verdict.ROUND, round=limit - 1, note="stuck")
    assert store.change(set_back).round == limit - 1
    assert store.change(feedback(expected=limit + 1)).round == limit
    assert store.line("1").corrections == limit + 1
    store.close()


@pytest.mark.parametrize("wrong", [-1, 11])
def test_a_counter_is_set_within_the_limit(market: SqlStore, wrong: int) -> None:
    with pytest.raises(InputError, match="between 0 and 10"):
        market.change(Change(ANNA, "1", 1, Verdict.ROUND, round=wrong))


def test_rounds_bring_a_brand_forward(market: SqlStore) -> None:
    before = market.line("1").priority
    market.change(feedback(include=None, said=remark(outcome=RemarkOutcome.HELD)))
    assert market.line("1").priority == before
    market.change(Change(ANNA, "1", 1, Verdict.ROUND, round=8))
    assert market.line("1").priority == 4 * before


def test_an_unknown_brand_is_an_input_error(market: SqlStore) -> None:
    for call in (
        lambda: market.change(approve(brandid="9")),
        lambda: market.line("9"),
        lambda: market.claim("9", ANNA, 60),
        lambda: market.note_failure(remark(brandid="9"), "no rule"),
    ):
        with pytest.raises(InputError, match="no brand '9'"):
            call()


def test_an_older_rule_comes_back_as_a_new_version(market: SqlStore) -> None:
    market.change(feedback())
    old = market.versions("1")[0]
    done = market.change(
        Change(ANNA, "1", 2, Verdict.ROLLBACK, S.AWAITING_REVIEW, made=replace(old, version=0))
    )
    assert done.version == 3
    first, _, third = market.versions("1")
    assert third == replace(first, version=3)


def test_a_version_made_by_hand_may_be_approved_at_once(market: SqlStore) -> None:
    made = metadata("1", "STAR SHOP")
    change = Change(
        ANNA, "1", 1, Verdict.CREATE, S.APPROVED, made=made, status=Status.APPROVED, note="mine"
    )
    market.change(change)
    assert market.approved_versions() == [replace(made, version=2, status=Status.APPROVED)]


def test_failures_are_counted_until_feedback_is_processed(market: SqlStore) -> None:
    assert [market.note_failure(remark(), f"failure {n}") for n in (1, 2, 3)] == [1, 2, 3]
    kept = market.remarks("1", "", 10, None).items
    assert [r.explanation for r in kept] == ["failure 3", "failure 2", "failure 1"]
    assert {r.outcome for r in kept} == {RemarkOutcome.FAILED}
    assert market.constraints() == {}
    assert (market.line("1").failures, market.line("1").round) == (3, 0)
    market.change(flag(BEN))
    assert market.line("1").failures == 3
    market.change(feedback(BEN))
    assert market.line("1").failures == 0


def test_two_people_approve_where_two_are_wanted(strict: SqlStore) -> None:
    first = strict.change(approve(ANNA))
    assert (first.state, strict.line("1").approvals) == (S.AWAITING_REVIEW, 1)
    assert strict.versions("1")[0].status is Status.CANDIDATE
    assert strict.audit(first.sequence - 1, 1).items[0].detail["pending"] is True
    with pytest.raises(ConflictError, match="a second person"):
        strict.change(approve(ANNA))
    second = strict.change(approve(BEN))
    assert (second.state, strict.line("1").approvals) == (S.APPROVED, 2)
    assert strict.versions("1")[0].status is Status.APPROVED
    with pytest.raises(ConflictError, match="cannot become approved"):
        strict.change(approve(CLEO))


def test_nobody_approves_what_they_asked_for_where_two_are_wanted(strict: SqlStore) -> None:
    strict.change(feedback(ANNA))
    with pytest.raises(ConflictError, match="you asked for this version"):
        strict.change(approve(ANNA, expected=2))
    strict.change(approve(BEN, expected=2))
    assert strict.change(approve(CLEO, expected=2)).state is S.APPROVED


@pytest.mark.parametrize("doubt", [reject(BEN), flag(BEN)])
def test_doubt_takes_back_the_approvals_given(strict: SqlStore, doubt: Change) -> None:
    strict.change(approve(ANNA))
    strict.change(doubt)
    assert strict.line("1").approvals == 0
    again = strict.change(approve(CLEO))
    assert again.state is doubt.state
    assert strict.change(approve(ANNA)).state is S.APPROVED


def test_approvals_are_of_one_version(strict: SqlStore) -> None:
    strict.change(approve(BEN))
    strict.change(feedback(ANNA))
    assert strict.line("1").approvals == 0
    assert strict.change(approve(CLEO, expected=2)).state is S.AWAITING_REVIEW


def test_the_same_submission_again_gives_the_first_result(market: SqlStore) -> None:
    sent = feedback(key="k1", request="digest", reply={"diff": ["+", "STAR"]})
    done = market.change(sent)
    before = contents(market)
    market_now = replace(done, replayed=True)
    assert market.change(sent) == market_now
    assert market.change(replace(sent, reply={"diff": "another"})) == market_now
    assert market.replay(ANNA, "k1", "digest") == market_now
    assert contents(market) == before
    market.change(flag(BEN, expected=2))
    assert market.change(sent) == market_now


def test_a_key_stands_for_one_request_of_one_person(market: SqlStore) -> None:
    assert market.replay(ANNA, "k1", "digest") is None
    assert market.replay(ANNA, "", "") is None
    market.change(approve(key="k1", request="digest"))
    for other in (
        lambda: market.change(approve(key="k1", request="another")),
        lambda: market.change(feedback(brandid="2", key="k1", request="another")),
        lambda: market.replay(ANNA, "k1", "another"),
    ):
        with pytest.raises(ConflictError, match="idempotency key 'k1'"):
            other()
    market.change(approve(BEN, "2", key="k1", request="another"))
    assert market.line("2").state is S.APPROVED


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800"])
def test_texts_that_no_database_holds_are_refused(market: SqlStore, text: str) -> None:
    sent = feedback(said=remark(text=text))
    before = contents(market)
    with pytest.raises(InputError, match="no database can hold"):
        market.change(sent)
    assert contents(market) == before
