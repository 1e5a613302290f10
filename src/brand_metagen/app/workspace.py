"""A folder in which runs live: the store's file, runs, releases, settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from brand_metagen.config import Settings
from brand_metagen.errors import InputError
from brand_metagen.ports import FactsSource, Rephraser, RunState, Store
from brand_metagen.workflow.context import step_folder

DATABASE = "brand-metagen.sqlite3"
CONFIG = "config.toml"
REPORTS = "reports"
RESTORING = ".restoring"
"""Lies in a folder that is being restored: what was revoked may not be revoked there yet."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace."""

    folder: Path
    settings: Settings
    store: Store
    facts: FactsSource | None = None
    """Servers that a run may ask about brands; None = the packaged table alone."""
    rephraser: Rephraser | None = None
    """Who says unclear remarks again, where a model is configured."""

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    def run_folder(self, run_id: str) -> Path:
        return self.folder / "runs" / run_id

    def run_report(self, run_id: str) -> list[Path]:
        """The files of the report that a completed run left, as far as they are there."""
        return sorted((self.folder / REPORTS).glob(f"run-{run_id}.*"))

    def latest_run(self) -> str:
        """The last completed run; raises InputError when there is none yet."""
        run = self.store.latest_run(RunState.COMPLETED)
        if run is None:
            raise InputError(
                f"{self.folder}: no completed run yet. `brand-metagen run --data FOLDER "
                f"--workspace {self.folder}` makes one"
            )
        return run.run_id

    def step(self, name: str, run_id: str | None = None) -> Path:
        """What a step of a run (the last completed one by default) left."""
        return step_folder(self.run_folder(run_id or self.latest_run()), name)
