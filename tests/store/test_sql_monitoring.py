"""The metric table, alarms and their history, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from human_loop import ANNA, BEN, Clock, fill

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import (
    AlarmCheck,
    AlarmLine,
    AlarmMove,
    AlarmState,
    AlarmWord,
    Measure,
    Mode,
)
from brand_metagen.store.sql import SqlStore

OK, ALARM = AlarmState.OK, AlarmState.ALARM
FIRST, SECOND = "2026-03-29T00:55:00.000+00:00", "2026-03-29T01:00:00.000+00:00"
ROUTE = {"Route": "GET /status", "Status": "2xx"}


def measure(value: float, at: str = FIRST, **dimensions: str) -> Measure:
    return Measure("RequestLatency", value, "Seconds", at, 60, dimensions or ROUTE, 1, value, value)


def names(store: SqlStore) -> list[tuple[str, float, int, float, float]]:
    found = store.measures(["RequestLatency"], "", "9")
    return [(m.at, m.value, m.samples, m.least, m.most) for m in found]


def test_values_of_one_period_are_added_up(store: SqlStore) -> None:
    store.add_measures([measure(2.0), measure(0.5), measure(1.0, SECOND)])
    store.add_measures([measure(3.0)])
    assert names(store) == [(FIRST, 5.5, 3, 0.5, 3.0), (SECOND, 1.0, 1, 1.0, 1.0)]
    store.add_measures([measure(9.0, Route="GET /status", Status="5xx")])
    assert len(names(store)) == 3, "other dimensions are another line"
    assert store.measures(["RequestLatency"], SECOND, "9")[0].dimensions == ROUTE
    assert store.measures(["RequestLatency"], "", FIRST) == ()
    assert store.measures(["BrandsFailed"], "", "9") == ()


def test_gauges_take_the_place_of_the_one_before_and_old_ones_go(store: SqlStore) -> None:
    gauge = Measure("BrandsFailed", 3, "Count", FIRST, 300, {}, 1, 3, 3)
    store.set_measures([gauge])
    store.set_measures([replace(gauge, value=1, least=1, most=1)])
    (found,) = store.measures(["BrandsFailed"], "", "9")
    assert (found.value, found.samples, found.most) == (1, 1, 1)
    store.add_measures([measure(1.0, SECOND)], keep_from=SECOND)
    assert store.measures(["BrandsFailed"], "", "9") == ()
    assert len(names(store)) == 1


def checked(line: AlarmLine, after: AlarmState, at: str = FIRST) -> AlarmCheck:
    move = AlarmMove(line.state, after, at, 2.0, "2 above 0")
    moves = [move] if after is not line.state else []
    word = AlarmWord("Alarm run-failed went off", {"alarm": {"name": "run-failed"}, "at": at})
    return AlarmCheck(line, moves, at, 2.0, "2 above 0", [word] * len(moves))


def test_a_move_is_written_and_told_once(store: SqlStore) -> None:
    line = AlarmLine("run-failed")
    both = checked(line, ALARM), checked(line, ALARM)
    assert store.alarms_checked([both[0]], ["log", "file"]) == ("run-failed",)
    assert store.alarms_checked([both[1]], ["log", "file"]) == (), "somebody else was faster"
    (found,) = store.alarm_lines()
    assert (found.state, found.since, found.alarmed_at) == (ALARM, FIRST, FIRST)
    assert found.unseen
    assert [n.channel for n in store.notices()] == ["log", "file"]
    assert {n.case_id for n in store.notices()} == {"alarm-run-failed"}
    assert [(e.before, e.after) for e in store.alarm_events(None, 10)] == [
        (AlarmState.INSUFFICIENT_DATA, ALARM)
    ]
    store.alarms_checked([checked(found, ALARM, SECOND)], ["log"])
    assert len(store.notices()) == 2, "it stays as it is: nothing to tell"
    assert store.alarm_lines()[0].since == FIRST


def test_somebody_says_that_they_know(url: str) -> None:
    clock = Clock()
    store = SqlStore(url, clock=clock)
    with pytest.raises(NotFound, match="alarms check"):
        store.acknowledge_alarm("run-failed", ANNA, "")
    store.alarms_checked([checked(AlarmLine("run-failed"), OK)], [])
    with pytest.raises(ConflictError, match="never went off"):
        store.acknowledge_alarm("run-failed", ANNA, "")
    store.alarms_checked([checked(store.alarm_lines()[0], ALARM)], [])
    store.alarms_checked([checked(store.alarm_lines()[0], OK, SECOND)], [])
    assert store.alarm_lines()[0].unseen, "it is over, and nobody has seen it"
    made = store.acknowledge_alarm("run-failed", ANNA, "the disk\nwas full")
    assert (made.acknowledged_by, made.note, made.unseen) == (ANNA, "the disk\nwas full", False)
    with pytest.raises(ConflictError, match="anna acknowledged") as caught:
        store.acknowledge_alarm("run-failed", BEN, "")
    assert caught.value.now["acknowledged_by"] == ANNA
    row = store.audit(0, 50).items[-1]
    assert (row.actor, row.action, row.subject) == (ANNA, "alarm_acknowledged", "alarm:run-failed")
    assert row.detail["note"] == "the disk\nwas full"
    store.alarms_checked([checked(store.alarm_lines()[0], ALARM, SECOND)], [])
    assert store.alarm_lines()[0].unseen, "it went off again"
    kinds = [e.kind for e in store.alarm_events("run-failed", 10)]
    assert kinds == ["moved", "acknowledged", "moved", "moved", "moved"]
    last, *_ = store.alarm_events(None, 1)
    assert [e.sequence for e in store.alarm_events(None, 1, last.sequence)] == [last.sequence - 1]
    store.close()


def test_acts_are_found_by_kind_and_time(url: str) -> None:
    clock = Clock()
    store = SqlStore(url, clock=clock)
    fill(store)
    clock.go(3_600)
    store.note(ANNA, "mcp_call", "registry", {"seconds": 1.5})
    now = clock().isoformat(timespec="milliseconds")
    assert [r.action for r in store.acts(["run_started", "mcp_call"], "", "9")] == [
        "run_started",
        "mcp_call",
    ]
    (row,) = store.acts(["run_started", "mcp_call"], now, "9")
    assert row.detail["seconds"] == 1.5
    assert store.acts(["mcp_call"], "", now) == ()
    store.close()


def test_alarms_are_looked_at_while_nothing_else_changes(store: SqlStore) -> None:
    store.set_mode(Mode.READ_ONLY, ANNA, "a look")
    store.alarms_checked([checked(AlarmLine("run-failed"), ALARM)], ["log"])
    store.acknowledge_alarm("run-failed", ANNA, "")
    store.add_measures([measure(1.0)])
    assert store.alarm_lines()[0].acknowledged_by == ANNA
