"""What a reviewer decides of a version: approve, reject, flag, and take an approval back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.escalate import triggers
from brand_metagen.escalate.words import channels
from brand_metagen.files import sha256
from brand_metagen.ports import BrandState, Cause, Change, Opening, Recorded, Verdict
from brand_metagen.records import Status


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision left; `replayed` = the same key had been used, nothing was done now."""

    brandid: str
    action: str
    version: int
    state: str
    round: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Move:
    state: BrandState | None
    status: Status | None


_MOVES: Mapping[Verdict, _Move] = {
    Verdict.APPROVE: _Move(BrandState.APPROVED, Status.APPROVED),
    Verdict.UNDO: _Move(BrandState.AWAITING_REVIEW, Status.CANDIDATE),
    Verdict.REJECT: _Move(BrandState.AWAITING_REVIEW, None),
    Verdict.FLAG: _Move(BrandState.ESCALATED, None),
}


def decide(
    workspace: Workspace,
    actor: str,
    brandid: str,
    verdict: Verdict,
    expected: int,
    *,
    note: str = "",
    key: str = "",
    cause: Cause = Cause.EXPERT_WANTED,
) -> Decided:
    """Decide on the version that was on the screen; decision, state and audit row commit together.

    A flag opens a case for its `cause`, in the same transaction.

    Raises ConflictError with both sides when the brand has moved on, and where a brand without a
    rule would be approved.
    """
    most = workspace.settings.review.remark_chars
    if len(note) > most:
        raise InputError(f"the note has {len(note):,} characters, {most:,} at most")
    move = _MOVES[verdict]
    change = Change(
        actor=actor,
        brandid=brandid,
        expected=expected,
        action=verdict,
        state=move.state,
        status=move.status,
        note=note,
        case=_case(workspace, brandid, cause, note) if verdict is Verdict.FLAG else None,
        key=key,
        request=sha256(f"{verdict} {brandid} {expected} {note}".encode()),
    )
    return _decided(brandid, verdict, workspace.store.change(change))


def _case(workspace: Workspace, brandid: str, cause: Cause, note: str) -> Opening:
    """The case a flag opens; `cause` says which of the manual triggers it is (ESC-03)."""
    opening = triggers.flagged(workspace.store.line(brandid), cause, note)
    return replace(opening, channels=channels(workspace.settings.notify))


def set_round(workspace: Workspace, actor: str, brandid: str, value: int, note: str) -> Decided:
    """Correct a stuck round counter by hand, recorded with its reason (ITR-07)."""
    if not note:
        raise InputError("say why the round is corrected: --note TEXT")
    if not 0 <= value <= workspace.settings.review.round_limit:
        raise InputError(f"a round lies between 0 and {workspace.settings.review.round_limit}")
    line = workspace.store.line(brandid)
    detail = {"from": line.round, "to": value}
    change = Change(
        actor, brandid, line.version, Verdict.ROUND, note=note, detail=detail, round=value
    )
    return _decided(brandid, Verdict.ROUND, workspace.store.change(change))


def _decided(brandid: str, verdict: Verdict, recorded: Recorded) -> Decided:
    return Decided(
        brandid,
        verdict.value,
        recorded.version,
        recorded.state.value,
        recorded.round,
        recorded.replayed,
    )
