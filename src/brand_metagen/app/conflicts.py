"""Refusals with both sides: what the actor saw or said, and what is there now."""

from __future__ import annotations

from brand_metagen.app.live import Live
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError
from brand_metagen.ports import BrandLine, BrandState

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


def check_versioned(live: Live, line: BrandLine) -> None:
    """Raise ConflictError when the market knows no version of the brand to begin from."""
    if line.brandid not in live.versions:
        raise ConflictError(
            f"brand {line.brandid} is {line.state} and has no version in {live.run_id} that could "
            "be changed; the next run may learn it"
        )
