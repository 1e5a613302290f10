"""Runs and their steps as the store keeps them, and the store as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from brand_metagen.ports.accounts import Accounts
from brand_metagen.ports.cases import Cases
from brand_metagen.ports.corrections import Corrections
from brand_metagen.ports.facts import AnswerCache
from brand_metagen.ports.incidents import Incidents
from brand_metagen.ports.learnings import Learnings
from brand_metagen.ports.looks import Looks
from brand_metagen.ports.monitoring import Monitoring
from brand_metagen.ports.notify import Notices, Sendings
from brand_metagen.ports.operations import ModeLine, Operations
from brand_metagen.ports.reverting import Reverting
from brand_metagen.ports.review import BrandRow, BrandState, Reviews, Submitted
from brand_metagen.records import Metadata, Status


class RunState(StrEnum):
    """Where a run stands. `interrupted` = its process is gone; it can be resumed."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"


class Wish(StrEnum):
    """What an operator wants of a running run; heeded between two steps."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


class StepState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are UTC in ISO 8601; `only` lists the brands asked for (empty = all)."""

    run_id: str
    source: str
    settings: str
    only: tuple[str, ...]
    state: RunState
    wish: Wish
    created_at: str
    finished_at: str | None
    error: str | None
    summary: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of a run: how often it was begun and finished, for how long (monotonic seconds).

    `digest` is the SHA-256 of the files it left, `stats` what it counted.
    """

    run_id: str
    position: int
    name: str
    role: str
    state: StepState
    starts: int
    completions: int
    seconds: float
    digest: str | None
    stats: Mapping[str, object]
    started_at: str
    finished_at: str | None
    error: str | None


class StepLog(Protocol):
    """Where the steps of a run are recorded, and what is wished of it meanwhile.

    How a step or a run ends is recorded in any mode of the system.
    """

    def run(self, run_id: str) -> RunRecord: ...

    def mode(self) -> ModeLine: ...

    def set_run(
        self,
        run_id: str,
        state: RunState,
        error: str | None = None,
        summary: Mapping[str, object] | None = None,
    ) -> None: ...

    def steps(self, run_id: str) -> list[StepRecord]: ...

    def begin_step(self, run_id: str, position: int, name: str, role: str) -> None: ...

    def finish_step(
        self,
        run_id: str,
        position: int,
        digest: str,
        seconds: float,
        stats: Mapping[str, object] | None = None,
    ) -> None: ...

    def fail_step(self, run_id: str, position: int, error: str) -> None: ...


class Runs(StepLog, Protocol):
    """Runs, steps, versions and releases. Every method is one transaction."""

    def create_run(
        self,
        source: str,
        settings: str,
        only: Sequence[str],
        actor: str = "system",
        said: Submitted | None = None,
    ) -> RunRecord:
        """A new run; with an idempotency key its `run_id` is remembered in the same transaction."""
        ...

    def runs(self) -> list[RunRecord]: ...

    def latest_run(self, *states: RunState) -> RunRecord | None: ...

    def wish(self, run_id: str, wish: Wish) -> None: ...

    def save_versions(self, run_id: str, records: Sequence[Metadata]) -> list[Metadata]:
        """Number the records and return what stands under the numbers, in the same order.

        The brand's latest version keeps its number while its content is the same, or while its
        rule is and a human approved it: then its record stays as it was. All else is the next
        number. Doing it again for the same run changes nothing.
        """
        ...

    def versions(self, brandid: str) -> list[Metadata]: ...

    def latest_versions(self) -> list[Metadata]: ...

    def standing(self) -> Mapping[str, tuple[int, Status]]:
        """Every brand's highest version and its status, without the records."""
        ...

    def approved_versions(self) -> list[Metadata]:
        """Every brand's highest version that is approved or published, in order of brandid."""
        ...

    def brands(self, state: BrandState | None = None) -> list[BrandRow]: ...

    def rounds(self, state: BrandState) -> Mapping[str, int]:
        """The round counters of all brands in a state."""
        ...

    def mark_brands(self, run_id: str, brands: Sequence[BrandRow]) -> None:
        """Write where a run leaves brands; what humans decided and counted stays."""
        ...

    def record_release(self, release_id: str, run_id: str) -> None: ...

    def latest_release(self) -> str | None: ...


class Store(
    Runs,
    Reviews,
    Looks,
    Cases,
    Incidents,
    Notices,
    Sendings,
    Monitoring,
    Corrections,
    Learnings,
    Operations,
    Reverting,
    Accounts,
    AnswerCache,
    Protocol,
):
    """Everything durable, in one database."""


class Progress(Protocol):
    """Where a run tells how far it is."""

    def start(self, step: str, role: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...

    def finish(self, step: str, seconds: float, *, skipped: bool) -> None: ...

    def halt(self, state: RunState, why: str) -> None:
        """The run ends here for now, with steps left to do."""
        ...


class Quiet:
    """Progress that says nothing."""

    def start(self, step: str, role: str, total: int) -> None:
        """Say nothing."""

    def advance(self, count: int) -> None:
        """Say nothing."""

    def finish(self, step: str, seconds: float, *, skipped: bool) -> None:
        """Say nothing."""

    def halt(self, state: RunState, why: str) -> None:
        """Say nothing."""
