"""Runs, steps, brands and releases as the store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from brand_metagen.errors import ConflictError, InputError, IntegrityError
from brand_metagen.ports import BrandRow, BrandState, RunState, StepState, Store, Wish
from brand_metagen.store.sql import SqlStore

HOSTILE = ["'); DROP TABLE runs; --", "Zoë's Café €", "=1+1", "%s :name {x}", "a\\b\n\tc", "😀", ""]


@pytest.fixture
def run_id(store: SqlStore) -> str:
    return store.create_run("data", "f00d", ()).run_id


def test_it_is_the_store_the_core_asks_for(store: SqlStore) -> None:
    port: Store = store
    assert port.runs() == []


def test_a_run_is_read_back_as_it_was_made(store: SqlStore) -> None:
    made = store.create_run("data", "f00d", ("007", "12"))
    assert store.run("RUN-0001") == made
    assert (made.run_id, made.source, made.settings) == ("RUN-0001", "data", "f00d")
    assert (made.only, made.state, made.wish) == (("007", "12"), RunState.RUNNING, Wish.RUN)
    assert (made.finished_at, made.error, made.summary) == (None, None, {})
    assert datetime.fromisoformat(made.created_at).utcoffset() == timedelta(0)


def test_ids_count_up_past_four_digits_and_runs_come_in_order(store: SqlStore) -> None:
    ids = [store.create_run("data", "f00d", ()).run_id for _ in range(12)]
    assert ids == [f"RUN-{n:04d}" for n in range(1, 13)]
    assert [run.run_id for run in store.runs()] == ids


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_data_never_statements(text: str, store: SqlStore) -> None:
    run = store.create_run(text, text, (text,))
    store.set_run(run.run_id, RunState.FAILED, error=text, summary={text: text})
    store.begin_step(run.run_id, 1, text, text)
    row = BrandRow(text, text, text, BrandState.FAILED, 1, run.run_id, text)
    store.mark_brands(run.run_id, [row])
    stored = store.run(run.run_id)
    assert (stored.source, stored.only, stored.error) == (text, (text,), text)
    assert stored.summary == {text: text}
    assert store.steps(run.run_id)[0].name == text
    assert store.brands() == [row]


@pytest.mark.parametrize("state", RunState)
def test_every_state_is_kept_and_only_ends_have_a_time(
    state: RunState, store: SqlStore, run_id: str
) -> None:
    store.set_run(run_id, RunState.FAILED, "first failure")
    store.set_run(run_id, state)
    run = store.run(run_id)
    ended = state in (RunState.COMPLETED, RunState.FAILED, RunState.STOPPED)
    assert (run.state, run.error, run.finished_at is not None) == (state, None, ended)


def test_a_summary_stays_until_the_next(store: SqlStore, run_id: str) -> None:
    store.set_run(run_id, RunState.COMPLETED, summary={"brands": 3})
    store.set_run(run_id, RunState.COMPLETED)
    assert store.run(run_id).summary == {"brands": 3}


def test_running_again_forgets_the_wish(store: SqlStore, run_id: str) -> None:
    store.wish(run_id, Wish.PAUSE)
    assert store.run(run_id).wish is Wish.PAUSE
    store.set_run(run_id, RunState.PAUSED)
    assert store.run(run_id).wish is Wish.PAUSE
    store.set_run(run_id, RunState.RUNNING)
    assert store.run(run_id).wish is Wish.RUN


@pytest.mark.parametrize("state", [s for s in RunState if s is not RunState.RUNNING])
def test_a_wish_that_nobody_would_heed_is_refused(
    state: RunState, store: SqlStore, run_id: str
) -> None:
    store.set_run(run_id, state)
    with pytest.raises(ConflictError, match=f"{run_id} is {state}"):
        store.wish(run_id, Wish.STOP)


def test_the_latest_run_of_some_states(store: SqlStore) -> None:
    assert store.latest_run() is None
    for state in (RunState.COMPLETED, RunState.PAUSED, RunState.COMPLETED, RunState.RUNNING):
        store.set_run(store.create_run("data", "f00d", ()).run_id, state)
    for states, expected in (
        ((), "RUN-0004"),
        ((RunState.COMPLETED,), "RUN-0003"),
        ((RunState.PAUSED, RunState.FAILED), "RUN-0002"),
    ):
        found = store.latest_run(*states)
        assert found is not None
        assert found.run_id == expected
    assert store.latest_run(RunState.STOPPED) is None


def test_an_unknown_run_is_an_error_everywhere(store: SqlStore) -> None:
    for call in (
        lambda: store.run("RUN-0009"),
        lambda: store.wish("RUN-0009", Wish.STOP),
        lambda: store.set_run("RUN-0009", RunState.FAILED),
        lambda: store.begin_step("RUN-0009", 1, "ingest", "role"),
        lambda: store.save_versions("RUN-0009", []),
    ):
        with pytest.raises(InputError, match="RUN-0009"):
            call()


def test_a_step_counts_its_starts_and_completions(store: SqlStore, run_id: str) -> None:
    store.begin_step(run_id, 1, "ingest", "data transformation")
    assert store.steps(run_id)[0].state is StepState.RUNNING
    store.fail_step(run_id, 1, "disk full")
    failed = store.steps(run_id)[0]
    assert (failed.state, failed.error, failed.completions) == (StepState.FAILED, "disk full", 0)
    store.begin_step(run_id, 1, "ingest", "data transformation")
    store.finish_step(run_id, 1, "abc", 1.5, {"rows": 7})
    done = store.steps(run_id)[0]
    assert (done.state, done.error, done.starts, done.completions) == (StepState.DONE, None, 2, 1)
    assert (done.digest, done.seconds, done.stats) == ("abc", 1.5, {"rows": 7})


def test_a_step_cannot_end_twice_or_without_a_beginning(store: SqlStore, run_id: str) -> None:
    with pytest.raises(IntegrityError, match="step 1"):
        store.finish_step(run_id, 1, "abc", 1.0)
    store.begin_step(run_id, 1, "ingest", "role")
    store.finish_step(run_id, 1, "abc", 1.0)
    with pytest.raises(IntegrityError, match="step 1"):
        store.fail_step(run_id, 1, "too late")
    assert store.steps(run_id)[0].completions == 1


def test_a_step_done_twice_shows(store: SqlStore, run_id: str) -> None:
    for _ in range(2):
        store.begin_step(run_id, 1, "ingest", "role")
        store.finish_step(run_id, 1, "abc", 1.0)
    assert store.steps(run_id)[0].completions == 2


def test_steps_come_by_position_and_stay_with_their_run(store: SqlStore, run_id: str) -> None:
    other = store.create_run("data", "f00d", ()).run_id
    for position in (10, 2, 1):
        store.begin_step(run_id, position, f"step-{position}", "role")
    assert [s.position for s in store.steps(run_id)] == [1, 2, 10]
    assert store.steps(other) == []


def test_brands_are_written_changed_and_listed(store: SqlStore, run_id: str) -> None:
    rows = [
        BrandRow(b, f"Brand {b}", "Retail", BrandState.UNPROCESSED, 0, run_id)
        for b in ("10", "9", "a", "B")
    ]
    store.mark_brands(run_id, rows)
    store.mark_brands(run_id, rows)
    assert [row.brandid for row in store.brands()] == ["10", "9", "B", "a"]
    changed = replace(rows[1], state=BrandState.FAILED, version=2, error="poison")
    new = replace(rows[0], brandid="new")
    store.mark_brands(run_id, [changed, new])
    assert store.brands(BrandState.FAILED) == [changed]
    assert len(store.brands()) == 5
    assert store.brands(BrandState.PUBLISHED) == []
    store.mark_brands(run_id, [])


def test_releases_are_remembered_once_a_run(store: SqlStore, run_id: str) -> None:
    assert store.latest_release() is None
    other = store.create_run("data", "f00d", ()).run_id
    store.record_release("REL-b", run_id)
    store.record_release("REL-a", other)
    store.record_release("REL-b", run_id)
    assert store.latest_release() == "REL-a"
    store.record_release("REL-c", other)
    assert store.latest_release() == "REL-c"
