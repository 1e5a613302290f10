"""A small plan for the runner's tests, and a store that counts what crosses its boundary."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from brand_metagen.config import WorkflowSettings
from brand_metagen.ports import Quiet, RunState
from brand_metagen.store.sql import SqlStore, sqlite_url
from brand_metagen.workflow.runner import Expand, Outcome, Runner, Step, StepRun, workspace_lock

RUN = "RUN-0001"
Tick = Callable[[], None]


def open_store(workspace: Path) -> SqlStore:
    return SqlStore(sqlite_url(workspace / "brand-metagen.sqlite3"))


def run_folder(workspace: Path) -> Path:
    return workspace / "runs" / RUN


def calls(workspace: Path) -> list[str]:
    """The names of the steps whose work was called, in order of the calls."""
    path = workspace / "calls.txt"
    return path.read_text().split() if path.exists() else []


def plan(workspace: Path, tick: Tick = lambda: None) -> list[Step | Expand]:
    """ingest, two batches known only after it, and a report over both."""
    folder = run_folder(workspace)

    def note(name: str) -> None:
        with (workspace / "calls.txt").open("a") as file:
            file.write(f"{name}\n")

    def write(path: Path, lines: Sequence[str]) -> None:
        path.parent.mkdir(exist_ok=True)
        with path.open("w") as file:
            for line in lines:
                tick()
                file.write(f"{line}\n")
                file.flush()
        tick()

    def ingest(run: StepRun) -> None:
        note("ingest")
        write(run.folder / "brands.txt", ["5", "6"])
        run.stats["brands"] = 2

    def learn(brandid: str, run: StepRun) -> None:
        note(f"learn-{brandid}")
        write(run.folder / "rules" / "rule.txt", [f"rule of {brandid}"])
        run.advance(1)

    def batches() -> list[Step]:
        brands = (folder / "0001-ingest" / "brands.txt").read_text().split()
        return [
            Step(f"learn-{b}", "metadata production", lambda run, b=b: learn(b, run))
            for b in brands
        ]

    def report(run: StepRun) -> None:
        note("report")
        rules = [p.read_text().strip() for p in sorted(folder.glob("*/rules/rule.txt"))]
        write(run.folder / "report.txt", rules)

    return [
        Step("ingest", "data transformation", ingest),
        Expand("learn", batches),
        Step("report", "learning analytics", report),
    ]


class TickingStore:
    """Ticks before and after every call that crosses into the store."""

    def __init__(self, store: SqlStore, tick: Tick) -> None:
        self._store, self._tick = store, tick

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def ticking(*args: Any, **kwargs: Any) -> Any:
            self._tick()
            result = method(*args, **kwargs)
            self._tick()
            return result

        return ticking


def runner(workspace: Path, store: Any, **changed: Any) -> Runner:
    settings = WorkflowSettings()
    return Runner(
        RUN, run_folder(workspace), store, settings, changed.pop("progress", Quiet()), **changed
    )


def go(workspace: Path, tick: Tick = lambda: None) -> Outcome:
    """Start the run or take it up again, as the application does."""
    with workspace_lock(workspace, RUN):
        store = open_store(workspace)
        if store.runs():
            store.set_run(RUN, RunState.RUNNING)
        else:
            store.create_run("market", "settings", ())
        return runner(workspace, TickingStore(store, tick)).execute(plan(workspace, tick))


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
