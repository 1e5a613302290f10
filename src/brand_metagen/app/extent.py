"""How far damage goes: which rows, versions, releases and runs, since when, and what to do.

The store's own check of the log stops at the first break; here everything is looked at, so that
whoever restores knows from which backup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, InputError, IntegrityError, ServiceError
from brand_metagen.ports import RunState, StepState
from brand_metagen.publish.release import METADATA, load
from brand_metagen.records import Status
from brand_metagen.workflow.context import step_folder
from brand_metagen.workflow.runner import digest

MOST = 100
"""Broken rows of a kind that are named one by one."""
STEP_BACK = "restore a backup taken before that: `brand-metagen restore BACKUP --damaged W`"
RELEASE_BACK = (
    "`brand-metagen publish --restore RELEASE` puts an earlier one in force; a backup holds this "
    "one whole"
)
RUN_AGAIN = "`brand-metagen run --data FOLDER --fresh` makes it anew from the tables"


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not what it was: its kind (file, log, version, approval, release, run),
    which one, what was found, the brands concerned (empty = all may be), since when (empty = not
    known), and what to do."""

    kind: str
    which: str
    said: str
    brands: tuple[str, ...]
    since: str
    todo: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What was looked at, and everything that is damaged; `since` is the earliest trace of it."""

    audit_rows: int
    versions: int
    releases: int
    steps: int
    since: str
    damage: tuple[Damage, ...]


def extent(workspace: Workspace) -> Extent:
    """Look at everything that has a checksum; a part that cannot be read is damage as well."""
    counts = dict.fromkeys(("audit_rows", "versions", "releases", "steps"), 0)
    found: list[Damage] = []
    for part in (_pages, _log, _versions, _approvals, _releases, _runs):
        try:
            found += part(workspace, counts)
        except (ServiceError, IntegrityError) as error:
            found.append(Damage("file", "the store", str(error), (), "", STEP_BACK))
    since = min((d.since for d in found if d.since), default="")
    return Extent(**counts, since=since, damage=tuple(found))


def _pages(workspace: Workspace, counts: Mapping[str, int]) -> Iterator[Damage]:
    del counts
    for said in workspace.store.broken_pages():
        yield Damage("file", "the database file", said, (), "", STEP_BACK)


def _log(workspace: Workspace, counts: dict[str, int]) -> Iterator[Damage]:
    known = {brand.brandid for brand in workspace.store.brands()}
    for row in workspace.store.broken_audit(MOST):
        brands = (row.subject,) if row.subject in known else ()
        yield Damage("log", row.which, row.said, brands, row.at, STEP_BACK)
    counts["audit_rows"] = sum(1 for _ in audit_rows(workspace, 0))


def _versions(workspace: Workspace, counts: dict[str, int]) -> Iterator[Damage]:
    made = {(v.brandid, v.version): v.made_at for v in workspace.store.version_lines()}
    counts["versions"] = len(made)
    for row in workspace.store.broken_versions(MOST):
        since = next((at for (b, v), at in made.items() if row.which == _named(b, v)), "")
        yield Damage("version", row.which, row.said, (row.subject,), since, STEP_BACK)


def _named(brandid: str, version: int) -> str:
    return f"version {version} of brand {brandid}"


def _approvals(workspace: Workspace, counts: Mapping[str, int]) -> Iterator[Damage]:
    """Versions that are approved without an act in the log that says so."""
    del counts
    said = {
        (row.subject, row.detail.get("version"))
        for row in audit_rows(workspace, 0)
        if row.detail.get("status") == Status.APPROVED.value
    }
    for brandid, version in sorted(workspace.store.decided_versions() - said):
        why = "it is approved, and no act in the log says so"
        yield Damage("approval", _named(brandid, version), why, (brandid,), "", STEP_BACK)


def _releases(workspace: Workspace, counts: dict[str, int]) -> Iterator[Damage]:
    published: dict[str, str] = {}
    for publication in workspace.store.publications():
        published.setdefault(publication.release_id, publication.published_at)
    made = (path.name for path in workspace.releases.glob("REL-*"))
    known = {**dict.fromkeys(sorted(made), ""), **published}
    counts["releases"] = len(known)
    for release_id, at in known.items():
        folder = workspace.releases / release_id
        try:
            found = load(folder / METADATA)
            said = "" if found.id == release_id else f"its folder holds {found.id}"
        except (BrandMetagenError, OSError) as error:
            said = str(error)
        if said:
            since = _changed(folder, at)
            yield Damage("release", release_id, said, (), since, RELEASE_BACK)


def _runs(workspace: Workspace, counts: dict[str, int]) -> Iterator[Damage]:
    """What the steps of completed runs left, against the digest that the store has of it."""
    for run in workspace.store.runs():
        if run.state is not RunState.COMPLETED:
            continue
        for step in workspace.store.steps(run.run_id):
            if step.state is not StepState.DONE or step.digest is None:
                continue
            counts["steps"] += 1
            which = f"{step.name} of {run.run_id}"
            try:
                folder = step_folder(workspace.run_folder(run.run_id), step.name)
                whole = digest(folder) == step.digest
            except (InputError, OSError) as error:
                yield Damage("run", which, f"its files are gone: {error}", run.only,
                             run.finished_at or "", RUN_AGAIN)  # fmt: skip
                continue
            if not whole:
                since = _changed(folder, run.finished_at or run.created_at)
                yield Damage("run", which, "its files are not what it left", run.only, since,
                             RUN_AGAIN)  # fmt: skip


def _changed(folder: Path, written: str) -> str:
    """When a file of a folder was last written, as far as the disk says; else when it was made."""
    times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    if not times:
        return written
    last = datetime.fromtimestamp(max(times), UTC).isoformat(timespec="milliseconds")
    return max(last, written)
