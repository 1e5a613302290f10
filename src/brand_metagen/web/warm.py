"""The one market of a process: read in the background, kept up to date, swapped after a run."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from enum import StrEnum
from itertools import islice
from threading import Event, Lock, Thread

from brand_metagen.app.live import Live
from brand_metagen.app.outages import as_ours
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, ConflictError, ServiceError
from brand_metagen.ports import BrandLine, RunState

LOG = logging.getLogger("brand_metagen.web")


class Readiness(StrEnum):
    """How far the market is."""

    NO_RUN = "no_run"
    """No run is completed yet; there is nothing to read."""
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Warm:
    """Holds the live market. `start` reads it; `current` gives it as the store stands now, to
    change it; `glance` gives it to look at, and waits for nobody who changes it."""

    def __init__(self, workspace: Workspace, wait_seconds: float) -> None:
        self._workspace, self._wait = workspace, wait_seconds
        self._turn = Lock()
        self._settled = Event()
        self._live: Live | None = None
        self.once_read: Callable[[], None] = lambda: None
        """Called when a market has been read whole, at the start and after each run."""

    @property
    def readiness(self) -> Readiness:
        """How far it is, without waiting."""
        if self._live is not None:
            return Readiness.READY
        if not self._has_run():
            return Readiness.NO_RUN
        return Readiness.FAILED if self._settled.is_set() else Readiness.LOADING

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
        with self._turn, as_ours():
            live = self._live
            self._live = self._fresh(live, wait=True) if live else Live(self._workspace)
            return self._live

    def glance(self, line: BrandLine | None = None) -> Live:
        """The market to read from. While somebody tries a rule it may lack what other processes
        have changed in that second, but not what `line`, if given, says of a brand's version.

        Raises what `current` raises.
        """
        live = self._live
        if live is None:
            return self.current()
        if self._turn.acquire(blocking=False):
            try:
                with as_ours():
                    live = self._live = self._fresh(live, wait=False)
            finally:
                self._turn.release()
        seen = line and live.versions.get(line.brandid)
        return self.current() if line and seen and seen.version < line.version else live

    def _fresh(self, live: Live, *, wait: bool) -> Live:
        """The market as the store stands, what it needs made ready when a run has ended since."""
        fresh = live.refreshed(wait=wait)
        if fresh is not live:
            _prepare(fresh)
            self._live = fresh
            self.once_read()
        return fresh

    def _load(self) -> None:
        try:
            if self._has_run():
                with as_ours():
                    live = Live(self._workspace)
                    _prepare(live)
                self._live = live
                self.once_read()
        except (BrandMetagenError, OSError) as error:
            # The next request tries again, and says what is wrong.
            LOG.error("the market cannot be read: %s", error)
        finally:
            self._settled.set()

    def _has_run(self) -> bool:
        return self._workspace.store.latest_run(RunState.COMPLETED) is not None


def set_apart() -> None:
    """Spare the garbage collector what stands now.

    A market of 150,000 rows is 1.5 million objects; looking them through takes half a second, in
    whatever request it falls.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _prepare(live: Live) -> None:
    """Make what the first requests would otherwise wait for."""
    _ = (live.knowledge, live.keys, live.by_ccid, live.named, live.learned, live.rows_of(""))
    for brandid in islice(live.versions, 1):
        live.holding(brandid)
