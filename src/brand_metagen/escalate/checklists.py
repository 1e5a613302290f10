"""What is looked at before work on a case begins, and before it is closed (ESC-06, ESC-15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from brand_metagen.errors import InputError
from brand_metagen.ports import Act, CaseEvent

TRIAGE: Mapping[str, str] = {
    "evidence": "the brand's rows, rule and history were looked at",
    "cause": "the cause is the one named, not a neighbour of it",
    "impact": "rows and other brands it touches are known",
    "duplicate": "no other open case is about the same thing",
    "level": "the level is right: operations, engineering or product",
    "owner": "somebody has it and knows",
}
"""Points of the triage, by the word that ticks them."""

CLOSING: Mapping[str, str] = {
    "metadata": "the rule is approved, or it is written down why there is none",
    "matches": "the brand's rows land with it",
    "others": "no other brand lost rows that are its own",
    "confidence": "the confidence is enough, or a human confirms the brand",
    "told": "who raised the case was told",
    "learned": "preventive measure and lesson are written down",
}
"""Points to be ticked before a case is closed."""

LISTS: Mapping[str, Mapping[str, str]] = {"triage": TRIAGE, "closing": CLOSING}


def list_of(point: str) -> str:
    """The list a point stands on; raises InputError naming the points there are."""
    for name, points in LISTS.items():
        if point in points:
            return name
    known = "; ".join(f"{name}: {', '.join(points)}" for name, points in LISTS.items())
    raise InputError(f"no point {point!r} on a checklist. There are {known}")


def ticked(events: Iterable[CaseEvent]) -> frozenset[str]:
    """The points that stand ticked. What was ticked before a case was reopened was of another
    resolution: the closing list begins anew."""
    found: set[str] = set()
    for event in events:
        if event.kind is Act.REOPENED:
            found -= CLOSING.keys()
        if event.kind is Act.CHECKED:
            point = str(event.detail.get("point"))
            found = found | {point} if event.detail.get("done") else found - {point}
    return frozenset(found)


def missing(name: str, events: Iterable[CaseEvent]) -> tuple[str, ...]:
    """The points of a list that are not ticked, in its order."""
    done = ticked(events)
    return tuple(point for point in LISTS[name] if point not in done)
