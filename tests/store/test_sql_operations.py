"""The whole store: what may change in each mode, and all of it out and in again."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from human_loop import ANNA, CODE, ROW, WORDS, approve, feedback, fill, remark

from brand_metagen.errors import ConflictError
from brand_metagen.ports import (
    Account,
    AlarmCheck,
    AlarmLine,
    AlarmMove,
    AlarmState,
    Answer,
    CaseFilter,
    Cause,
    Draw,
    Incident,
    IncidentKind,
    IncidentState,
    JudgedKind,
    Judgement,
    Level,
    Measure,
    Mode,
    Opening,
    Outgoing,
    PlanState,
    Role,
    RunState,
    Severity,
    Token,
)
from brand_metagen.store.sql import SqlStore, sqlite_url
from postgres import empty_schema

OPENING = Opening("", "", Cause.SYSTEM_ERROR, Level.ENGINEERING, "look", channels=("log",))
ANSWER = Answer(
    "one", "search_brands:Star", "search_brands", {"query": "Star"}, {"brands": [1.5, None, "é"]},
    "f00d", "2026-01-01T00:00:00.000+00:00", "2026-01-01T00:30:00.000+00:00", size=9,
)  # fmt: skip
DRAWN = Judgement("", "1", "12", "1", JudgedKind.TAKEN, Draw.DRAWN, "STAR", "")


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    return store


HUMAN: dict[str, Callable[[SqlStore], object]] = {
    "change": lambda s: s.change(approve()),
    "claim": lambda s: s.claim("1", ANNA, 60),
    "failure": lambda s: s.note_failure(remark(), "no"),
    "draw": lambda s: s.draw([DRAWN], ANNA),
    "plan": lambda s: s.add_plan({"issue": "x"}, "2026-12-01", ANNA),
}
OF_RUNS: dict[str, Callable[[SqlStore], object]] = {
    "create_run": lambda s: s.create_run("data", "{}", ()),
    "resume": lambda s: s.set_run("RUN-0001", RunState.RUNNING),
    "publish": lambda s: s.publish("REL-1", {"2": 1}, ANNA, ""),
}
ALWAYS: dict[str, Callable[[SqlStore], object]] = {
    "case": lambda s: s.open_case(OPENING, ANNA),
    "note": lambda s: s.note(ANNA, "looked", "system", {}),
    "account": lambda s: s.add_account(Account("zoe", Role.VIEWER, None, False, ""), ANNA),
    "fail": lambda s: s.set_run("RUN-0001", RunState.FAILED, "stopped"),
    "mode": lambda s: s.set_mode(Mode.READ_ONLY, ANNA, "still"),
    "report": lambda s: s.send_report(Outgoing("daily", [("1", "1")], "log", "REPORT-1", "log")),
}


def refused(store: SqlStore, work: Callable[[SqlStore], object]) -> bool:
    try:
        work(store)
    except ConflictError as error:
        return "unpause" in str(error) and error.now.get("actor") == ANNA
    return False


@pytest.mark.parametrize(
    ("mode", "shut"),
    [
        (Mode.NORMAL, set()),
        (Mode.PAUSED, set(OF_RUNS)),
        (Mode.READ_ONLY, {*OF_RUNS, *HUMAN}),
    ],
)
def test_each_mode_shuts_what_it_says(market: SqlStore, mode: Mode, shut: set[str]) -> None:
    market.change(approve(brandid="2"))
    market.set_mode(mode, ANNA, "a test")
    every = {**OF_RUNS, **HUMAN, **ALWAYS}
    assert {name for name, work in every.items() if refused(market, work)} == shut
    market.verify_audit()


def test_a_mode_says_who_why_and_since_when_and_ends(market: SqlStore) -> None:
    assert market.mode().mode is Mode.NORMAL
    market.set_mode(Mode.READ_ONLY, ANNA, "an attack")
    line = market.mode()
    assert (line.mode, line.actor, line.reason) == (Mode.READ_ONLY, ANNA, "an attack")
    market.set_mode(Mode.NORMAL, ANNA, "over")
    market.change(approve())


WHEN = "2026-03-29T01:00:00.000+00:00"
LATER = {"correction_batches", "corrections"}
"""Tables that this file fills with nothing; those who write them do."""


def filled(store: SqlStore) -> SqlStore:
    """A store with something in every table that a backup must bring back."""
    fill(store)
    store.change(feedback(said=remark(understood=(CODE, ROW)), proposals={"2": [WORDS]}, key="k"))
    store.change(approve(brandid="2"))
    store.publish("REL-1", {"2": 1}, ANNA, "first")
    store.note_look(ANNA, "1", 1)
    store.open_case(OPENING, ANNA)
    store.keep_answer(ANSWER, 10)
    store.count_answer("one", "search_brands:Star", "search_brands", hit=True)
    store.add_measures([Measure("RequestLatency", 1.5, "Seconds", WHEN, 60, {"Route": "none"})])
    move = AlarmMove(AlarmState.INSUFFICIENT_DATA, AlarmState.ALARM, WHEN, 1.0, "1 above 0")
    check = AlarmCheck(AlarmLine("run-failed"), [move], WHEN, 1.0, "1 above 0")
    store.alarms_checked([check], [])
    store.add_account(Account("zoe", Role.ADMIN, "hash", False, ""), ANNA)
    store.draw([DRAWN], ANNA)
    store.judge("12", "1", False, ANNA)
    plan = store.add_plan({"issue": "x"}, "2026-12-01", ANNA)
    store.review_plan(plan.plan_id, PlanState.DONE, {"fine": True}, ANNA)
    store.add_token(Token("T1", "zoe", "laptop", "2099-01-01T00:00:00+00:00", ""), "digest", ANNA)
    store.send_report(
        Outgoing("daily", [("2026-11-26", "2026-11-26")], "email", "REPORT-1", "email")
    )
    store.begin_step("RUN-0001", 1, "ingest", "data transformation")
    store.record_release("REL-1", "RUN-0001")
    down = Incident("", IncidentKind.SYSTEM_DOWN, Severity.MAJOR, IncidentState.OPEN, "x", "y", "",
                    ANNA, "")  # fmt: skip
    store.open_incident(down, ("log",))
    store.set_mode(Mode.PAUSED, ANNA, "for a while")
    return store


def everything(store: SqlStore) -> dict[str, list[dict[str, Any]]]:
    with store.snapshot() as snapshot:
        found = {name: [dict(row) for row in rows] for name, rows in snapshot.tables()}
    for head in found["heads"]:
        del head["revision"]  # counts on in each store by itself
    return found


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_all_of_it_comes_back_in_either_database(
    store: SqlStore, target: str, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    before = everything(filled(store))
    assert {name for name, rows in before.items() if not rows} <= LATER
    url = sqlite_url(tmp_path / "other.sqlite3")
    if target == "postgresql":
        url = empty_schema(request.getfixturevalue("server"))
    other = SqlStore(url)
    with store.snapshot() as snapshot:
        head = other.fill(snapshot.tables())
    assert everything(other) == before
    assert head.sequence == other.verify_audit()
    with pytest.raises(ConflictError, match="holds something"), store.snapshot() as snapshot:
        other.fill(snapshot.tables())
    # What comes next goes on counting.
    other.set_mode(Mode.NORMAL, ANNA, "")
    case, _ = other.open_case(Opening("1", "B", Cause.LEGAL, Level.PRODUCT, "x"), ANNA)
    assert case.case_id.endswith("-002")
    assert other.create_run("d", "{}", ()).run_id == "RUN-0002"
    other.close()


def test_a_snapshot_is_of_one_moment_whoever_writes(market: SqlStore) -> None:
    gone_on = Event()

    def write() -> None:
        for number in range(20):
            cause = list(Cause)[number % len(Cause)]
            market.open_case(Opening("", "", cause, Level.PRODUCT, f"{number}"), ANNA)
        gone_on.set()

    with market.snapshot() as snapshot:
        tables = snapshot.tables()
        first = {}
        for name, rows in tables:
            first[name] = list(rows)
            if name == "schema_version" or len(first) == 1:
                thread = Thread(target=write)
                thread.start()
                gone_on.wait(20)
    thread.join()
    assert first["cases"] == first["case_events"] == []
    assert len(first["audit"]) == snapshot.head.sequence
    assert len(market.cases(CaseFilter(states=()), 100, None).items) == len(Cause)
