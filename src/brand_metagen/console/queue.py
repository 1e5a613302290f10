"""The page of the queue: brands that wait, and what one decided last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from brand_metagen.app import second_look
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, AuditRow, BrandState, QueueFilter, Role
from brand_metagen.web.state import Server

PAGE = 50
LAST = 10
DECIDED = ("approve", "reject", "flag", "feedback")
SIGNS = {"approve": "✓", "reject": "✗", "flag": "⚑", "feedback": "✎", "undo": "↺"}
HOUR = timedelta(hours=1)
MOST_PACE = 500


@dataclass(frozen=True, slots=True)
class Done:
    """An act of one's own: its sign, the brand, the version, and whether it can be taken back."""

    sign: str
    act: str
    brandid: str
    brandname: str
    version: int
    at: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """Decisions of today (UTC), and of the last hour by the minute from its first to its last."""

    today: int
    a_minute: float | None


def queue(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Brands that wait, by priority."""
    store = server.workspace.store
    state = wanted.get("state", BrandState.AWAITING_REVIEW.value)
    states = tuple(s for s in BrandState if s.value == state)
    below = wanted.get("below", "")
    chosen = QueueFilter(
        states=states,
        sector=wanted.get("sector", ""),
        search=wanted.get("search", "")[:100],
        confidence_below=float(below) if below in ("0.5", "0.75") else None,
        claimed_by=actor.name if wanted.get("mine") else "",
    )
    page = store.queue(chosen, PAGE, wanted.get("after") or None)
    counts, may = store.count_states(), actor.role.may(Role.REVIEWER)
    kept = {k: v for k, v in wanted.items() if k in ("state", "sector", "below", "search", "mine")}
    onward = f"{ROOT}/queue?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    acts = store.recent(MOST_PACE, actor.name, (*DECIDED, "undo")) if may else ()
    return render(
        "queue.html.j2", root=ROOT, lines=page.items, wanted=kept, state=state, states=BrandState,
        waiting=counts[BrandState.AWAITING_REVIEW], shown=sum(counts[s] for s in states),
        sectors=sorted({b.sector for b in store.brands()}), onward=onward,
        regenerating=counts[BrandState.REGENERATING], last=_last(server, acts[:LAST]),
        settings=server.workspace.settings, actor=actor, may=may, pace=pace(acts),
        looks=len(second_look.waiting(server.workspace, actor.name)) if may else 0,
    )  # fmt: skip


def _last(server: Server, acts: Sequence[AuditRow]) -> list[Done]:
    """One's own last acts, newest first; an approval that still stands can be taken back."""
    known = {b.brandid: b for b in server.workspace.store.brands()} if acts else {}
    found, seen = [], set()
    for row in acts:
        brand, version = known.get(row.subject), int(str(row.detail.get("version", 0)))
        if brand is None:
            continue
        stands = brand.state is BrandState.APPROVED and brand.version == version
        undoable = row.action == "approve" and stands and row.subject not in seen
        seen.add(row.subject)
        found.append(
            Done(SIGNS[row.action], row.action, row.subject, brand.brandname, version, row.at,
                 undoable)
        )  # fmt: skip
    return found


def pace(acts: Sequence[AuditRow], now: datetime | None = None) -> Pace:
    """How much somebody decides; no speed from fewer than three decisions in the last hour."""
    now = now or datetime.now(UTC)
    times = [datetime.fromisoformat(row.at) for row in acts if row.action in DECIDED]
    today = sum(at.date() == now.date() for at in times)
    latest = sorted(at for at in times if now - at < HOUR)
    if len(latest) < 3:
        return Pace(today, None)
    minutes = max((latest[-1] - latest[0]).total_seconds() / 60, 1.0)
    return Pace(today, (len(latest) - 1) / minutes)
