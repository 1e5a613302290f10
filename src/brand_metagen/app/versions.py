"""Versions by hand: metadata written by an expert, and an older rule brought back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from brand_metagen.app.conflicts import check_seen, check_versioned, given_away
from brand_metagen.app.feedback import broken
from brand_metagen.app.live import Live
from brand_metagen.app.standing import Trial
from brand_metagen.errors import ConflictError, InputError, RuleError
from brand_metagen.files import sha256
from brand_metagen.grammar import check_pattern
from brand_metagen.ports import BrandState, CaseAct, Change, Verdict
from brand_metagen.publish.blast import BlastRadius, Side
from brand_metagen.publish.diff import Diff, diff
from brand_metagen.records import Metadata, Rule

MOST_SHARE = 0.2
"""Share of the whole market that a rule by hand may take; beyond, it is no brand's (MET-11)."""


@dataclass(frozen=True, slots=True)
class Manual:
    """A rule as an expert writes it; `notes` say where it comes from."""

    include: str
    exclude: str | None
    mccids: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version made by hand, what sets it apart from the one before, and the rows it moves."""

    brandid: str
    version: int
    diff: Diff
    blast_radius: BlastRadius
    stored: bool
    replayed: bool = False


def _why(error: Exception) -> str:
    """What is wrong with a file, in words."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def manual_from(file: Path) -> Manual:
    """Read a rule from a JSON file with the fields of Manual; raises InputError."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        codes = tuple(str(code) for code in data["mccids"])
        exclude = data.get("exclude")
        return Manual(str(data["include"]), exclude and str(exclude), codes, str(data["notes"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{file}: not a rule: {_why(error)}. It is a JSON object with include, mccids and "
            "notes, and exclude if there is one"
        ) from error


def create(
    live: Live,
    actor: str,
    brandid: str,
    expected: int,
    manual: Manual,
    *,
    key: str = "",
    act: CaseAct | None = None,
    dry_run: bool = False,
) -> NewVersion:
    """Write a version by hand (MET-15). It is proven like any other and keeps every promise.

    `act` is what it does to a case, in the same transaction.

    Raises RuleError for patterns that are refused or take too much of the market, InputError for
    codes that do not exist or missing notes, ConflictError for promises it would break.
    """
    if not manual.notes.strip():
        raise InputError("say in the notes where this rule comes from")
    codes = _codes(live, manual.mccids)
    check_pattern(manual.include)
    if manual.exclude:
        check_pattern(manual.exclude)
    rule = Rule(brandid, manual.include, manual.exclude or None, codes)
    detail = {"notes": manual.notes, "manual": True}
    meant = _Meant(rule, Verdict.CREATE, detail, act)
    return _add(live, actor, brandid, expected, meant, key, dry_run)


def rollback(
    live: Live,
    actor: str,
    brandid: str,
    expected: int,
    to: int,
    *,
    note: str = "",
    key: str = "",
    act: CaseAct | None = None,
    dry_run: bool = False,
) -> NewVersion:
    """Bring an older version's rule back as a new version; `act` as for `create`.

    Raises InputError when there is no such version, ConflictError for promises made since then
    that it would break.
    """
    found = [m for m in live.workspace.store.versions(brandid) if m.version == to]
    if not found or found[0].rule is None:
        raise InputError(f"brand {brandid} has no version {to} with a rule")
    detail = {"notes": note, "from_version": to}
    meant = _Meant(found[0].rule, Verdict.ROLLBACK, detail, act)
    return _add(live, actor, brandid, expected, meant, key, dry_run)


def _codes(live: Live, mccids: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(mccids) - live.market.mccs.keys())
    if unknown:
        raise InputError(f"no such code in the mcc table: {', '.join(unknown)}")
    if not mccids:
        raise InputError("a rule without codes takes nothing: say which codes are the brand's")
    return tuple(sorted(set(mccids)))


@dataclass(frozen=True, slots=True)
class _Meant:
    """A rule that is to become a version, as which act, with what is kept of it, and what it does
    to a case."""

    rule: Rule
    action: Verdict
    detail: Mapping[str, Any]
    act: CaseAct | None


def _add(
    live: Live, actor: str, brandid: str, expected: int, meant: _Meant, key: str, dry_run: bool
) -> NewVersion:
    rule, detail = meant.rule, meant.detail
    request = sha256(repr((meant.action, expected, asdict(rule), detail)).encode())
    with live.lock:
        if known := live.workspace.store.replay(actor, key, request):
            return _again(known.reply)
        line = live.workspace.store.line(brandid)
        check_seen(live.workspace, line, expected)
        check_versioned(live, line)
        trial = live.trial(brandid, rule)
        _refuse_what_is_too_broad(live, trial)
        if kept := broken(live, rule, trial):
            raise ConflictError("it would break a promise: " + "; ".join(map(str, kept)))
        if lost := given_away(live, trial):
            raise ConflictError("; ".join(lost))
        record = replace(_noted(live.graded(trial), actor, detail), version=line.version + 1)
        made = _shown(live, trial, record)
        if dry_run:
            return made
        change = Change(
            actor=actor,
            brandid=brandid,
            expected=expected,
            action=meant.action,
            state=BrandState.AWAITING_REVIEW,
            made=record,
            line=live.line_after(line, record, trial),
            note=str(detail.get("notes", "")),
            detail=detail,
            case=meant.act,
            key=key,
            request=request,
            reply=json.loads(json.dumps(asdict(made))),
        )
        recorded = live.workspace.store.change(change)
        if recorded.replayed:
            return _again(recorded.reply)
        live.adopt(record, trial)
    return replace(made, version=recorded.version, stored=True)


def _again(reply: Mapping[str, Any]) -> NewVersion:
    """The answer that was given under the same key."""
    radius = reply["blast_radius"]
    sides = {name: Side(**radius[name]) for name in ("gained", "lost", "to_humans")}
    whole = BlastRadius(**{**radius, **sides})
    kept = {**reply, "diff": Diff(**reply["diff"]), "blast_radius": whole}
    return NewVersion(**{**kept, "stored": True, "replayed": True})


def _refuse_what_is_too_broad(live: Live, trial: Trial) -> None:
    share = len(trial.taken) / max(1, len(live.market.combos))
    if share > MOST_SHARE:
        raise RuleError(
            f"the rule takes {share:.0%} of the whole market; no brand has more than "
            f"{MOST_SHARE:.0%}. Say more of the name, or fewer codes"
        )


def _noted(record: Metadata, actor: str, detail: Mapping[str, Any]) -> Metadata:
    evidence = {**record.evidence, "made_by": {"author": actor, **detail}}
    return replace(record, evidence=evidence)


def _shown(live: Live, trial: Trial, record: Metadata) -> NewVersion:
    radius = live.radius(trial)
    was = live.versions[trial.brandid]
    return NewVersion(trial.brandid, record.version, diff(was, record), radius, stored=False)
