"""Corrections in the store: cells, brands made and ended, conflicts, undoing, the log."""

from __future__ import annotations

import pytest
from human_loop import ANNA, BEN, approve, fill, metadata

from brand_metagen.config import ReviewSettings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import (
    Act,
    BrandRow,
    BrandState,
    CaseAct,
    CaseState,
    Cause,
    Correction,
    Level,
    Opening,
    Subject,
)
from brand_metagen.store.sql import SqlStore

S = BrandState
CODE = Correction(Subject.COMBO, ("7", "1"), "mccid", "0000", "5411")
NAME = Correction(Subject.BRAND, ("1",), "brandname", "Brand 1", "Star")
MADE = Correction(Subject.NEW_BRAND, ("1-1",), value="Star Market", sector="Grocery", parent="1")
MOVED = Correction(Subject.COMBO, ("7", "1"), "brandid", "1", "1-1")
ENDED = Correction(Subject.INACTIVE, ("1",))


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


def state(store: SqlStore, brandid: str) -> BrandState:
    return store.line(brandid).state


def test_a_batch_is_kept_with_who_why_and_its_row_in_the_log(market: SqlStore) -> None:
    done = market.correct([CODE, NAME], ANNA, BEN, "the bank's list", "ESC-2026-001")
    assert market.correction_batches() == (done,)
    assert market.corrections() == (CODE, NAME)
    assert (done.batch_id, done.actor, done.authorised_by) == ("COR-0001", ANNA, BEN)
    last = market.audit(0, 1_000).items[-1]
    assert (last.actor, last.action, last.subject) == (ANNA, "corrected", "COR-0001")
    assert (last.detail["reason"], last.detail["case_id"]) == ("the bank's list", "ESC-2026-001")
    assert last.detail["cells"] == 2
    market.verify_audit()


def test_brands_are_made_and_ended_with_the_batch(market: SqlStore) -> None:
    before = market.revision()
    market.correct([MADE, MOVED, ENDED], ANNA, BEN, "split")
    made = market.line("1-1")
    assert (made.brandname, made.sector, made.state, made.version) == (
        "Star Market", "Grocery", S.UNPROCESSED, 0,
    )  # fmt: skip
    assert state(market, "1") is S.DEACTIVATED
    # Whoever holds the market in memory has to let the brand go.
    assert market.revision() > before
    assert market.corrections()[2].old == S.AWAITING_REVIEW.value


@pytest.mark.parametrize("batch", [[], [CODE, CODE]])
def test_a_batch_says_something_and_each_cell_once(
    market: SqlStore, batch: list[Correction]
) -> None:
    with pytest.raises(InputError):
        market.correct(batch, ANNA, BEN, "why")
    assert market.correction_batches() == ()


def test_a_cell_is_corrected_again_only_from_what_it_says_now(market: SqlStore) -> None:
    market.correct([CODE], ANNA, BEN, "first")
    with pytest.raises(ConflictError, match="COR-0001") as caught:
        market.correct([Correction(CODE.subject, CODE.key, "mccid", "0000", "5499")], BEN, "", "")
    assert caught.value.now == {"batch_id": "COR-0001", "value": "5411"}
    again = Correction(CODE.subject, CODE.key, "mccid", "5411", "5499")
    market.correct([again], BEN, ANNA, "second")
    assert market.corrections() == (CODE, again)
    with pytest.raises(ConflictError, match="COR-0002 builds on COR-0001"):
        market.undo_corrections("COR-0001", ANNA, "wrong")
    market.undo_corrections("COR-0002", ANNA, "wrong")
    market.undo_corrections("COR-0001", ANNA, "wrong")
    assert market.corrections() == ()


def test_a_batch_is_written_whole_or_not_at_all(market: SqlStore) -> None:
    taken = Correction(Subject.NEW_BRAND, ("2",), value="Other")
    with pytest.raises(ConflictError, match="'2' is taken"):
        market.correct([MADE, ENDED, taken], ANNA, BEN, "split")
    assert state(market, "1") is S.AWAITING_REVIEW
    assert "1-1" not in {b.brandid for b in market.brands()}
    assert market.corrections() == ()


@pytest.mark.parametrize("now", [S.PROCESSING, S.REGENERATING])
def test_a_brand_in_work_is_not_ended(market: SqlStore, now: BrandState) -> None:
    run_id = market.create_run("data", "f00d", ()).run_id
    market.mark_brands(run_id, [BrandRow("1", "Brand 1", "Food", now, 1, run_id)])
    with pytest.raises(ConflictError, match="cannot become deactivated"):
        market.correct([ENDED], ANNA, BEN, "gone")


def test_undoing_restores_cells_and_brands_and_is_in_the_log(market: SqlStore) -> None:
    market.change(approve())
    done = market.correct([MADE, MOVED, ENDED], ANNA, BEN, "split")
    undone = market.undo_corrections(done.batch_id, BEN, "a mistake")
    assert (undone.undone_by, bool(undone.undone_at)) == (BEN, True)
    assert market.corrections() == ()
    assert (state(market, "1"), state(market, "1-1")) == (S.APPROVED, S.DEACTIVATED)
    last = market.audit(0, 1_000).items[-1]
    assert (last.action, last.detail["reason"]) == ("correction_undone", "a mistake")
    assert last.detail["brands_ended"] == ["1"]
    with pytest.raises(ConflictError, match="was undone by ben"):
        market.undo_corrections(done.batch_id, BEN, "twice")
    with pytest.raises(InputError, match="no batch"):
        market.undo_corrections("COR-9999", BEN, "never made")


def test_a_published_brand_comes_back_published_only_while_its_version_is(
    market: SqlStore,
) -> None:
    for brandid in ("1", "2"):
        market.change(approve(brandid=brandid))
    market.publish("REL-1", {"1": 1, "2": 1}, ANNA, "")
    kept = market.correct([ENDED], ANNA, BEN, "gone")
    market.undo_corrections(kept.batch_id, ANNA, "back")
    assert state(market, "1") is S.PUBLISHED
    gone = market.correct([ENDED], ANNA, BEN, "gone")
    market.publish("REL-2", {"2": 1}, ANNA, "")
    market.undo_corrections(gone.batch_id, ANNA, "back")
    assert state(market, "1") is S.APPROVED


@pytest.mark.parametrize(("closed", "back"), [(False, S.ESCALATED), (True, S.AWAITING_REVIEW)])
def test_a_brand_comes_back_escalated_only_while_a_case_holds_it(
    market: SqlStore, closed: bool, back: BrandState
) -> None:
    opening = Opening("1", "Brand 1", Cause.SEVERAL_BRANDS, Level.OPERATIONS, "three shops")
    case, _ = market.open_case(opening, ANNA)
    assert state(market, "1") is S.ESCALATED
    batch = market.correct([ENDED], ANNA, BEN, "split", case.case_id)
    if closed:
        act = CaseAct(ANNA, case.case_id, Act.CANCELLED, "it is gone", CaseState.CANCELLED)
        market.act_on_case(act)
    market.undo_corrections(batch.batch_id, ANNA, "back")
    assert state(market, "1") is back


def test_a_brand_undone_may_be_made_again_and_keeps_its_history(market: SqlStore) -> None:
    first = market.correct([MADE, MOVED], ANNA, BEN, "split")
    run_id = market.create_run("data", "f00d", ()).run_id
    market.save_versions(run_id, [metadata("1-1")])
    market.undo_corrections(first.batch_id, ANNA, "wrong")
    market.correct([MADE], ANNA, BEN, "split again")
    assert state(market, "1-1") is S.UNPROCESSED
    assert len(market.versions("1-1")) == 1


def test_a_brand_that_others_build_on_is_not_taken_back(market: SqlStore) -> None:
    first = market.correct([MADE], ANNA, BEN, "new")
    market.correct([MOVED], ANNA, BEN, "its row")
    with pytest.raises(ConflictError, match="COR-0002 builds on COR-0001"):
        market.undo_corrections(first.batch_id, ANNA, "wrong")


def test_a_run_leaves_a_brand_that_was_ended_alone(market: SqlStore) -> None:
    market.correct([ENDED], ANNA, BEN, "gone")
    fill(market)
    assert state(market, "1") is S.DEACTIVATED


def test_two_stores_of_one_database_see_one_chain_of_batches(market: SqlStore, url: str) -> None:
    other = SqlStore(url, ReviewSettings())
    try:
        market.correct([CODE], ANNA, BEN, "first")
        with pytest.raises(ConflictError):
            other.correct([CODE], BEN, ANNA, "the same, later")
        assert [b.batch_id for b in other.correction_batches()] == ["COR-0001"]
    finally:
        other.close()


def test_many_cells_are_one_batch(market: SqlStore) -> None:
    cells = [Correction(Subject.COMBO, (str(i), "1"), "brandid", "1", "2") for i in range(1_500)]
    market.correct(cells, ANNA, BEN, "moved")
    assert market.corrections() == tuple(cells)
    with pytest.raises(ConflictError):
        market.correct(cells[-1:], ANNA, BEN, "again")
