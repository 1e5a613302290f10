"""Everything an account did, and which releases carry it today (SEC-05, EMG-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import AuditRow
from brand_metagen.publish.release import METADATA, load

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("approve", "undo", "reject", "flag", "round", "judged", "revert"), "decision"),
    **dict.fromkeys(("feedback", "feedback_failed", "withdraw"), "feedback"),
    **dict.fromkeys(("create", "rollback"), "version"),
    "publish": "release",
    **dict.fromkeys(("corrected", "correction_undone"), "data"),
    **dict.fromkeys(("run_started", "reprocessed"), "run"),
    **dict.fromkeys(("mode", "instructions adopted", "instructions taken back"), "setting"),
}
"""What an act touches, by its name in the log; prefixes are in PREFIXES."""
PREFIXES = {
    "case_": "case", "account_": "account", "token_": "account", "plan_": "setting",
    "incident_": "case",
}  # fmt: skip
MAKING = frozenset({"feedback", "create", "rollback", "withdraw"})
"""Acts that may have made a version."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One act of an account: what kind it is, whom it touched, the version it decided on or made
    (0 = none), and what was said."""

    sequence: int
    at: str
    action: str
    kind: str
    subject: str
    version: int
    said: str


@dataclass(frozen=True, slots=True)
class Carrying:
    """A release that carries an account's decisions: versions it approved or made, and brands
    whose later version builds on one it made."""

    release_id: str
    in_force: bool
    published_by: str
    versions: tuple[tuple[str, int], ...]
    built_on: tuple[str, ...]
    error: str = ""
    """Why its files could not be read: it may carry more."""


@dataclass(frozen=True, slots=True)
class AccountTrace:
    """Everything an account did, oldest first, and which releases carry it."""

    name: str
    role: str
    disabled: bool
    counts: Mapping[str, int]
    brands: tuple[str, ...]
    acts: tuple[Touched, ...]
    releases: tuple[Carrying, ...]


def trace(workspace: Workspace, name: str, since: str = "") -> AccountTrace:
    """Follow a name through the log, whether or not it has an account here.

    `since` leaves out what was done before (a stamp as the store keeps it).
    """
    rows = [r for r in audit_rows(workspace, 0) if r.actor == name and r.at >= since]
    acts = tuple(map(touched, rows))
    account = workspace.store.account(name)
    made = {(a.subject, a.version) for a in acts if a.version and a.action in MAKING}
    decided = {(a.subject, a.version) for a in acts if a.version and a.action == "approve"}
    brands = sorted({a.subject for a in acts if a.kind in ("decision", "feedback", "version")})
    return AccountTrace(
        name,
        account.role.value if account else "",
        bool(account and account.disabled),
        dict(sorted(Counter(a.kind for a in acts).items())),
        tuple(brands),
        acts,
        tuple(_releases(workspace, made | decided, made)),
    )


def touched(row: AuditRow) -> Touched:
    """What a row of the log says was touched."""
    kind = KINDS.get(row.action) or next(
        (kind for prefix, kind in PREFIXES.items() if row.action.startswith(prefix)), "other"
    )
    detail = row.detail
    said = detail.get("note") or detail.get("reason") or detail.get("feedback_id") or ""
    return Touched(row.sequence, row.at, row.action, kind, row.subject, version_of(row), str(said))


def version_of(row: AuditRow) -> int:
    """The version that an act approved, or made; 0 where it did neither."""
    now, before = row.detail.get("version"), row.detail.get("before")
    if not isinstance(now, int) or not isinstance(before, Mapping):
        return 0
    if row.action in MAKING:
        return now if now > int(before["version"]) else 0
    return now if row.action == "approve" else 0


def _releases(
    workspace: Workspace, theirs: set[tuple[str, int]], made: set[tuple[str, int]]
) -> Iterator[Carrying]:
    """Published releases that hold any of the versions, in the order of their publication."""
    published = workspace.store.publications()
    by = {p.release_id: p.actor for p in published}
    for release_id, actor in by.items():
        in_force = release_id == published[-1].release_id
        try:
            held = load(workspace.releases / release_id / METADATA).metadata
        except (BrandMetagenError, OSError) as error:
            yield Carrying(release_id, in_force, actor, (), (), str(error))
            continue
        versions = {m.brandid: m.version for m in held}
        carried = tuple(sorted((b, v) for b, v in versions.items() if (b, v) in theirs))
        later = _built_on(versions, made)
        if carried or later:
            yield Carrying(release_id, in_force, actor, carried, later)


def _built_on(versions: Mapping[str, int], made: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(sorted({b for b, v in made if versions.get(b, 0) > v}))
