"""A process that dies at any statement of a change leaves all of it or nothing."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from human_loop import ANNA, CLEO, CODE, ROW, WORDS, approve, feedback, fill, flag, metadata, remark
from sqlalchemy import event

from brand_metagen.ports import (
    Act,
    BrandRow,
    BrandState,
    CaseAct,
    CaseFilter,
    CaseState,
    Cause,
    Change,
    Level,
    Opening,
    Verdict,
)
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore

pytestmark = pytest.mark.slow

FORK = multiprocessing.get_context("fork")
KILLED = 86
TIMES = ("at", "given_at", "published_at", "opened_at", "digest", "previous")
"""Columns that differ from one time to the next, whatever was done."""

Work = Callable[[SqlStore], object]


def give_feedback(store: SqlStore) -> None:
    said = remark(understood=(CODE, ROW))
    store.change(
        feedback(said=said, proposals={"2": [WORDS]}, key="k", request="r", reply={"a": 1})
    )


def take_approval(store: SqlStore) -> None:
    store.change(approve(brandid="3", key="k2", request="r"))


def publish(store: SqlStore) -> None:
    store.publish("REL-1", {"2": 1}, CLEO, "")


def fail(store: SqlStore) -> None:
    store.note_failure(remark(), "no rule")


def mark(store: SqlStore) -> None:
    rows = [
        BrandRow(b, "New", "Food", BrandState.AWAITING_REVIEW, 1, "RUN-0001") for b in ("1", "4")
    ]
    store.mark_brands("RUN-0001", rows)


def claim(store: SqlStore) -> None:
    store.claim("1", ANNA, 600)


OPENING = Opening(
    "1", "Brand 1", Cause.LEGAL, Level.PRODUCT, "told so", {"rows": 3}, channels=("log",)
)


def open_case(store: SqlStore) -> None:
    store.open_case(OPENING, ANNA)


def flag_with_case(store: SqlStore) -> None:
    store.change(replace(flag(), case=OPENING))


def settle_by_rule(store: SqlStore) -> None:
    (case,) = store.cases(CaseFilter(brandid="5"), 10, None).items
    act = CaseAct(ANNA, case.case_id, Act.RESOLVED, "by hand", CaseState.RESOLVED, frees_brand=True)
    made, back = metadata("5", "STAR BY HAND"), BrandState.AWAITING_REVIEW
    store.change(Change(ANNA, "5", 1, Verdict.CREATE, back, made=made, case=act))


def contents(store: SqlStore) -> dict[str, list[Any]]:
    """All tables, without the times."""
    with store._reading() as connection:
        return {
            table.name: [
                tuple(
                    value
                    for column, value in row.items()
                    if column not in TIMES and not str(column).startswith("claimed_")
                )
                for row in connection.execute(
                    table.select().order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in schema.metadata.sorted_tables
        }


def die_at(url: str, work: Work, number: int, moment: str) -> None:
    """In a process of its own: do the work, and die before its n-th statement or its commit."""
    store = SqlStore(url)
    seen = 0

    def count(*_: object, **__: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os._exit(KILLED)

    event.listen(store._writer, moment, count)
    work(store)
    os._exit(0)


def prepared(url: str) -> None:
    store = SqlStore(url)
    fill(store, ("1", "2", "3", "5"))
    store.change(approve(brandid="2"))
    store.open_case(replace(OPENING, brandid="5"), ANNA)
    store.close()


@pytest.mark.parametrize(
    "work",
    [
        give_feedback,
        take_approval,
        publish,
        fail,
        mark,
        claim,
        open_case,
        flag_with_case,
        settle_by_rule,
    ],
    ids=lambda w: w.__name__,
)
@pytest.mark.parametrize("moment", ["before_cursor_execute", "commit"])
def test_all_or_nothing(url: str, work: Work, moment: str) -> None:
    prepared(url)
    store = SqlStore(url)
    before, number = contents(store), 0
    while True:
        number += 1
        store.close()
        process = FORK.Process(target=die_at, args=(url, work, number, moment))
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == KILLED
        assert contents(store) == before, f"killed {moment} {number}"
        store.verify_audit()
    assert number > (1 if moment == "commit" else 2)
    done = contents(store)
    assert done != before or work is claim
    assert done["brands"] != before["brands"] or work is claim
    store.verify_audit()
    store.close()


def test_it_dies_where_it_matters(sqlite: str) -> None:
    """Feedback touches at least these tables; were one left out, the test above would say less."""
    prepared(sqlite)
    store = SqlStore(sqlite)
    before = contents(store)
    give_feedback(store)
    after = contents(store)
    touched = {name for name in after if after[name] != before[name]}
    assert touched == {
        "audit",
        "brands",
        "constraints",
        "feedback",
        "heads",
        "metadata_versions",
        "proposals",
        "submissions",
    }
    store.close()
