"""Steps that leave files behind, recorded so that a killed run goes on where it stopped.

A step writes into a folder aside. When it returns, the folder is synced, hashed and renamed, and
then the store learns its digest: a step is finished exactly when the store says so. On the way
back, finished steps are checked against their digest and skipped; anything else is swept and done
again. Since a kill may fall between a step's end and its record, a step's own effects beyond its
folder must bear being done twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, TypeVar

from brand_metagen import tracing
from brand_metagen.config import WorkflowSettings
from brand_metagen.errors import BrandMetagenError, ConflictError, IntegrityError, ServiceError
from brand_metagen.files import sync_folder
from brand_metagen.ports import (
    Mode,
    Progress,
    RunState,
    StepLog,
    StepRecord,
    StepState,
    Store,
    Wish,
)

LOG = logging.getLogger("brand_metagen.runs")
LOCK = "run.lock"
SAID = ("decision", "attempts")
"""Statistics of a step that its line of the log repeats."""
LOCK_TRIES, LOCK_WAIT = 5, 0.05
"""Tries, and seconds between them, before a lock counts as held."""
ITEM_ERRORS = (BrandMetagenError, ArithmeticError, LookupError, RecursionError, ValueError)
"""What one item's own data can cause. A full disk, memory or an outage are not one item's fault."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class StepRun:
    """What a step is given: an empty folder of its own, and how to say how far it is.

    What it puts into `stats` (plain JSON values) is recorded with it.
    """

    folder: Path
    advance: Callable[[int], None]
    stats: dict[str, object] = field(default_factory=dict)

    def decided(self, decision: str, **evidence: object) -> None:
        """Say what the role decided in this step, and on what: plain JSON values."""
        self.stats["decision"], self.stats["evidence"] = decision, evidence

    def each(self, items: Iterable[Item], work: Callable[[Item], Result]) -> Iterator[Result]:
        """Results item by item; one that fails is noted in `stats["failed"]`, the rest go on.

        An outage (ServiceError) is nobody's fault among the items and stops the step.
        """
        items = tuple(items)
        return self.noted(items, map(attempted(work), items))

    def noted(self, items: Iterable[Item], results: Iterable[Result | Failed]) -> Iterator[Result]:
        """`each` for work attempted elsewhere; `results` are in the order of the items."""
        failed: dict[str, str] = {}
        for item, result in zip(items, results, strict=True):
            if isinstance(result, Failed):
                failed[str(item)] = result.said
                self.stats["failed"] = failed
            else:
                yield result
            self.advance(1)


@dataclass(frozen=True, slots=True)
class Failed:
    """One item could not be worked on, and why."""

    said: str


def attempted(work: Callable[[Item], Result]) -> Callable[[Item], Result | Failed]:
    """`work` that returns what an item's own data caused instead of raising it."""

    def attempt(item: Item) -> Result | Failed:
        try:
            return work(item)
        except ServiceError:
            raise
        except ITEM_ERRORS as error:
            return Failed(worded(error))

    return attempt


def timed(work: Callable[[Item], Result]) -> Callable[[Item], tuple[Result, float]]:
    """`work` that says besides how many seconds it took."""

    def measure(item: Item) -> tuple[Result, float]:
        began = time.monotonic()
        return work(item), time.monotonic() - began

    return measure


@dataclass(frozen=True)
class Step:
    """A named piece of work, the role that does it, and how many units it counts."""

    name: str
    role: str
    work: Callable[[StepRun], None]
    total: int = 1


@dataclass(frozen=True)
class Expand:
    """Steps that are only known once the steps before are done; must be deterministic."""

    name: str
    make: Callable[[], Sequence[Step]]


@dataclass
class Outcome:
    """How a run ended and which steps were done now and which had been before."""

    state: RunState
    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    why: str = ""
    """What halted it before its last step, if something did."""


@dataclass(frozen=True)
class Runner:
    """Executes the steps of one run in its folder."""

    run_id: str
    folder: Path
    store: StepLog
    settings: WorkflowSettings
    progress: Progress
    sleep: Callable[[float], None] = time.sleep

    def execute(self, plan: Sequence[Step | Expand]) -> Outcome:
        """Do what is not done yet; between steps it heeds pause and stop, of it and of the system.

        The caller holds the workspace (`workspace_lock`) and, to resume, has set the run `running`
        again. Raises what a step raises, after the run is recorded as failed; IntegrityError when a
        finished step's files have changed, or the plan has.
        """
        outcome = Outcome(RunState.COMPLETED)
        try:
            self._sweep()
            self._walk(plan, outcome)
        except KeyboardInterrupt:
            self.store.set_run(self.run_id, RunState.INTERRUPTED)
            raise
        except Exception as error:
            with _noted_on(error):
                self.store.set_run(self.run_id, RunState.FAILED, worded(error))
            raise
        self.store.set_run(self.run_id, outcome.state)
        if outcome.why:
            self.progress.halt(outcome.state, outcome.why)
            context = {"run_id": self.run_id}
            LOG.info("the run is halted: %s", outcome.why, extra={"context": context})
        return outcome

    def _sweep(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for left_over in sorted(self.folder.glob(".*.partial")):
            shutil.rmtree(left_over)

    def _walk(self, plan: Sequence[Step | Expand], outcome: Outcome) -> None:
        recorded = {step.position: step for step in self.store.steps(self.run_id)}
        for position, step in enumerate(_flat(plan), start=1):
            if self._halted(outcome):
                return
            try:
                self._take(position, step, recorded.get(position), outcome)
            except ConflictError:
                # A system that has become read-only meanwhile refuses what the step writes.
                if not self._halted(outcome):
                    raise
                return

    def _halted(self, outcome: Outcome) -> bool:
        """Whether the run is to go no further; how and why is left in the outcome."""
        if (wish := self.store.run(self.run_id).wish) is not Wish.RUN:
            outcome.state = RunState.STOPPED if wish is Wish.STOP else RunState.PAUSED
            outcome.why = f"it was asked to {wish}"
        elif (line := self.store.mode()).mode is not Mode.NORMAL:
            outcome.state, outcome.why = RunState.PAUSED, line.said
        return bool(outcome.why)

    def _take(self, position: int, step: Step, record: StepRecord | None, outcome: Outcome) -> None:
        final = self.folder / f"{position:04d}-{step.name}"
        if record is not None and record.state is StepState.DONE:
            self._verify(step, record, final)
            self.progress.start(step.name, step.role, step.total)
            self.progress.finish(step.name, record.seconds, skipped=True)
            outcome.skipped.append(step.name)
            return
        with tracing.within(agent=step.role, operation=step.name):
            self._do(position, step, final)
        outcome.done.append(step.name)

    def _verify(self, step: Step, record: StepRecord, final: Path) -> None:
        what = None
        if record.name != step.name:
            what = f"step {record.position} was {record.name} and is {step.name} now"
        elif not final.is_dir() or digest(final) != record.digest:
            what = f"the files of step {step.name} are not those it left"
        if what is not None:
            raise IntegrityError(
                f"{self.run_id}: {what}. Start a new run with `brand-metagen run --fresh`"
            )

    def _do(self, position: int, step: Step, final: Path) -> None:
        self.store.begin_step(self.run_id, position, step.name, step.role)
        began = time.monotonic()
        try:
            aside, stats = self._attempt(step, final)
            _sync_files(aside)
            left = digest(aside)
            aside.rename(final)
            sync_folder(self.folder)
        except Exception as error:
            self._say(logging.ERROR, f"the step failed: {worded(error)}", error, began)
            with _noted_on(error):
                self.store.fail_step(self.run_id, position, worded(error))
            raise
        seconds = time.monotonic() - began
        self.store.finish_step(self.run_id, position, left, seconds, stats)
        self._say(logging.INFO, "the step is done", None, began, stats)
        self.progress.finish(step.name, seconds, skipped=False)

    def _say(
        self,
        level: int,
        message: str,
        error: Exception | None,
        began: float,
        stats: Mapping[str, object] | None = None,
    ) -> None:
        """A line of the log; narratives are in no step's statistics that are named here."""
        context: dict[str, object] = {"run_id": self.run_id}
        context["seconds"] = round(time.monotonic() - began, 3)
        context |= {name: (stats or {})[name] for name in SAID if name in (stats or {})}
        kind = type(error).__name__ if error else ""
        LOG.log(level, message, extra={"error": kind, "context": context, "told": True})

    def _attempt(self, step: Step, final: Path) -> tuple[Path, dict[str, object]]:
        """Try within the budget: only what says it may work next time is tried again."""
        aside = final.with_name(f".{final.name}.partial")
        attempt, began = 1, time.monotonic()
        while True:
            for left_over in (aside, final):
                if left_over.exists():
                    shutil.rmtree(left_over)
            aside.mkdir()
            self.progress.start(step.name, step.role, step.total)
            given = StepRun(aside, self.progress.advance)
            try:
                step.work(given)
            except ServiceError as error:
                if not error.retryable or attempt >= self.settings.step_attempts:
                    raise
                self._say(logging.WARNING, f"the step is tried again: {error}", error, began)
            else:
                if attempt > 1:
                    given.stats["attempts"] = attempt
                return aside, given.stats
            self.sleep(self.settings.retry_factor ** (attempt - 1))
            attempt += 1


def _flat(plan: Sequence[Step | Expand]) -> Iterator[Step]:
    for entry in plan:
        if isinstance(entry, Expand):
            yield from entry.make()
        else:
            yield entry


def worded(error: Exception) -> str:
    """An error as the store keeps it.

    >>> worded(ServiceError("no route to the store")), worded(KeyError("mid"))
    ('no route to the store', "KeyError: 'mid'")
    """
    ours = isinstance(error, BrandMetagenError)
    return str(error) if ours else f"{type(error).__name__}: {error}"


@contextmanager
def _noted_on(error: Exception) -> Iterator[None]:
    """A store that cannot take the failure must not hide it."""
    try:
        yield
    except BrandMetagenError as second:
        error.add_note(f"This could not be recorded: {second}")


def digest(folder: Path) -> str:
    """SHA-256 over the relative names and bytes of a folder's files, in order of their names."""
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    total = hashlib.sha256()
    for name, path in sorted(files.items()):
        total.update(f"{name}\x00".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _sync_files(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


@contextmanager
def workspace_lock(workspace: Path, purpose: str, tries: int = LOCK_TRIES) -> Iterator[None]:
    """Hold a workspace for one run; the kernel lets go when the process ends, however it ends.

    `purpose` names the run. Raises ConflictError saying who holds it and what to do.
    """
    path = workspace / LOCK
    with path.open("a+", encoding="utf-8") as file:
        if not _locked(file, tries):
            file.seek(0)
            raise ConflictError(
                f"{workspace} is held by {file.read() or 'another process'}. Wait for it, stop it "
                "with `brand-metagen runs stop`, or use another workspace"
            )
        file.seek(0)
        file.truncate()
        file.write(f"{purpose}, process {os.getpid()}")
        file.flush()
        yield


def is_held(workspace: Path) -> bool:
    """Whether a live process holds the workspace."""
    path = workspace / LOCK
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        return not _locked(file, tries=1)


def reconcile(store: Store, workspace: Path) -> list[str]:
    """Mark runs whose process is gone as interrupted, so that they can be resumed; their ids.

    Nothing happens while somebody holds the workspace: that one may be the run.
    """
    try:
        with workspace_lock(workspace, "recovery", tries=1):
            left = [run.run_id for run in store.runs() if run.state is RunState.RUNNING]
            for run_id in left:
                store.set_run(run_id, RunState.INTERRUPTED)
            return left
    except ConflictError:
        return []


def _locked(file: TextIO, tries: int) -> bool:
    """Take the lock; several tries outlast somebody who only asks whether it is held."""
    for attempt in range(tries):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < tries:
                time.sleep(LOCK_WAIT)
        else:
            return True
    return False
