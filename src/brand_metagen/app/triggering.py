"""Feedback that opens a case (ESC-01, FB-09): what fires, with where word of it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, ServiceError
from brand_metagen.escalate import triggers
from brand_metagen.escalate.words import channels
from brand_metagen.ports import (
    BrandLine,
    BrandState,
    Change,
    Opening,
    Remark,
    RemarkOutcome,
    Verdict,
)
from brand_metagen.review.contradictions import Contradiction

BROKEN = (ArithmeticError, LookupError, RecursionError, TypeError)
"""What a remark's processing may die of that is no answer to the reviewer."""


def told(workspace: Workspace, opening: Opening) -> Opening:
    """A trigger with where word of it goes."""
    return replace(opening, channels=channels(workspace.settings.notify))


def limit_reached(
    workspace: Workspace, actor: str, line: BrandLine, remark: Remark, *, dry_run: bool
) -> None:
    """Escalate instead of another round; the remark is kept. Always raises ConflictError."""
    limit = workspace.settings.review.round_limit
    why = f"brand {line.brandid} has had {limit} rounds and goes to an expert"
    change = Change(
        actor, line.brandid, line.version, Verdict.FLAG, BrandState.ESCALATED,
        remark=replace(remark, outcome=RemarkOutcome.UNMET, explanation=why), note=why,
        detail={"reason": "round limit"},
        case=told(workspace, triggers.round_limit(line, limit)),
    )  # fmt: skip
    if not dry_run:
        workspace.store.change(change)
    raise ConflictError(why)


def of_contradiction(
    workspace: Workspace, actor: str, line: BrandLine, found: Sequence[Contradiction]
) -> Opening | None:
    """The case of a contradiction between people, or of one who contradicts themselves again.

    Who does so once is told, and may put it right: a slip is no case.
    """
    others = any(c.first.author != actor for c in found)
    last = workspace.store.remarks(line.brandid, "", 1, None).items
    again = bool(last) and last[0].outcome is RemarkOutcome.CONTRADICTED
    if not (others or again):
        return None
    why = "; ".join(map(str, found))
    return told(workspace, triggers.contradiction(line, why))


def of_confidence(workspace: Workspace, line: BrandLine, confidence: float) -> Opening | None:
    """The case of a brand that this round, as those before, has not made sure enough."""
    settings, rounds = workspace.settings.escalate, line.round + 1
    if not triggers.low(rounds, confidence, settings):
        return None
    return told(workspace, triggers.low_confidence(line, rounds, confidence, settings))


def of_split(workspace: Workspace, line: BrandLine, why: str) -> Opening:
    """The case of several brands under one id."""
    return told(workspace, triggers.several_brands(line, why))


@contextmanager
def failures_noted(
    workspace: Workspace, line: BrandLine, remark: Remark, *, dry_run: bool
) -> Iterator[None]:
    """A remark whose processing breaks is kept and counted; the third in a row opens a case.

    Raises ServiceError then, saying so. A dry run keeps nothing.
    """
    try:
        yield
    except BROKEN as error:
        said = f"{type(error).__name__}: {error}"
        if dry_run:
            raise ServiceError(f"the remark could not be processed ({said})") from error
        count = workspace.store.note_failure(remark, said)
        if count >= workspace.settings.review.failure_limit:
            opening = told(workspace, triggers.failures(line, count, said))
            workspace.store.open_case(opening, remark.author)
        raise ServiceError(
            f"the remark could not be processed ({said}); it is kept. Failures in a row of brand "
            f"{line.brandid}: {count}"
        ) from error
