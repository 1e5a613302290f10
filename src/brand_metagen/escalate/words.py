"""What people are told of a case, as plain data: the same facts for every channel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from brand_metagen.config import NotifySettings
from brand_metagen.ports import Act, Case, CaseEvent

TOLD = frozenset(
    {Act.OPENED, Act.ASSIGNED, Act.RAISED, Act.RESOLVED, Act.REOPENED, Act.CLOSED, Act.CANCELLED}
)
"""Acts that somebody is told of; notes and ticks are read where they are written."""


def channels(settings: NotifySettings) -> tuple[str, ...]:
    """Where word of cases goes, each once.

    >>> channels(NotifySettings(channels="log, file,,log"))
    ('log', 'file')
    """
    names = (name.strip() for name in settings.channels.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def subject(case: Case, event: CaseEvent) -> str:
    """One line.

    >>> from brand_metagen.ports import CaseState, Cause, Level
    >>> case = Case("ESC-2026-001", "7", "Star", Cause.ROUND_LIMIT, Level(1), CaseState.OPEN,
    ...             "10 rounds", 10, 12, 0.4, "system", "2026-01-02T03:04:05.000+00:00")
    >>> subject(case, CaseEvent(1, case.case_id, case.opened_at, "system", Act.OPENED, ""))
    'ESC-2026-001 opened: Star (7), round limit'
    """
    what = case.cause.value.replace("_", " ")
    name = f"{case.brandname} ({case.brandid})" if case.brandid else "no single brand"
    return f"{case.case_id} {event.kind}: {name}, {what}"


def body(case: Case, event: CaseEvent) -> dict[str, Any]:
    """Case and event whole (ESC-18: brand, reason, history, summary)."""
    return {
        "case": {**asdict(case), "level": int(case.level)},
        "event": {"kind": event.kind.value, "actor": event.actor, "note": event.note},
        "detail": dict(event.detail),
        "at": event.at,
    }
