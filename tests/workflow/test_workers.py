"""Work spread over processes gives what one process gives, and nothing outlives its owner."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from brand_metagen.config import Settings
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.workflow.learning import Learning
from brand_metagen.workflow.runner import is_held, workspace_lock
from brand_metagen.workflow.workers import LEAST_ITEMS, Workers, processes
from learned import learned_sample

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no processes are forked here")
SECONDS = 20.0


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie waiting for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pid_of(item: int) -> int:
    time.sleep(0.001 * (item % 3))
    return os.getpid()


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("items", [0, 1, 7, 100])
def test_results_come_in_the_order_of_the_items(count: int, items: int) -> None:
    with Workers[int, int](count, lambda n: n * n) as workers:
        for _ in range(2):
            assert list(workers.map(range(items))) == [n * n for n in range(items)]


def test_one_process_is_this_one_and_several_are_not() -> None:
    with Workers(1, pid_of) as alone, Workers(3, pid_of) as spread:
        assert set(alone.map(range(30))) == {os.getpid()}
        seen = set(spread.map(range(30)))
    assert len(seen) == 3
    assert os.getpid() not in seen


def test_processes_see_what_was_prepared() -> None:
    known: list[int] = []
    with Workers[int, int](2, lambda n: known[n], partial(known.extend, [5, 6])) as workers:
        assert list(workers.map([1, 0])) == [6, 5]


def test_brands_learned_in_two_processes_are_those_learned_in_one() -> None:
    sample = learned_sample()
    learning = Learning(sample.market, (), Settings())
    with Workers(2, learning.learn, learning.prepare) as workers:
        assert list(workers.map(sample.market.to_check)) == sample.brands


def test_processes_begin_before_they_are_asked(tmp_path: Path) -> None:
    def note(item: int) -> int:
        (tmp_path / str(item)).touch()
        return item

    with Workers(2, note) as workers:
        results = workers.map([1, 2])
        assert until(lambda: len(list(tmp_path.iterdir())) == 2)
        assert list(results) == [1, 2]


def test_what_was_not_taken_is_no_answer_to_the_next_question() -> None:
    with Workers[int, int](2, lambda n: n * n) as workers:
        workers.map([1, 2, 3, 4])
        assert list(workers.map([5, 6])) == [25, 36]
        begun = workers.map([7, 8])
        assert next(begun) == 49
        assert list(workers.map([9])) == [81]


def test_one_process_may_be_another_than_this() -> None:
    with Workers(1, pid_of, apart=True) as workers:
        seen = set(workers.map(range(30)))
    assert len(seen) == 1
    assert os.getpid() not in seen


def refuse(item: int) -> int:
    if item == 5:
        raise InputError(f"{item} will not do")
    return item


def test_an_error_of_ours_is_raised_here_and_no_process_stays() -> None:
    with Workers(2, refuse) as workers:
        assert list(workers.map([1, 2])) == [1, 2]
        with pytest.raises(InputError, match="5 will not do"):
            list(workers.map(range(40)))
        assert list(workers.map([3, 4])) == [3, 4]


def die(item: int) -> int:
    if item == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def leave(item: int) -> int:
    os._exit(3 * (item == 5))


@pytest.mark.parametrize(
    ("work", "ending"), [(die, "killed by SIGKILL"), (leave, "exit code")], ids=["killed", "left"]
)
def test_a_process_that_ends_is_said(work: Callable[[int], int], ending: str) -> None:
    with (
        Workers(2, work) as workers,
        pytest.raises(ServiceError, match=ending) as caught,
    ):
        list(workers.map(range(40)))
    assert "workflow.workers=1" in str(caught.value)
    assert not caught.value.retryable


def test_closing_ends_what_is_under_way() -> None:
    workers = Workers(2, pid_of)
    pids = set(workers.map(range(40)))
    assert all(map(lives, pids))
    workers.close()
    assert not any(map(lives, pids))


def hold(workspace: Path) -> None:
    """Take the lock, start processes, say which, and be killed while they work."""

    def note(item: int) -> None:
        (workspace / f"pid-{os.getpid()}").touch()
        time.sleep(10 * SECONDS)

    with workspace_lock(workspace, "a test"), Workers(2, note) as workers:
        list(workers.map(range(4_000)))


def test_killed_its_owner_leaves_no_lock_and_no_process(tmp_path: Path) -> None:
    owner = os.fork()
    if owner == 0:
        try:
            hold(tmp_path)
        finally:
            os._exit(1)
    assert until(lambda: len(list(tmp_path.glob("pid-*"))) == 2)
    assert is_held(tmp_path)
    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    assert not is_held(tmp_path)
    pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    assert until(lambda: not any(map(lives, pids)))


def test_few_items_start_no_process() -> None:
    cores = len(os.sched_getaffinity(0))
    assert processes(0, LEAST_ITEMS * 2 - 1) == 1
    assert processes(0, LEAST_ITEMS * 1_000) == min(cores, 1_000)
    assert processes(3, 2) == 3
