"""The one market of a process: read in the background, kept up to date, swapped after a run."""

from __future__ import annotations

from enum import StrEnum
from threading import Event, Lock, Thread

from brand_metagen.app.live import Live
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, ConflictError, ServiceError
from brand_metagen.ports import RunState


class Readiness(StrEnum):
    """How far the market is."""

    NO_RUN = "no_run"
    """No run is completed yet; there is nothing to read."""
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Warm:
    """Holds the live market. `start` reads it; `current` gives it as the store stands now."""

    def __init__(self, workspace: Workspace, wait_seconds: float) -> None:
        self._workspace, self._wait = workspace, wait_seconds
        self._turn = Lock()
        self._settled = Event()
        self._live: Live | None = None
        self._error: BrandMetagenError | OSError | None = None

    @property
    def readiness(self) -> Readiness:
        """How far it is, without waiting."""
        if self._live is not None:
            return Readiness.READY
        if self._error is not None:
            return Readiness.FAILED
        return Readiness.LOADING if self._has_run() else Readiness.NO_RUN

    def start(self) -> None:
        """Read the market in the background."""
        Thread(target=self._load, name="market", daemon=True).start()

    def current(self) -> Live:
        """The market as of now; raises ConflictError before the first run, ServiceError while it is
        being read longer than a request waits."""
        if self._live is None and not self._has_run():
            raise ConflictError(
                "no run is completed yet: start one with POST /api/v1/runs or "
                "`brand-metagen run --data FOLDER`"
            )
        if not self._settled.wait(self._wait):
            raise ServiceError("the market is being read; try again shortly", retryable=True)
        with self._turn:
            self._live = self._live.refreshed() if self._live else Live(self._workspace)
            self._error = None
            return self._live

    def _load(self) -> None:
        try:
            if self._has_run():
                live = Live(self._workspace)
                # The first remark would wait for it.
                _ = live.knowledge
                self._live = live
        except (BrandMetagenError, OSError) as error:
            self._error = error
        finally:
            self._settled.set()

    def _has_run(self) -> bool:
        return self._workspace.store.latest_run(RunState.COMPLETED) is not None
