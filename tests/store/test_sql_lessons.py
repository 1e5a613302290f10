"""Lessons: what was proposed to a brand, and what became of it there."""

from __future__ import annotations

import pytest
from human_loop import ANNA, BEN, CODE, WORDS, feedback, fill, metadata

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import BrandState, Change, Fate, Verdict, Withdrawal
from brand_metagen.store.sql import SqlStore


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


def fates(market: SqlStore) -> dict[str, str]:
    return {x.lesson_id: f"{x.brandid} {x.fate} {x.decided_by}".strip() for x in market.lessons()}


def test_a_lesson_ends_with_the_remark_that_taught_it(market: SqlStore) -> None:
    first = market.change(feedback(proposals={"2": [WORDS], "3": [CODE]})).feedback_id
    market.change(feedback(BEN, "3"))  # adopts CODE
    gone = Withdrawal(first, market.bound_by(first))
    taken_back = Change(
        ANNA, "1", 2, Verdict.WITHDRAW, BrandState.AWAITING_REVIEW,
        made=metadata("1", "STAR"), withdrawal=gone,
    )  # fmt: skip
    market.change(taken_back)
    assert [lesson.fate for lesson in market.lessons()] == [Fate.WITHDRAWN, Fate.ADOPTED]
    assert market.proposals("2") == ()
    with pytest.raises(ConflictError, match="withdrawn already"):
        market.refuse_lesson("LSN-000001", ANNA, "too late")


def test_a_lesson_is_open_until_it_is_asked_or_refused(market: SqlStore) -> None:
    market.change(feedback(BEN, "3"))  # asks for CODE before anybody proposes it
    market.change(feedback(proposals={"2": [WORDS, CODE], "3": [CODE]}))
    assert fates(market) == {
        "LSN-000001": "2 open", "LSN-000002": "2 open", "LSN-000003": f"3 known {BEN}",
    }  # fmt: skip
    assert {lesson.learned_on for lesson in market.lessons()} == {"1"}
    market.change(feedback(BEN, "2"))
    done = market.refuse_lesson("LSN-000001", ANNA, "they say so themselves")
    assert (done.fate, done.note) == (Fate.REFUSED, "they say so themselves")
    assert fates(market)["LSN-000001"] == f"2 refused {ANNA}"
    assert fates(market)["LSN-000002"] == f"2 adopted {BEN}"
    assert market.lessons("2") == market.lessons()[:2]
    assert market.proposals("2") == ()
    for taken in ("LSN-000001", "LSN-000002"):
        with pytest.raises(ConflictError, match="already"):
            market.refuse_lesson(taken, ANNA, "again")
    with pytest.raises(NotFound):
        market.refuse_lesson("LSN-000009", ANNA, "none such")
    market.verify_audit()
