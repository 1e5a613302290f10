"""Lay a release and everything beside it into a folder for its consumers."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.files import write_file
from brand_metagen.publish.release import MANIFEST, METADATA, MODEL

FILES = {
    "resolve": ("assignments.csv", "assignments.parquet", "ties.jsonl"),
    "ingest": ("quarantine.csv", "quality.json"),
    "report": ("report.html",),
}
"""What is laid beside the release, by the step that left it."""
RUN = "run.json"
"""The run's record as the store has it, with its steps: states, errors, seconds, figures."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an export stands and what it holds."""

    run_id: str
    release: str
    out: Path
    files: tuple[str, ...]


def export(workspace: Workspace, out: Path, what: str = "latest") -> Exported:
    """Write the latest release; files of the same names are replaced one by one, each whole.

    The manifest comes last, so that a half-written export is refused by its readers. Raises
    InputError when there is nothing to export.
    """
    if what == "published":
        raise InputError("nothing is published yet; export --what latest")
    run_id = workspace.latest_run()
    release = (workspace.step("store", run_id) / "release").read_text(encoding="utf-8")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be made: {error.strerror}") from error
    (out / MANIFEST).unlink(missing_ok=True)
    written = []
    for step, names in FILES.items():
        for name in names:
            _copy(workspace.step(step, run_id) / name, out / name)
            written.append(name)
    write_file(out / RUN, _record(workspace, run_id))
    written.append(RUN)
    for name in (METADATA, MODEL, MANIFEST):
        write_file(out / name, (workspace.releases / release / name).read_bytes())
        written.append(name)
    return Exported(run_id, release, out, tuple(sorted(written)))


def _record(workspace: Workspace, run_id: str) -> bytes:
    steps = [asdict(step) for step in workspace.store.steps(run_id)]
    record = {**asdict(workspace.store.run(run_id)), "steps": steps}
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()


def _copy(source: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, aside)
    aside.replace(target)
