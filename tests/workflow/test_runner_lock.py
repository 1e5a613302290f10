"""One run at a time holds a workspace; what a dead one held is free."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
import runner_market as market

from brand_metagen.errors import ConflictError
from brand_metagen.ports import RunState
from brand_metagen.workflow.runner import is_held, reconcile, workspace_lock

FORK = multiprocessing.get_context("fork")


def hold(workspace: Path, held: Event) -> None:
    with workspace_lock(workspace, "RUN-0001"):
        held.set()
        signal.pause()


@contextmanager
def holder(workspace: Path) -> Iterator[int]:
    """Another live process that holds the workspace; killed in the end."""
    held = FORK.Event()
    process = FORK.Process(target=hold, args=(workspace, held))
    process.start()
    assert held.wait(10)
    try:
        yield process.pid or 0
    finally:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(10)


def test_a_second_run_is_told_who_holds_the_workspace(tmp_path: Path) -> None:
    with holder(tmp_path) as pid:
        assert is_held(tmp_path)
        with (
            pytest.raises(ConflictError, match=rf"RUN-0001, process {pid}\. Wait for it, stop it"),
            workspace_lock(tmp_path, "RUN-0002"),
        ):
            pytest.fail("two processes hold one workspace")
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
    with workspace_lock(tmp_path, "RUN-0002"):
        assert (tmp_path / "run.lock").read_text() == f"RUN-0002, process {os.getpid()}"


def test_other_workspaces_are_free(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with holder(tmp_path / "a"), workspace_lock(tmp_path / "b", "RUN-0001"):
        assert is_held(tmp_path / "b")


def test_a_workspace_never_run_is_free(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_running_runs_of_a_free_workspace_become_interrupted(tmp_path: Path) -> None:
    store = market.open_store(tmp_path)
    for state in RunState:
        store.set_run(store.create_run("market", "settings", ()).run_id, state)
    before = [run.state for run in store.runs()]
    with holder(tmp_path):
        assert reconcile(store, tmp_path) == []
        assert [run.state for run in store.runs()] == before
    assert reconcile(store, tmp_path) == ["RUN-0001"]
    assert [run.state for run in store.runs()] == [RunState.INTERRUPTED, *before[1:]]
    assert reconcile(store, tmp_path) == []
