"""Approved versions become a release; one pointer names the release in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from brand_metagen.app.live import run_context
from brand_metagen.app.workspace import Workspace
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.errors import ConflictError, IntegrityError, NotFound
from brand_metagen.files import sha256, write_folder
from brand_metagen.ports import BrandState, Publication, Submitted
from brand_metagen.publish.release import METADATA, Release, load, pack
from brand_metagen.records import Metadata, Status


@dataclass(frozen=True, slots=True)
class Published:
    """The release in force now: how many brands it holds, and whose version is new in it."""

    release: str
    brands: int
    changed: tuple[str, ...]
    sequence: int
    replayed: bool = False
    """The same idempotency key had been used: nothing was done now."""


def publish(workspace: Workspace, actor: str, note: str = "", *, key: str = "") -> Published:
    """Pack every approved version, and the published ones of all other brands, into a release.

    Where the version in force was taken back (`audit revert`), the one approved before it takes its
    place, or the brand is left out.

    The folder is written aside, synced and renamed before the pointer flips, in one transaction
    with the states of its brands: a kill at any moment leaves the old release in force or the new
    one. Raises ConflictError when nothing is approved.
    """
    request = sha256(json.dumps(["publish", note]).encode())
    if known := workspace.store.recall(actor, key, request):
        return _again(known)
    before = current(workspace)
    in_force = {m.brandid: m for m in before.metadata} if before else {}
    approved = _approved(workspace)
    taken_back = _taken_back(workspace, in_force)
    in_force = {b: m for b, m in {**in_force, **taken_back}.items() if m is not None}
    if not approved and not taken_back:
        raise ConflictError("nothing is approved that is not published yet")
    gone = {b.brandid for b in workspace.store.brands(BrandState.DEACTIVATED)}
    records = {**in_force, **{m.brandid: replace(m, status=Status.PUBLISHED) for m in approved}}
    kept = [records[b] for b in sorted(records) if b not in gone]
    release_id, files = pack(kept, _model(workspace))
    workspace.releases.mkdir(parents=True, exist_ok=True)
    write_folder(workspace.releases / release_id, files)
    made = Published(release_id, len(kept), tuple(m.brandid for m in approved), 0)
    versions = {m.brandid: m.version for m in kept}
    said = Submitted(key, request, asdict(made))
    done = workspace.store.publish(release_id, versions, actor, note, said)
    return replace(made, sequence=done.sequence)


def _taken_back(
    workspace: Workspace, in_force: Mapping[str, Metadata]
) -> dict[str, Metadata | None]:
    """Brands whose version in force is not approved any more, with the one that takes its place:
    the highest that still is, or none."""
    decided = workspace.store.decided_versions()
    found: dict[str, Metadata | None] = {}
    for brandid, record in in_force.items():
        if (brandid, record.version) not in decided:
            left = [m for m in workspace.store.versions(brandid) if (brandid, m.version) in decided]
            found[brandid] = replace(left[-1], status=Status.PUBLISHED) if left else None
    return found


def _again(reply: Mapping[str, Any]) -> Published:
    """The answer that was given under the same key."""
    return Published(**{**reply, "changed": tuple(reply["changed"]), "replayed": True})


def restore(workspace: Workspace, release_id: str, actor: str, note: str) -> Published:
    """Put an earlier release in force again; raises NotFound when it was never published,
    IntegrityError when its files are not what its manifest says."""
    if release_id not in {p.release_id for p in workspace.store.publications()}:
        raise NotFound(f"{release_id} was never published; `publish --history` lists them")
    release = load(workspace.releases / release_id / METADATA)
    if release.id != release_id:
        raise IntegrityError(f"the folder {release_id} holds {release.id}")
    versions = {m.brandid: m.version for m in release.metadata}
    done = workspace.store.publish(release_id, versions, actor, note)
    return Published(release_id, len(versions), (), done.sequence)


def history(workspace: Workspace) -> Sequence[Publication]:
    """All publications, oldest first; the last one is in force."""
    return workspace.store.publications()


def current(workspace: Workspace) -> Release | None:
    """The release in force, its files checked against its manifest; None before the first."""
    published = workspace.store.publications()
    if not published:
        return None
    return load(workspace.releases / published[-1].release_id / METADATA)


def _approved(workspace: Workspace) -> list[Metadata]:
    states = {b.brandid for b in workspace.store.brands(BrandState.APPROVED)}
    return [m for m in workspace.store.latest_versions() if m.brandid in states]


def _model(workspace: Workspace) -> ConfirmModel:
    """The confirmation model of the last run: it is refitted by runs, not by feedback."""
    return run_context(workspace, workspace.latest_run()).model
