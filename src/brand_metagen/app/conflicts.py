"""Refusals with both sides: what the actor saw or said, and what is there now."""

from __future__ import annotations

from brand_metagen.app.live import Key, Live
from brand_metagen.app.standing import Trial
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Kind
from brand_metagen.errors import ConflictError
from brand_metagen.ports import BrandLine, BrandState
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Decision

NOBODYS = (Decision.EXCLUDED, Decision.UNMATCHED)
CLOSED = (BrandState.DEACTIVATED, BrandState.ESCALATED, BrandState.PROCESSING)
"""States in which a brand takes no feedback."""


def check_seen(workspace: Workspace, line: BrandLine, expected: int) -> None:
    """Raise ConflictError when a brand is not at the version that was on the screen."""
    if line.version != expected:
        raise ConflictError(
            f"brand {line.brandid} is at version {line.version}, not {expected}: look at it again",
            now=workspace.store.stands(line.brandid),
        )


def check_open(workspace: Workspace, line: BrandLine, expected: int) -> None:
    """Raise ConflictError when a brand takes no feedback, or is not at the version seen."""
    if line.state in CLOSED:
        raise ConflictError(
            f"brand {line.brandid} is {line.state} and takes no feedback",
            now=workspace.store.stands(line.brandid),
        )
    check_seen(workspace, line, expected)


def given_away(live: Live, trial: Trial) -> list[str]:
    """Rows that a tried rule would leave to brands whose reviewers said that they are not theirs,
    each in words; those that are left to them already do not count."""
    rows: dict[Key, str] = {}
    for row, before, after in zip(trial.rows, trial.before, trial.after, strict=True):
        if _keeps_for_other(trial, after) and not _same_hands(before, after):
            place = live.row(row)
            rows[place.ccid, place.bankid] = after.brandid
    return [
        f"{c.row.narrative!r} would fall to brand {brandid}, of which {c.author} said that {c}; "
        "say so there first"
        for brandid in sorted(set(rows.values()))
        for c in live.asked.get(brandid, ())
        if c.kind is Kind.DOES_NOT_BELONG
        and c.row is not None
        and rows.get((c.row.ccid, c.row.bankid)) == brandid
    ]


def _keeps_for_other(trial: Trial, answer: Answer) -> bool:
    return answer.brandid != trial.brandid and answer.decision not in NOBODYS


def _same_hands(before: Answer, after: Answer) -> bool:
    return before.brandid == after.brandid and before.decision not in NOBODYS


def check_versioned(live: Live, line: BrandLine) -> None:
    """Raise ConflictError when the market knows no version of the brand to begin from."""
    if line.brandid not in live.versions:
        raise ConflictError(
            f"brand {line.brandid} is {line.state} and has no version in {live.run_id} that could "
            "be changed; the next run may learn it"
        )
