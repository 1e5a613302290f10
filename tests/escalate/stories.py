"""Cases told in a line each: acts and the hours at which they happened, from one Monday on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from brand_metagen.escalate.history import History, histories
from brand_metagen.ports import Act, Case, CaseEvent, CaseState, Cause, Level, Method

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
STATES = {
    Act.ASSIGNED: CaseState.IN_PROGRESS, Act.RESOLVED: CaseState.RESOLVED,
    Act.REOPENED: CaseState.IN_PROGRESS, Act.CLOSED: CaseState.CLOSED,
    Act.CANCELLED: CaseState.CANCELLED,
}  # fmt: skip


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def told(
    acts: Mapping[float, str],
    *,
    number: int = 1,
    brandid: str = "7",
    cause: Cause = Cause.ROUND_LIMIT,
    level: int = 1,
    method: Method = Method.MANUAL_METADATA,
    preventive: str = "",
) -> tuple[Case, list[CaseEvent]]:
    """The case as the store would have it after these acts, by hour."""
    case_id, state, events, now = f"ESC-2026-{number:03d}", CaseState.OPEN, [], level
    for when, name in acts.items():
        kind = Act(name)
        detail: dict[str, object] = {}
        if kind is Act.RAISED:
            detail, now = {"from": now}, now + 1
        if kind is Act.RESOLVED:
            detail = {"method": method.value}
        state = STATES.get(kind, state)
        at = hour(when).isoformat(timespec="milliseconds")
        events.append(CaseEvent(len(events), case_id, at, "anna", kind, "", detail))
    done = [e for e in events if e.kind is Act.RESOLVED]
    case = Case(
        case_id, brandid, f"Brand {brandid}" if brandid else "", cause, Level(now), state, "why",
        1, 1, 0.5, "system", events[0].at, method=method if done else None,
        joined=sum(e.kind is Act.JOINED for e in events), preventive=preventive,
    )  # fmt: skip
    return case, events


def history(acts: Mapping[float, str], now: float = 10_000, **more: object) -> History:
    return all_of(told(acts, **more), now=now)[0]  # type: ignore[arg-type]


def all_of(*cases: tuple[Case, list[CaseEvent]], now: float = 10_000) -> tuple[History, ...]:
    events = [event for _, found in cases for event in found]
    return histories([case for case, _ in cases], events, hour(now))
