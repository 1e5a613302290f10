"""Lay a release and everything beside it into a folder for its consumers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from brand_metagen.app.live import run_context
from brand_metagen.app.publishing import current
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.files import write_file
from brand_metagen.publish.assignments import write_assignments
from brand_metagen.publish.classifier import Classifier
from brand_metagen.publish.release import MANIFEST, METADATA, MODEL, Release, load, pack
from brand_metagen.publish.ties import write_ties

PARTS = (METADATA, MODEL, MANIFEST)

BESIDE = {"ingest": ("quarantine.csv", "quality.json"), "report": ("report.html",)}
DECIDED = ("assignments.csv", "assignments.parquet", "ties.jsonl")
"""What is laid beside the release, by the step that left it; what `resolve` decided."""
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
    """Write a release: the latest version of every brand, or what is published.

    Files of the same names are replaced one by one, each whole; the manifest comes last, so that
    a half-written export is refused by its readers. Raises InputError when nothing is there.
    """
    run_id = workspace.latest_run()
    release_id, files, release = _release(workspace, run_id, what)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be made: {error.strerror}") from error
    (out / MANIFEST).unlink(missing_ok=True)
    for step, names in BESIDE.items():
        for name in names:
            _copy(workspace.step(step, run_id) / name, out / name)
    write_file(out / RUN, _record(workspace, run_id))
    _decide(workspace, run_id, release, out)
    for name in (METADATA, MODEL, MANIFEST):
        write_file(out / name, files[name])
    written = sorted(
        [*files, RUN, *DECIDED, *(name for names in BESIDE.values() for name in names)]
    )
    return Exported(run_id, release_id, out, tuple(written))


def _release(
    workspace: Workspace, run_id: str, what: str
) -> tuple[str, Mapping[str, bytes], Release]:
    if what == "published":
        release = current(workspace)
        if release is None:
            raise InputError("nothing is published yet; export --what latest")
        folder = workspace.releases / release.id
        return release.id, {n: (folder / n).read_bytes() for n in PARTS}, release
    run = run_context(workspace, run_id)
    mine = {m.brandid for m in run.metadata("store")}
    records = [m for m in workspace.store.latest_versions() if m.brandid in mine]
    release_id, files = pack(records, run.model)
    return release_id, files, Release(release_id, tuple(records), run.model)


def _decide(workspace: Workspace, run_id: str, release: Release, out: Path) -> None:
    """The assignments under the release's rules: the run's own where they are the same."""
    run = run_context(workspace, run_id)
    made = load(workspace.releases / _made_by(workspace, run_id) / METADATA)
    rules = {m.brandid: m.rule for m in release.metadata}
    if release.model == made.model and rules == {m.brandid: m.rule for m in made.metadata}:
        for name in DECIDED:
            _copy(workspace.step("resolve", run_id) / name, out / name)
        return
    combos = run.market.combos
    classifier = Classifier([rule for rule in rules.values() if rule], release.model)
    answers = classifier.explained(combos.narrative, combos.mccid, combos.mid)
    write_assignments(out, combos, answers)
    write_ties(out, combos, answers)


def _made_by(workspace: Workspace, run_id: str) -> str:
    """The id of the release that the run itself made."""
    return (workspace.step("store", run_id) / "release").read_text(encoding="utf-8")


def _record(workspace: Workspace, run_id: str) -> bytes:
    steps = [asdict(step) for step in workspace.store.steps(run_id)]
    record = {**asdict(workspace.store.run(run_id)), "steps": steps}
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()


def _copy(source: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, aside)
    aside.replace(target)
