"""The ways to settle a case (ESC-10): each shows its effect first, is checked, and can be undone.

A brand split and a data correction are made by `app.brand_admin`, which knows rows; here they are
bound to their case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from brand_metagen.app import algorithm, correcting, escalations, settings_file, versions
from brand_metagen.app.correcting import Authority
from brand_metagen.app.escalations import CaseLine
from brand_metagen.app.feedback import broken
from brand_metagen.app.guards import check_writable, said
from brand_metagen.app.live import Live
from brand_metagen.app.versions import Manual
from brand_metagen.app.workspace import CONFIG, Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.escalate.states import AT_WORK
from brand_metagen.ports import Act, Case, CaseState, Method, Progress
from brand_metagen.publish.blast import blast_radius
from brand_metagen.records import Decision, Status


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolution and its effect as plain data; `line` is None after a dry run."""

    case_id: str
    method: Method
    effect: Mapping[str, Any]
    line: CaseLine | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One point that is checked before a case is closed; `fine` is None where only a human can
    tell."""

    point: str
    fine: bool | None
    said: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def by_metadata(
    live: Live, actor: str, case_id: str, manual: Manual, *, dry_run: bool = False
) -> Resolved:
    """Settle a case by a rule written by hand, proven like any other (MET-15)."""
    workspace = live.workspace
    case = _at_work(workspace, case_id)
    if not case.brandid:
        raise InputError(f"case {case_id} is of no single brand; a rule would be nobody's")
    seen = workspace.store.line(case.brandid).version
    act = None if dry_run else escalations.resolution_of(
        workspace, actor, case_id, Method.MANUAL_METADATA, manual.notes, {"before": seen}
    )  # fmt: skip
    made = versions.create(live, actor, case.brandid, seen, manual, act=act, dry_run=dry_run)
    effect = {
        "version": made.version,
        "diff": asdict(made.diff),
        "blast_radius": asdict(made.blast_radius),
    }
    line = None if dry_run else escalations.line_of(workspace, case_id)
    return Resolved(case_id, Method.MANUAL_METADATA, effect, line)


def by_settings(
    workspace: Workspace,
    actor: str,
    case_id: str,
    changes: Mapping[str, str],
    note: str,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> Resolved:
    """Settle a case by other settings: tried on the market first, then written to config.toml.

    The next run works with them; `brands reprocess` or `run` makes it.
    """
    case = _at_work(workspace, case_id)
    if not changes:
        raise InputError("say which settings: --set SECTION.NAME=VALUE")
    if not dry_run:
        said(workspace, note, escalations.SETTLED_HOW)
        check_writable(workspace)
    values = settings_file.typed(changes)
    meant = [case.brandid] if case.brandid else []
    effect = asdict(algorithm.try_settings(workspace, changes, meant, progress))
    line = None
    if not dry_run:
        line = _adopt(workspace, actor, case_id, values, note, effect["moved_rows"])
    return Resolved(case_id, Method.ALGORITHM_UPDATE, effect, line)


def by_tried_settings(
    workspace: Workspace,
    actor: str,
    case_id: str,
    changes: Mapping[str, str],
    note: str,
    effect: Mapping[str, Any],
    ground: str,
) -> Resolved:
    """Settle a case by settings that were tried before, as `by_settings` does without a second try.

    `effect` is what the try showed, `ground` what it was made on (`algorithm.ground`). Raises
    ConflictError when that is not what is there now.
    """
    _at_work(workspace, case_id)
    said(workspace, note, escalations.SETTLED_HOW)
    check_writable(workspace)
    if algorithm.ground(workspace) != ground:
        raise ConflictError("a run or the settings have changed since it was tried; try it again")
    values = settings_file.typed(changes)
    line = _adopt(workspace, actor, case_id, values, note, effect["moved_rows"])
    return Resolved(case_id, Method.ALGORITHM_UPDATE, effect, line)


def _adopt(
    workspace: Workspace, actor: str, case_id: str, values: Mapping[str, Any], note: str, moved: int
) -> CaseLine:
    """Write the settings and settle the case; where the case has moved on they are taken back."""
    path = workspace.folder / CONFIG
    before = settings_file.change(path, values)
    detail = {"settings": values, "before": before, "moved_rows": moved}
    try:
        return escalations.resolve(workspace, actor, case_id, Method.ALGORITHM_UPDATE, note, detail)
    except BaseException:
        settings_file.change(path, before)
        raise


def by_corrections(
    workspace: Workspace, actor: str, case_id: str, method: Method, batch_id: str, note: str
) -> Resolved:
    """Settle a case by corrections that were made for it: cells changed, or a brand split."""
    _at_work(workspace, case_id)
    made = {batch.batch_id: batch for batch in workspace.store.correction_batches()}
    found = made.get(batch_id)
    if found is None or found.undone_at:
        raise InputError(
            f"no standing corrections {batch_id!r}; `brands corrections` lists them. Make them "
            f"with `brands reassign|update|split … --case {case_id}`"
        )
    if found.case_id not in ("", case_id):
        raise InputError(f"{batch_id} was made for case {found.case_id}, not for {case_id}")
    effect = {"batch_id": batch_id, "cells": len(found.corrections), "reason": found.reason}
    line = escalations.resolve(
        workspace, actor, case_id, method, note or found.reason, {"batch_id": batch_id}
    )
    return Resolved(case_id, method, effect, line)


def without_change(workspace: Workspace, actor: str, case_id: str, note: str) -> Resolved:
    """Settle a case by finding that all is as it should be; the note says why."""
    _at_work(workspace, case_id)
    line = escalations.resolve(workspace, actor, case_id, Method.NO_CHANGE, note)
    return Resolved(case_id, Method.NO_CHANGE, {}, line)


def undo(live: Live, actor: str, case_id: str, reason: str) -> Resolved:
    """Take the last resolution back and open the case again.

    Raises ConflictError where nothing was settled, or what was done can no longer be undone.
    """
    workspace, store = live.workspace, live.workspace.store
    case = store.case(case_id)
    said(workspace, reason, "say why it is taken back: --reason TEXT")
    done = [e for e in store.case_events(case_id) if e.kind is Act.RESOLVED]
    if case.method is None or not done:
        raise ConflictError(f"case {case_id} has no resolution to undo")
    if case.state is not CaseState.RESOLVED:
        raise ConflictError(f"case {case_id} is {case.state}; only a resolved one is taken back")
    detail = done[-1].detail
    effect: dict[str, Any] = {}
    if case.method is Method.MANUAL_METADATA and detail.get("before"):
        seen = store.line(case.brandid).version
        if seen != detail["version"]:
            raise ConflictError(
                f"brand {case.brandid} has moved on to version {seen}; `metadata rollback` brings "
                "an older rule back"
            )
        before = int(str(detail["before"]))
        act = escalations.reopening(workspace, actor, case_id, reason)
        back = versions.rollback(live, actor, case.brandid, seen, before, note=reason, act=act)
        effect, line = {"version": back.version}, escalations.line_of(workspace, case_id)
        return Resolved(case_id, case.method, effect, line)
    if case.method is Method.ALGORITHM_UPDATE and detail.get("instructions"):
        role = _mapping(detail["instructions"])["role"]
        raise ConflictError(
            f"instructions settled it: `agents undo '{role}' --case {case_id} --note TEXT` takes "
            "them back"
        )
    if case.method is Method.ALGORITHM_UPDATE:
        check_writable(workspace)
        before_values = dict(_mapping(detail["before"]))
        settings_file.change(workspace.folder / CONFIG, before_values)
        effect = {"settings": before_values}
    elif detail.get("batch_id"):
        authority = Authority(actor, reason, case_id=case_id)
        undone = correcting.undo(workspace, authority, str(detail["batch_id"]))
        effect = {"batch_id": undone.batch_id, "cells": len(undone.corrections)}
    line = escalations.reopen(workspace, actor, case_id, reason)
    return Resolved(case_id, case.method, effect, line)


def verify(live: Live, case_id: str) -> tuple[Finding, ...]:
    """What stands behind each point of the closing list, on the market as it is now (ESC-14)."""
    store = live.workspace.store
    case = store.case(case_id)
    brandid = case.brandid
    if not brandid:
        return (
            Finding("matches", None, "no single brand is meant; `status` and `runs list` tell"),
        )
    if brandid not in live.versions:
        state = store.line(brandid).state
        return (Finding("metadata", None, f"brand {brandid} is {state} and has no rule here"),)
    return (
        _metadata(live, brandid),
        _matches(live, brandid),
        _others(live, case),
        _sure(live, brandid),
    )


def _metadata(live: Live, brandid: str) -> Finding:
    record = live.versions[brandid]
    approved = record.status in (Status.APPROVED, Status.PUBLISHED)
    kept = broken(live, record.rule, live.trial(brandid, record.rule))
    said = f"version {record.version} is {record.status}"
    said += "; it breaks: " + "; ".join(map(str, kept)) if kept else "; it keeps every promise"
    return Finding("metadata", approved and not kept, said, {"version": record.version})


def _matches(live: Live, brandid: str) -> Finding:
    rows = live.rows(brandid).own
    landed = [live.answers[row] for row in rows]
    mine = sum(a.brandid == brandid and a.decision is Decision.CONFIRMED for a in landed)
    doubt = sum(a.brandid == brandid and a.decision is not Decision.CONFIRMED for a in landed)
    figures = {"rows": len(rows), "confirmed": mine, "unsure": doubt}
    said = (
        f"of {len(rows)} rows labelled to it {mine} are confirmed, {doubt} are its own and unsure, "
        f"{len(rows) - mine - doubt} land elsewhere; `brands combos {brandid}` shows them"
    )
    return Finding("matches", mine + doubt == len(rows), said, figures)


def _others(live: Live, case: Case) -> Finding:
    """Rows the brand has now that another had under the rule of when the case was opened."""
    then = [m for m in live.workspace.store.versions(case.brandid) if m.version == case.version]
    if not then:
        return Finding("others", None, "there was no rule when the case was opened")
    trial = live.trial(case.brandid, then[0].rule)
    samples = live.workspace.settings.review.blast_samples
    radius = blast_radius(
        case.brandid, live.market.combos, trial.rows, trial.after, trial.before, samples
    )
    taken = [(brandid, count) for brandid, count in radius.gained.brands if brandid]
    said = (
        f"since version {case.version} it gained {radius.gained.rows} rows and lost "
        f"{radius.lost.rows}; from other brands: "
        + (", ".join(f"{count} of {brandid}" for brandid, count in taken) or "none")
    )
    return Finding("others", not taken, said, asdict(radius))


def _sure(live: Live, brandid: str) -> Finding:
    record = live.versions[brandid]
    said = f"confidence {record.confidence:.2f}"
    said += ", a human confirms it" if record.requires_confirmation else ", enough"
    return Finding("confidence", not record.requires_confirmation, said)


def _at_work(workspace: Workspace, case_id: str) -> Case:
    case = workspace.store.case(case_id)
    if case.state not in AT_WORK:
        raise ConflictError(
            f"case {case_id} is {case.state}; `escalations reopen` goes on with a resolved one"
        )
    return case


def _mapping(value: object) -> Mapping[str, Any]:
    assert isinstance(value, Mapping)
    return value
