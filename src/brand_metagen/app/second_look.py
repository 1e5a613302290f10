"""A second reviewer looks at some approvals without knowing of them: do two people agree?

Which approvals are drawn is a hash of brand and version, so that nobody can choose them, and the
answers stand in the audit log beside what they are about. An answer changes no brand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from brand_metagen.app.guards import said
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError
from brand_metagen.ports import AuditRow

ACTION = "second look"
LATEST = 1_000
"""Approvals and answers that are looked through, the newest first."""
OUT_OF = 1 << 32


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval that was drawn: the version, and who approved it."""

    brandid: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many were looked at twice, and how often the second reviewer would not have approved."""

    looks: int
    disagreed: int


def drawn(brandid: str, version: int, share: float) -> bool:
    """Whether an approval of a version is looked at twice, at a share of them.

    >>> sum(drawn(str(i), 1, 0.03) for i in range(10_000)) in range(200, 400)
    True
    """
    lot = int(sha256(f"second look\n{brandid}\n{version}".encode()).hexdigest()[:8], 16)
    return lot < share * OUT_OF


def waiting(workspace: Workspace, actor: str) -> list[Approved]:
    """Approvals by others that wait for a second look, the newest first."""
    store, share = workspace.store, workspace.settings.review.second_look_share
    if not share:
        return []
    answered = {_key(row) for row in store.recent(LATEST, actions=(ACTION,))}
    approved = _standing(store.recent(LATEST, actions=("approve", "undo")))
    return [
        one
        for one in approved
        if one.by != actor
        and (one.brandid, one.version) not in answered
        and drawn(one.brandid, one.version, share)
    ]


def _standing(rows: Sequence[AuditRow]) -> Iterator[Approved]:
    """The last approval of each version, unless it was taken back."""
    seen: set[tuple[str, int]] = set()
    for row in rows:
        key = _key(row)
        if key not in seen and row.action == "approve":
            yield Approved(*key, row.actor)
        seen.add(key)


def _key(row: AuditRow) -> tuple[str, int]:
    return row.subject, int(str(row.detail.get("version", 0)))


def answer(
    workspace: Workspace, actor: str, brandid: str, version: int, note: str, *, agrees: bool
) -> Agreement:
    """Write down whether the actor would have approved a version too.

    Raises ConflictError when nobody is to look at it twice (any more).
    """
    said(workspace, note)
    wanted = {(one.brandid, one.version) for one in waiting(workspace, actor)}
    if (brandid, version) not in wanted:
        raise ConflictError(f"brand {brandid} v{version} waits for no second look of yours")
    detail: Mapping[str, object] = {"version": version, "agrees": agrees, "note": note}
    workspace.store.note(actor, ACTION, brandid, detail)
    return agreement(workspace)


def agreement(workspace: Workspace) -> Agreement:
    """How often two people agreed, of the last looks."""
    rows = workspace.store.recent(LATEST, actions=(ACTION,))
    return Agreement(len(rows), sum(row.detail.get("agrees") is False for row in rows))
