"""Killed at every boundary there is, a run ends as if it had never been."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import runner_market as market

from brand_metagen.ports import RunState, StepState
from brand_metagen.workflow.runner import digest, reconcile

pytestmark = pytest.mark.slow

FORK = multiprocessing.get_context("fork")
STRIDE = 7
"""Between the points at which a run that was killed before is killed again."""


class Countdown:
    """Kills its own process at the given tick, counted from 1."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            market.kill_self()


def _around(tick: Callable[[], None], function: Callable[..., object]) -> Callable[..., object]:
    def ticking(*args: object, **kwargs: object) -> object:
        tick()
        result = function(*args, **kwargs)
        tick()
        return result

    return ticking


def _doomed(workspace: Path, at: int) -> None:
    tick = Countdown(at)
    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "mkdir"), (shutil, "rmtree")):
        setattr(owner, name, _around(tick, getattr(owner, name)))
    market.go(workspace, tick)


def run_until(workspace: Path, at: int) -> bool:
    """Run in a process that kills itself at that tick; whether it did."""
    process = FORK.Process(target=_doomed, args=(workspace, at))
    process.start()
    process.join(30)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def results(workspace: Path) -> dict[str, str]:
    folder = market.run_folder(workspace)
    return {p.name: digest(p) for p in sorted(folder.iterdir())}


@pytest.fixture
def blank(tmp_path: Path) -> Callable[[str], Path]:
    """Workspaces with an empty store, quicker than making its tables each time."""
    template = tmp_path / "template"
    template.mkdir()
    market.open_store(template).close()

    def make(name: str) -> Path:
        return Path(shutil.copytree(template, tmp_path / name))

    return make


def done_steps(workspace: Path) -> set[str]:
    store = market.open_store(workspace)
    return {s.name for s in store.steps(market.RUN) if s.state is StepState.DONE}


def check_resumes(workspace: Path, expected: dict[str, str]) -> None:
    store = market.open_store(workspace)
    if not store.runs():
        assert market.calls(workspace) == []
    finished, called = done_steps(workspace), len(market.calls(workspace))
    running = [r.run_id for r in store.runs() if r.state is RunState.RUNNING]
    assert reconcile(store, workspace) == running
    assert all(run.state is not RunState.RUNNING for run in store.runs())

    assert market.go(workspace).state is RunState.COMPLETED
    assert finished.isdisjoint(market.calls(workspace)[called:])
    assert results(workspace) == expected
    assert [s.completions for s in store.steps(market.RUN)] == [1, 1, 1, 1]
    assert store.run(market.RUN).state is RunState.COMPLETED


def test_killed_at_every_boundary_a_run_resumes_to_the_same_result(
    blank: Callable[[str], Path],
) -> None:
    whole = blank("whole")
    market.go(whole)
    expected = results(whole)
    at = 1
    while run_until(workspace := blank(f"at-{at}"), at):
        check_resumes(workspace, expected)
        shutil.rmtree(workspace)
        at += 1
    # Four steps, each with its begin, writes, syncs, rename and end: a count that shrinks means
    # that boundaries are no longer hit.
    assert at > 90
    assert results(workspace) == expected


def test_killed_again_while_resuming_it_still_resumes(blank: Callable[[str], Path]) -> None:
    whole = blank("whole")
    market.go(whole)
    expected = results(whole)
    for first in range(3, 100, 2 * STRIDE):
        workspace = blank(f"first-{first}")
        assert run_until(workspace, first)
        for again in range(1, 100, 3 * STRIDE):
            run_until(workspace, again)
        check_resumes(workspace, expected)
