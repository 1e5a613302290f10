"""What the operations server does, as one function each over the use cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from threading import Lock
from typing import Any

from brand_metagen.app import accounts, feedback, queries, reviewing, runs
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import KINDS, Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, BrandLine, Page, QueueFilter, Role, RunState

MOST_LISTED = 100
SAMPLES = 5
"""Rows shown of each kind."""


class Desk:
    """One open workspace; the market is read when first somebody gives feedback, and then kept."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._turn = Lock()
        self._live: Live | None = None

    def need(self, actor: Actor, role: Role) -> Actor:
        """The actor; raises NotAllowed when their role is not enough."""
        return accounts.need(actor, role)

    def brandid(self, brand: str) -> str:
        """A brand's id from its id or name."""
        return queries.brand_id(self.workspace, brand)

    def queue(self, limit: int, cursor: str | None) -> Page[BrandLine]:
        """A page of the review queue."""
        if not 1 <= limit <= MOST_LISTED:
            raise InputError(f"limit lies between 1 and {MOST_LISTED}, not at {limit}")
        return self.workspace.store.queue(QueueFilter(), limit, cursor)

    def brand(self, brand: str) -> dict[str, Any]:
        """Everything a reviewer sees of a brand."""
        return reviewing.plain(reviewing.look(self.workspace, self.brandid(brand), SAMPLES))

    def status(self) -> dict[str, Any]:
        """The workspace at a glance, without the place it lies at."""
        runs.listed(self.workspace)
        found = asdict(queries.status(self.workspace, running=runs.held(self.workspace)))
        del found["workspace"]
        return found

    def metrics(self) -> dict[str, Any]:
        """Figures of the last completed run, the brands and the answers kept."""
        store = self.workspace.store
        run = store.latest_run(RunState.COMPLETED)
        days: Counter[str] = Counter()
        for day in store.cache_days():
            days["hits"] += day.hits
            days["misses"] += day.misses
        states = {state.value: count for state, count in store.count_states().items() if count}
        return {
            "run": run.run_id if run else None,
            "summary": dict(run.summary) if run else {},
            "brands": states,
            "cache": {"hits": days["hits"], "misses": days["misses"]},
        }

    def tell(
        self,
        actor: Actor,
        brand: str,
        version: int,
        said: Mapping[str, Any],
        key: str,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Submit a remark on a version, with rows as CCID@BANK."""
        if said["kind"] and said["kind"] not in KINDS:
            raise InputError(f"kind is one of {', '.join(KINDS)}, or empty")
        submission = Submission(
            said["text"],
            _rows(said["belongs"]),
            _rows(said["does_not_belong"]),
            tuple(said["mccids_in"]),
            tuple(said["mccids_out"]),
            said["pattern"],
            said["kind"],
        )
        with self._turn:
            self._live = self._live.refreshed() if self._live else Live(self.workspace)
            done = feedback.submit(
                self._live, actor.name, self.brandid(brand), version, submission,
                key=key, dry_run=dry_run,
            )  # fmt: skip
        return dict(done.reply)


def _rows(said: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((ccid, bankid) for ccid, _, bankid in (row.partition("@") for row in said))
