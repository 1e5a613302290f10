"""The main job tried aside: other settings over the market of a finished run, nothing recorded."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from brand_metagen.ports import Mode, ModeLine, Progress, RunRecord, RunState, StepRecord, Wish
from brand_metagen.workflow.context import RunContext, step_folder
from brand_metagen.workflow.pipeline import plan
from brand_metagen.workflow.runner import Expand, Runner, Step

TRIED = ("evaluate", "synthesise", "confirm", "keep", "resolve", "commercial", "grade")
"""The steps that make up a result; those after them tell others of it."""


@dataclass
class _Memory:
    """A log of steps that is gone with the process: a trial is done again, not resumed."""

    record: RunRecord
    done: list[StepRecord] = field(default_factory=list)

    def run(self, run_id: str) -> RunRecord:
        del run_id  # there is but one
        return self.record

    def mode(self) -> ModeLine:
        return ModeLine(Mode.NORMAL)

    def set_run(
        self,
        run_id: str,
        state: RunState,
        error: str | None = None,
        summary: Mapping[str, object] | None = None,
    ) -> None:
        pass

    def steps(self, run_id: str) -> list[StepRecord]:
        del run_id
        return self.done

    def begin_step(self, run_id: str, position: int, name: str, role: str) -> None:
        pass

    def finish_step(
        self,
        run_id: str,
        position: int,
        digest: str,
        seconds: float,
        stats: Mapping[str, object] | None = None,
    ) -> None:
        pass

    def fail_step(self, run_id: str, position: int, error: str) -> None:
        pass


def try_run(run: RunContext, like: Path, progress: Progress) -> Path:
    """Do the steps of a run under its settings, over the tables as an earlier run read them (in its
    folder `like`), and return the folder with what they left.

    The store is only read: promises, versions, corrections. The folder is made anew.
    """
    shutil.rmtree(run.folder, ignore_errors=True)
    run.folder.mkdir(parents=True)
    shutil.copytree(step_folder(like, "ingest"), run.folder / "0000-ingest")
    for advice in like.glob("[0-9][0-9][0-9][0-9]-advise"):
        shutil.copytree(advice, run.folder / "0000-advise")
    steps: list[Step | Expand] = [step for step in plan(run) if step.name in TRIED]
    record = RunRecord(
        run.run_id, str(run.source), "", run.only, RunState.RUNNING, Wish.RUN, "", None, None, {}
    )
    runner = Runner(run.run_id, run.folder, _Memory(record), run.settings.workflow, progress)
    with closing(run):
        runner.execute(steps)
    return run.folder
