"""Steps in order, once each; wishes, retries, failures and damaged files."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import runner_market as market

from brand_metagen.config import WorkflowSettings
from brand_metagen.errors import ConflictError, InputError, IntegrityError, RuleError, ServiceError
from brand_metagen.ports import Mode, RunState, StepState, Wish
from brand_metagen.store.sql import SqlStore
from brand_metagen.workflow.runner import Outcome, Runner, Step, StepRun

NAMES = ["ingest", "learn-5", "learn-6", "report"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = market.open_store(tmp_path)
    opened.create_run("market", "settings", ())
    yield opened
    opened.close()


class Told:
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[object, ...]] = []

    def start(self, step: str, role: str, total: int) -> None:
        self.lines.append(("start", step, role, total))

    def advance(self, count: int) -> None:
        self.lines.append(("advance", count))

    def finish(self, step: str, seconds: float, *, skipped: bool) -> None:
        self.lines.append(("finish", step, skipped))

    def halt(self, state: RunState, why: str) -> None:
        self.lines.append(("halt", state, why))


def execute(workspace: Path, store: SqlStore, *steps: Step, **changed: Any) -> Outcome:
    return market.runner(workspace, store, **changed).execute(steps)


def step(work: Callable[[StepRun], None], name: str = "only") -> Step:
    return Step(name, "tester", work)


def again(store: SqlStore) -> None:
    store.set_run(market.RUN, RunState.RUNNING)


def test_steps_run_in_order_and_leave_folders_and_records(tmp_path: Path, store: SqlStore) -> None:
    outcome = market.runner(tmp_path, store).execute(market.plan(tmp_path))
    assert outcome == Outcome(RunState.COMPLETED, done=NAMES)
    folders = sorted(p.name for p in market.run_folder(tmp_path).iterdir())
    assert folders == [f"{i:04d}-{name}" for i, name in enumerate(NAMES, start=1)]
    records = store.steps(market.RUN)
    assert [(r.name, r.starts, r.completions, r.state) for r in records] == [
        (name, 1, 1, StepState.DONE) for name in NAMES
    ]
    assert records[0].stats == {"brands": 2}
    assert all(r.finished_at is not None and r.finished_at >= r.started_at for r in records)
    run = store.run(market.RUN)
    assert run.state is RunState.COMPLETED
    assert run.finished_at is not None


def test_a_finished_run_taken_up_again_does_nothing(tmp_path: Path, store: SqlStore) -> None:
    market.runner(tmp_path, store).execute(market.plan(tmp_path))
    again(store)
    told = Told()
    outcome = market.runner(tmp_path, store, progress=told).execute(market.plan(tmp_path))
    assert outcome == Outcome(RunState.COMPLETED, skipped=NAMES)
    assert market.calls(tmp_path) == NAMES
    assert [line[2] for line in told.lines if line[0] == "finish"] == [True] * 4
    assert [r.completions for r in store.steps(market.RUN)] == [1, 1, 1, 1]


def test_progress_hears_of_every_step_and_unit(tmp_path: Path, store: SqlStore) -> None:
    told = Told()
    market.runner(tmp_path, store, progress=told).execute(market.plan(tmp_path))
    assert told.lines[2:5] == [
        ("start", "learn-5", "metadata production", 1),
        ("advance", 1),
        ("finish", "learn-5", False),
    ]


@pytest.mark.parametrize(
    ("wish", "state"), [(Wish.PAUSE, RunState.PAUSED), (Wish.STOP, RunState.STOPPED)]
)
def test_a_wish_is_heeded_between_two_steps(
    wish: Wish, state: RunState, tmp_path: Path, store: SqlStore
) -> None:
    def first(run: StepRun) -> None:
        store.wish(market.RUN, wish)
        (run.folder / "a").write_text("a")

    second: list[str] = []
    steps = [step(first, "first"), step(lambda _: second.append("called"), "second")]
    told = Told()
    why = f"it was asked to {wish}"
    halted = execute(tmp_path, store, *steps, progress=told)
    assert halted == Outcome(state, done=["first"], why=why)
    assert told.lines[-1] == ("halt", state, why)
    assert store.run(market.RUN).state is state
    assert second == []

    again(store)
    resumed = execute(tmp_path, store, *steps)
    assert resumed == Outcome(RunState.COMPLETED, done=["second"], skipped=["first"])


@pytest.mark.parametrize("mode", [Mode.PAUSED, Mode.READ_ONLY])
def test_a_shut_system_halts_a_run_that_is_going_on(
    mode: Mode, tmp_path: Path, store: SqlStore
) -> None:
    def first(run: StepRun) -> None:
        store.set_mode(mode, "olga", "new tables")
        (run.folder / "a").write_text("a")

    second: list[str] = []
    steps = [step(first, "first"), step(lambda _: second.append("called"), "second")]
    halted = execute(tmp_path, store, *steps)
    assert halted == Outcome(RunState.PAUSED, done=["first"], why=store.mode().said)
    assert store.run(market.RUN).state is RunState.PAUSED
    with pytest.raises(ConflictError, match="unpause"):
        again(store)

    store.set_mode(Mode.NORMAL, "olga", "they are here")
    again(store)
    assert execute(tmp_path, store, *steps).skipped == ["first"]
    assert second == ["called"]


def test_a_step_refused_by_a_read_only_system_is_done_again(
    tmp_path: Path, store: SqlStore
) -> None:
    shut = [Mode.READ_ONLY]

    def writes(run: StepRun) -> None:
        for mode in shut:
            store.set_mode(mode, "olga", "a look")
        store.record_release("REL-1", market.RUN)

    halted = execute(tmp_path, store, step(writes))
    assert (halted.state, halted.done) == (RunState.PAUSED, [])
    assert store.run(market.RUN).state is RunState.PAUSED

    store.set_mode(Mode.NORMAL, "olga", "over")
    shut.clear()
    again(store)
    assert execute(tmp_path, store, step(writes)) == Outcome(RunState.COMPLETED, done=["only"])


def test_a_conflict_of_a_step_is_no_pause(tmp_path: Path, store: SqlStore) -> None:
    def fails(_: StepRun) -> None:
        raise ConflictError("somebody else was faster")

    with pytest.raises(ConflictError):
        execute(tmp_path, store, step(fails))
    assert store.run(market.RUN).state is RunState.FAILED


class Flaky:
    """Fails a number of times with an error, then works."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.calls = times, error, 0

    def __call__(self, run: StepRun) -> None:
        assert list(run.folder.iterdir()) == []
        (run.folder / "part").write_text("half")
        self.calls += 1
        if self.calls <= self.times:
            raise self.error


RETRYABLE = ServiceError("throttled", retryable=True)


@pytest.mark.parametrize(("failures", "waits"), [(0, []), (1, [1.0]), (2, [1.0, 3.0])])
def test_what_may_work_next_time_is_tried_again_with_growing_waits(
    failures: int, waits: list[float], tmp_path: Path, store: SqlStore
) -> None:
    slept: list[float] = []
    settings = WorkflowSettings(step_attempts=3, retry_factor=3.0)
    work = Flaky(failures, RETRYABLE)
    runner = Runner(market.RUN, market.run_folder(tmp_path), store, settings, Told(), slept.append)
    assert runner.execute([step(work)]).state is RunState.COMPLETED
    assert (work.calls, slept) == (failures + 1, waits)


@pytest.mark.parametrize(
    ("error", "calls", "recorded"),
    [
        (RETRYABLE, 3, "throttled"),
        (ServiceError("gone for good"), 1, "gone for good"),
        (RuleError("too broad"), 1, "too broad"),
        (KeyError("mid"), 1, "KeyError: 'mid'"),
        (OSError(errno.ENOSPC, "No space left"), 1, "OSError: [Errno 28] No space left"),
    ],
)
def test_a_failing_step_fails_the_run_which_can_be_resumed(
    error: Exception, calls: int, recorded: str, tmp_path: Path, store: SqlStore
) -> None:
    slept: list[float] = []
    before, work = step(lambda _: None, "before"), Flaky(calls, error)
    with pytest.raises(type(error)):
        execute(tmp_path, store, before, step(work), sleep=slept.append)
    assert (work.calls, len(slept)) == (calls, calls - 1)
    run, steps = store.run(market.RUN), store.steps(market.RUN)
    assert (run.state, run.error) == (RunState.FAILED, recorded)
    assert [(s.state, s.error) for s in steps] == [
        (StepState.DONE, None),
        (StepState.FAILED, recorded),
    ]

    again(store)
    outcome = execute(tmp_path, store, before, step(work))
    assert outcome == Outcome(RunState.COMPLETED, done=["only"], skipped=["before"])
    assert store.run(market.RUN).error is None
    only = store.steps(market.RUN)[1]
    assert (only.starts, only.completions, only.error) == (2, 1, None)
    assert sorted(p.name for p in market.run_folder(tmp_path).iterdir()) == [
        "0001-before",
        "0002-only",
    ]


def test_a_disk_that_fills_while_sealing_fails_the_step_not_only_the_run(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(OSError, match="No space"):
            market.runner(tmp_path, store).execute(market.plan(tmp_path))
    assert store.steps(market.RUN)[0].state is StepState.FAILED
    again(store)
    assert market.runner(tmp_path, store).execute(market.plan(tmp_path)).done == NAMES


def test_a_store_that_fails_too_does_not_hide_the_first_error(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ServiceError("the store's disk is full")

    def work(run: StepRun) -> None:
        monkeypatch.setattr(store, "fail_step", full)
        monkeypatch.setattr(store, "set_run", full)
        raise RuleError("too broad")

    with pytest.raises(RuleError) as caught:
        execute(tmp_path, store, step(work))
    assert caught.value.__notes__ == ["This could not be recorded: the store's disk is full"] * 2


def test_ctrl_c_leaves_the_run_interrupted(tmp_path: Path, store: SqlStore) -> None:
    def work(run: StepRun) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(tmp_path, store, step(work))
    assert store.run(market.RUN).state is RunState.INTERRUPTED


def change(path: Path) -> None:
    path.write_text("5\n7\n")


def rename(path: Path) -> None:
    path.rename(path.with_name("other.txt"))


def add(path: Path) -> None:
    path.with_name("more.txt").touch()


@pytest.mark.parametrize("damage", [change, rename, add, Path.unlink])
def test_finished_files_that_changed_are_refused(
    damage: Callable[[Path], None], tmp_path: Path, store: SqlStore
) -> None:
    market.runner(tmp_path, store).execute(market.plan(tmp_path))
    again(store)
    damage(market.run_folder(tmp_path) / "0001-ingest" / "brands.txt")
    with pytest.raises(IntegrityError, match=r"RUN-0001: the files of step ingest .* new run"):
        market.runner(tmp_path, store).execute(market.plan(tmp_path))
    assert store.run(market.RUN).state is RunState.FAILED
    assert market.calls(tmp_path) == NAMES


def test_a_plan_that_changed_is_refused(tmp_path: Path, store: SqlStore) -> None:
    execute(tmp_path, store, step(lambda _: None, "resolve"))
    again(store)
    with pytest.raises(IntegrityError, match="step 1 was resolve and is confirm now"):
        execute(tmp_path, store, step(lambda _: None, "confirm"))


def test_halves_of_steps_no_longer_planned_are_swept(tmp_path: Path, store: SqlStore) -> None:
    half = market.run_folder(tmp_path) / ".0009-old.partial"
    half.mkdir(parents=True)
    (half / "rules.txt").touch()
    execute(tmp_path, store, step(lambda _: None))
    assert [p.name for p in market.run_folder(tmp_path).iterdir()] == ["0001-only"]


def test_all_is_synced_before_it_counts(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files, then the folder's new name, then the record: what a power cut may separate."""
    seen: list[object] = []
    rename, finish = Path.rename, store.finish_step
    monkeypatch.setattr("os.fsync", lambda handle: seen.append(os.fstat(handle).st_ino))

    def renamed(self: Path, target: Path) -> Path:
        seen.append("renamed")
        return rename(self, target)

    def finished(*args: Any) -> None:
        seen.append("recorded")
        finish(*args)

    def work(run: StepRun) -> None:
        (run.folder / "deep").mkdir()
        (run.folder / "deep" / "a").write_text("a")
        (run.folder / "b").write_text("b")

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(store, "finish_step", finished)
    execute(tmp_path, store, step(work))
    folder = market.run_folder(tmp_path)
    made = folder / "0001-only"
    at_rename = seen.index("renamed")
    inside = {p.stat().st_ino for p in (made, *made.rglob("*"))}
    assert set(seen[:at_rename]) == inside
    assert seen[at_rename + 1 :] == [folder.stat().st_ino, "recorded"]


def test_one_failing_item_never_stops_the_rest(tmp_path: Path, store: SqlStore) -> None:
    def learn(brandid: str) -> str:
        if brandid == "poison":
            raise RuleError("nothing to learn from")
        return brandid.upper() if brandid else brandid[0]

    learned: list[str] = []
    told = Told()
    items = ["a", "poison", "", "b"]
    execute(
        tmp_path,
        store,
        step(lambda run: learned.extend(run.each(items, learn))),
        progress=told,
    )
    assert learned == ["A", "B"]
    assert store.steps(market.RUN)[0].stats == {
        "failed": {"poison": "nothing to learn from", "": "IndexError: string index out of range"}
    }
    assert told.lines.count(("advance", 1)) == 4


@pytest.mark.parametrize("error", [RETRYABLE, OSError(errno.ENOSPC, "full"), MemoryError()])
def test_an_outage_is_not_taken_for_one_items_failure(error: Exception) -> None:
    def work(_: str) -> None:
        raise error

    run = StepRun(Path(), lambda _: None)
    with pytest.raises(type(error)):
        list(run.each(["a", "b"], work))
    assert run.stats == {}


def test_an_unknown_run_is_named(tmp_path: Path, store: SqlStore) -> None:
    runner = Runner("RUN-0042", tmp_path / "x", store, WorkflowSettings(), Told())
    with pytest.raises(InputError, match="RUN-0042"):
        runner.execute([step(lambda _: None)])
