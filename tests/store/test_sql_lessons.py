"""Lessons: what was proposed to a brand, and what became of it there."""

from __future__ import annotations

import pytest
from human_loop import ANNA, BEN, CODE, WORDS, feedback, fill

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import Fate
from brand_metagen.store.sql import SqlStore


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


def fates(market: SqlStore) -> dict[str, str]:
    return {x.lesson_id: f"{x.brandid} {x.fate} {x.decided_by}".strip() for x in market.lessons()}


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
