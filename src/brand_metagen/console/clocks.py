"""Where a case stands: its stage on the board, and how long it has waited for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from brand_metagen.escalate import checklists
from brand_metagen.ports import Act, Case, CaseEvent, CaseState

STAGES = ("New", "Triage", "Investigating", "Approval", "Closed")
HINTS = (
    "nobody has it yet",
    "the first list is not ticked",
    "to be settled",
    "settled: to be approved, checked and closed",
    "ended",
)
ENDED = (CaseState.CLOSED, CaseState.CANCELLED)


def stage_of(case: Case, events: Sequence[CaseEvent]) -> int:
    """Where a case stands on its way, as a place in STAGES."""
    if case.state in ENDED:
        return 4
    if case.state is CaseState.RESOLVED:
        return 3
    if not case.assigned_to:
        return 0
    return 1 if checklists.missing("triage", events) else 2


def waited(case: Case, now: datetime) -> float | None:
    """Seconds that nobody has taken an open case; None when somebody has."""
    if case.assigned_to or case.state is not CaseState.OPEN:
        return None
    return (now - datetime.fromisoformat(case.opened_at)).total_seconds()


def replied(case: Case, events: Sequence[CaseEvent]) -> float | None:
    """Seconds from the opening until somebody had the case for the first time."""
    first = next((e for e in events if e.kind is Act.ASSIGNED), None)
    if first is None:
        return None
    opened = datetime.fromisoformat(case.opened_at)
    return max(0.0, (datetime.fromisoformat(first.at) - opened).total_seconds())


def lying(case: Case, events: Sequence[CaseEvent], now: datetime, limit: timedelta) -> float | None:
    """Seconds that a case has been left lying by whoever took it, from `limit` on: who takes a case
    and does nothing has it no longer. None otherwise, and while its clock stands still."""
    taken = case.state in (CaseState.OPEN, CaseState.IN_PROGRESS) and case.assigned_to
    if not taken or case.paused or not events:
        return None
    quiet = now - max(datetime.fromisoformat(event.at) for event in events)
    return quiet.total_seconds() if quiet >= limit else None
