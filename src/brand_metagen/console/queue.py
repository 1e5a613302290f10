"""The page of the queue: brands that wait, and what one decided last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from math import ceil
from urllib.parse import urlencode

from brand_metagen.app import second_look
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.ports import (
    Actor,
    AuditRow,
    BrandLine,
    BrandRow,
    BrandState,
    QueueFilter,
    Role,
)
from brand_metagen.web.state import Server

PAGE = 50
LAST = 10
FILTERS = ("state", "sector", "below", "round", "search", "mine")
BELOW = ("0.5", "0.75")
ROUNDS = {"1": "1 or more", "3": "3 or more", "8": "8 or more"}
"""Rounds to choose from; a brand escalates after ten."""
DECIDED = ("approve", "reject", "flag", "feedback")
NEAR = 3
"""Names offered where none was found."""
ALIKE = 0.75
"""Least likeness (difflib's ratio) of a name that is offered: one slip in four letters."""
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
class Facets:
    """How many brands there are by state, and in the states shown by sector and confidence."""

    states: Mapping[BrandState, int]
    sectors: Sequence[tuple[str, int]]
    below: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where nothing was found: what would be without the filters, and names alike."""

    states: Sequence[tuple[str, int]]
    names: Sequence[str]


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
        confidence_below=float(below) if below in BELOW else None,
        round_from=int(wanted["round"]) if wanted.get("round") in ROUNDS else None,
        claimed_by=actor.name if wanted.get("mine") else "",
    )
    page = store.queue(chosen, PAGE, wanted.get("after") or None)
    brands, may = store.brands(), actor.role.may(Role.REVIEWER)
    counts = store.count_states()
    kept = {k: v for k, v in wanted.items() if k in FILTERS and v}
    onward = f"{ROOT}/queue?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    acts = store.recent(MOST_PACE, actor.name, (*DECIDED, "undo")) if may else ()
    return render(
        "queue.html.j2", root=ROOT, lines=page.items, wanted=kept, state=state,
        waiting=counts[BrandState.AWAITING_REVIEW], shown=sum(counts[s] for s in states),
        facets=facets(brands, counts, states), onward=onward, held=held(page.items),
        elsewhere=None if page.items else elsewhere(brands, chosen.search),
        narrowed=[name for name in kept if name != "state"], rounds=ROUNDS,
        regenerating=counts[BrandState.REGENERATING], last=_last(server, acts[:LAST]),
        settings=server.workspace.settings, actor=actor, may=may, pace=pace(acts),
        looks=len(second_look.waiting(server.workspace, actor.name)) if may else 0,
    )  # fmt: skip


def facets(
    brands: Sequence[BrandRow], counts: Mapping[BrandState, int], states: Collection[BrandState]
) -> Facets:
    """What each choice of a filter would show of the brands in some states."""
    shown = [brand for brand in brands if brand.state in states]
    sectors = Counter(brand.sector for brand in shown)
    below = [(limit, sum(b.confidence < float(limit) for b in shown)) for limit in BELOW]
    return Facets(counts, sorted(sectors.items()), below)


def elsewhere(brands: Sequence[BrandRow], search: str) -> Elsewhere:
    """Brands of another state or sector that a search finds, else names that are written alike."""
    text = search.strip().lower()
    if not text:
        return Elsewhere((), ())
    found = Counter(b.state.value for b in brands if text in f"{b.brandid} {b.brandname}".lower())
    names = {brand.brandname.lower(): brand.brandname for brand in reversed(brands)}
    alike = () if found else get_close_matches(text, names, NEAR, ALIKE)
    return Elsewhere(sorted(found.items()), [names[name] for name in alike])


def held(lines: Sequence[BrandLine], now: datetime | None = None) -> Mapping[str, int]:
    """For how many more minutes claimed brands are held, begun ones counted."""
    now = now or datetime.now(UTC)
    ends = {b.brandid: b.claimed_until for b in lines if b.claimed_by and b.claimed_until}
    left = {b: datetime.fromisoformat(until) - now for b, until in ends.items()}
    return {b: max(1, ceil(span.total_seconds() / 60)) for b, span in left.items()}


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
