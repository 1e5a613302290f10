"""Cases in the store: one per brand and cause, whole or not at all, in an order that lasts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from human_loop import ANNA, BEN, Clock, approve, fill, flag, metadata

from brand_metagen.app import escalations
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import load_settings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import (
    Act,
    BrandState,
    Case,
    CaseAct,
    CaseFilter,
    CaseOrder,
    CaseState,
    Cause,
    Change,
    Level,
    Method,
    NoticeState,
    Opening,
    Verdict,
)
from brand_metagen.store.sql import SqlStore

S = CaseState


def opening(brandid: str = "1", cause: Cause = Cause.ROUND_LIMIT, **more: Any) -> Opening:
    given = {"level": Level.OPERATIONS, "reason": "ten rounds", **more}
    return Opening(brandid, f"Brand {brandid}", cause, **given)


def settle(case_id: str, **more: Any) -> CaseAct:
    changes = {"method": Method.NO_CHANGE, "resolution": "fine"}
    return CaseAct(
        ANNA, case_id, Act.RESOLVED, "fine", S.RESOLVED, changes, frees_brand=True, **more
    )


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


def test_a_case_takes_the_brand_out_of_the_queue(market: SqlStore) -> None:
    case, joined = market.open_case(opening(facts={"rows": [1]}), ANNA)
    assert not joined
    assert case.state is S.OPEN
    assert case.version == 1
    assert case.confidence == 0.5
    assert market.line("1").state is BrandState.ESCALATED
    assert market.case(case.case_id) == case
    (event,) = market.case_events(case.case_id)
    assert (event.kind, event.actor, event.detail) == (Act.OPENED, ANNA, {"rows": [1]})
    assert market.verify_audit() > 0


def test_the_same_trigger_joins_until_the_case_is_ended(market: SqlStore) -> None:
    first, _ = market.open_case(opening(), ANNA)
    again, joined = market.open_case(opening(reason="eleven"), BEN)
    other, parted = market.open_case(opening(cause=Cause.LEGAL), BEN)
    assert joined
    assert again.case_id == first.case_id
    assert again.joined == 1
    assert not parted
    assert other.case_id != first.case_id
    market.act_on_case(CaseAct(ANNA, first.case_id, Act.CANCELLED, "none", S.CANCELLED))
    fresh, joined = market.open_case(opening(), ANNA)
    assert not joined
    assert fresh.case_id not in (first.case_id, other.case_id)


def test_a_trigger_opens_a_resolved_case_again(market: SqlStore) -> None:
    case, _ = market.open_case(opening(), ANNA)
    market.act_on_case(settle(case.case_id))
    assert market.line("1").state is BrandState.AWAITING_REVIEW
    again, joined = market.open_case(opening(), BEN)
    assert joined
    assert again.state is S.IN_PROGRESS
    assert again.resolved_at == "" == again.resolution
    assert again.method is None
    assert market.line("1").state is BrandState.ESCALATED


def test_a_run_that_does_a_step_again_tells_a_case_once(market: SqlStore) -> None:
    told = opening(facts={"run_id": "RUN-0001"})
    case, _ = market.open_case(told, "system")
    again, _ = market.open_case(told, "system")
    later, _ = market.open_case(opening(facts={"run_id": "RUN-0002"}), "system")
    assert again == case
    assert later.joined == 1


def test_a_brand_that_another_case_holds_stays_with_it(market: SqlStore) -> None:
    first, _ = market.open_case(opening(), ANNA)
    second, _ = market.open_case(opening(cause=Cause.LEGAL), ANNA)
    market.act_on_case(settle(first.case_id))
    assert market.line("1").state is BrandState.ESCALATED
    market.act_on_case(settle(second.case_id))
    assert market.line("1").state is BrandState.AWAITING_REVIEW


def test_a_case_of_no_single_brand_moves_none(market: SqlStore) -> None:
    case, _ = market.open_case(opening("", Cause.SYSTEM_ERROR), "system")
    assert case.brandid == ""
    assert market.count_states()[BrandState.ESCALATED] == 0


def test_a_flag_and_its_case_are_one_transaction(market: SqlStore) -> None:

    market.change(replace(flag(), case=opening(cause=Cause.EXPERT_WANTED)))
    (case,) = market.cases(CaseFilter(), 10, None).items
    assert case.cause is Cause.EXPERT_WANTED
    assert case.brandid == "1"
    with pytest.raises(ConflictError):
        market.change(replace(approve(expected=9), case=opening(cause=Cause.LEGAL)))
    assert len(market.cases(CaseFilter(), 10, None).items) == 1


def test_a_rule_by_hand_and_the_case_it_settles_are_one_transaction(market: SqlStore) -> None:
    case, _ = market.open_case(opening(), ANNA)
    made, back = metadata("1", "STAR BY HAND"), BrandState.AWAITING_REVIEW
    rule = Change(ANNA, "1", 1, Verdict.CREATE, back, made=made, case=settle(case.case_id))
    with pytest.raises(ConflictError, match="version 9"):
        market.change(replace(rule, expected=9))
    assert market.case(case.case_id).state is S.OPEN
    market.change(rule)
    assert (market.case(case.case_id).state, market.line("1").version) == (S.RESOLVED, 2)
    assert market.line("1").state is BrandState.AWAITING_REVIEW
    assert market.case_events(case.case_id)[-1].detail == {"version": 2}
    with pytest.raises(ConflictError, match="cannot become RESOLVED"):
        market.change(replace(rule, expected=2, made=metadata("1", "STAR AGAIN")))
    assert (market.line("1").version, len(market.versions("1"))) == (2, 2)
    market.verify_audit()


class Together:
    """A store whose cases two read before either goes on."""

    def __init__(self, store: SqlStore) -> None:
        self._store, self._both = store, Barrier(2)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def case(self, case_id: str) -> Case:
        found = self._store.case(case_id)
        with suppress(BrokenBarrierError):
            self._both.wait(10)
            self._both.abort()  # who reads later waits for nobody
        return found


@pytest.mark.parametrize(
    ("act", "kind"),
    [(escalations.raise_level, Act.RAISED), (escalations.pause, Act.PAUSED),
     (escalations.resume, Act.RESUMED)],
    ids=["raise", "pause", "resume"],
)  # fmt: skip
def test_of_two_who_do_the_same_at_once_one_does_it(
    market: SqlStore, tmp_path: Path, act: Callable[..., object], kind: Act
) -> None:
    case, _ = market.open_case(opening(), ANNA)
    if kind is Act.RESUMED:
        market.act_on_case(CaseAct(ANNA, case.case_id, Act.PAUSED, "", None, {"paused": True}))
    store: Any = Together(market)
    workspace = Workspace(tmp_path, load_settings(None, {}, {}), store)

    def go(name: str) -> str:
        try:
            act(workspace, name, case.case_id, "the bank is silent")
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(go, (ANNA, BEN)))
    assert (said[0], "moved on since you looked" in said[1]) == ("", True)
    assert [e.kind for e in market.case_events(case.case_id)].count(kind) == 1
    now = market.case(case.case_id)
    assert now.level == Level.OPERATIONS + (kind is Act.RAISED)


def test_who_saw_another_state_is_refused(market: SqlStore) -> None:
    case, _ = market.open_case(opening(), ANNA)
    noted = market.act_on_case(CaseAct(BEN, case.case_id, Act.NOTED, "hm", expected=1))
    assert noted.revision == 2
    with pytest.raises(ConflictError, match="moved on") as raised:
        market.act_on_case(CaseAct(BEN, case.case_id, Act.NOTED, "hm", expected=1))
    assert raised.value.now["revision"] == 2
    with pytest.raises(ConflictError, match="cannot become CLOSED"):
        market.act_on_case(CaseAct(BEN, case.case_id, Act.CLOSED, "", S.CLOSED))
    with pytest.raises(InputError, match="no case"):
        market.case("ESC-1999-001")


def test_ids_count_anew_each_year(url: str) -> None:
    clock = Clock()
    store = SqlStore(url, clock=clock)
    fill(store)
    clock.now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    one, _ = store.open_case(opening("1"), ANNA)
    two, _ = store.open_case(opening("2"), ANNA)
    clock.go(1)
    three, _ = store.open_case(opening("3"), ANNA)
    store.close()
    assert [c.case_id for c in (one, two, three)] == [
        "ESC-2026-001", "ESC-2026-002", "ESC-2027-001"
    ]  # fmt: skip


def test_many_at_once_open_one_case_and_lose_no_number(market: SqlStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda n: market.open_case(opening(), f"p{n}"), range(8)))
        causes = [Cause.LEGAL, Cause.DATA_DOUBT, Cause.BUSINESS_RULE, Cause.AMBIGUOUS_NAME]
        others = list(pool.map(lambda c: market.open_case(opening(cause=c), ANNA), causes))
    assert len({case.case_id for case, _ in same}) == 1
    assert [joined for _, joined in same].count(False) == 1
    assert market.case(same[0][0].case_id).joined == 7
    numbers = sorted(case.case_id[-3:] for case, _ in others)
    assert numbers == ["002", "003", "004", "005"]
    market.verify_audit()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (CaseOrder.NEWEST, ["3", "2", "1"]),
        (CaseOrder.ID, ["1", "2", "3"]),
        (CaseOrder.NAME, ["1", "2", "3"]),
        (CaseOrder.CONFIDENCE, ["3", "2", "1"]),
    ],
)
def test_a_list_is_sorted_and_turned_page_by_page(
    market: SqlStore, order: CaseOrder, expected: list[str]
) -> None:
    for brandid in ("1", "2", "3"):
        market.open_case(opening(brandid), ANNA)
    wanted, cursor, found = CaseFilter(order=order), None, []
    while True:
        page = market.cases(wanted, 1, cursor)
        found += [case.brandid for case in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == expected


def test_a_list_shows_what_is_asked_for(market: SqlStore) -> None:
    one, _ = market.open_case(opening("1", level=Level.PRODUCT, assignee="dana"), ANNA)
    two, _ = market.open_case(opening("2"), ANNA)
    market.act_on_case(CaseAct(ANNA, two.case_id, Act.CANCELLED, "no", S.CANCELLED))

    def ids(**wanted: Any) -> list[str]:
        return [case.brandid for case in market.cases(CaseFilter(**wanted), 10, None).items]

    assert ids() == ["1"]
    assert ids(states=()) == ["2", "1"]
    assert ids(states=(S.CANCELLED,)) == ["2"]
    assert ids(level=Level.PRODUCT) == ["1"]
    assert ids(assigned_to="dana") == ["1"]
    assert ids(brandid="3") == []
    assert ids(cause=Cause.LEGAL) == []
    assert ids(opened_before=one.opened_at) == []


def test_word_goes_out_with_what_it_tells_or_not_at_all(market: SqlStore) -> None:
    case, _ = market.open_case(opening(channels=("log", "file")), ANNA)
    told = market.notices()
    assert [n.channel for n in told] == ["log", "file"]
    assert case.case_id in told[0].subject
    assert told[0].state is NoticeState.WAITING
    market.act_on_case(CaseAct(ANNA, case.case_id, Act.NOTED, "hm", channels=("log",)))
    assert len(market.notices()) == 2
    with pytest.raises(ConflictError):
        market.act_on_case(CaseAct(ANNA, case.case_id, Act.CLOSED, "", S.CLOSED, channels=("log",)))
    assert len(market.notices()) == 2
