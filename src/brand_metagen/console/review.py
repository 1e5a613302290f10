"""Pages of reviewers: the queue, a brand, and the try-it box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from brand_metagen.app.brand_rows import BrandRow, brand_rows
from brand_metagen.app.comparing import Since, since
from brand_metagen.app.live import Live
from brand_metagen.app.marking import Marker, Part, marker
from brand_metagen.app.queries import metadata
from brand_metagen.console.door import ROOT
from brand_metagen.console.rules import Token, drawn
from brand_metagen.console.text import render
from brand_metagen.errors import ConflictError
from brand_metagen.ports import MANUAL, Actor, BrandLine, BrandState, QueueFilter, Role
from brand_metagen.records import Decision, Metadata, Piece, Rule, Status
from brand_metagen.web.state import Server

PAGE = 50
ROWS = 40
"""Rows of a tab, and narratives of one page of the market's: what a reviewer can take in."""
MOST_READ = 400
REMARKS = 20
COLOURS = 3
TABS = (
    (Decision.REVIEW, "Not sure"),
    (Decision.UNMATCHED, "Missed"),
    (Decision.EXCLUDED, "Shut out"),
    (Decision.TIE, "Tied"),
    (Decision.CONFIRMED, "Confirmed"),
)
"""Doubtful evidence first."""


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
    counts = store.count_states()
    kept = {k: v for k, v in wanted.items() if k in ("state", "sector", "below", "search", "mine")}
    onward = f"{ROOT}/queue?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    return render(
        "queue.html.j2", root=ROOT, lines=page.items, wanted=kept, state=state, states=BrandState,
        waiting=counts[BrandState.AWAITING_REVIEW], shown=sum(counts[s] for s in states),
        sectors=sorted({b.sector for b in store.brands()}), onward=onward,
        settings=server.workspace.settings, actor=actor, may=actor.role.may(Role.REVIEWER),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece with its tokens and its colour."""

    piece: Piece
    tokens: tuple[Token, ...]
    colour: int


@dataclass(frozen=True, slots=True)
class Like:
    """Rows that look and count the same, folded into one."""

    row: BrandRow
    parts: tuple[Part, ...]
    rows: int


def brand(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One brand with all that a decision rests on."""
    store, settings = server.workspace.store, server.workspace.settings
    line = store.line(wanted["id"])
    record = metadata(server.workspace, line.brandid)
    live = server.warm.glance(line)
    may = actor.role.may(Role.REVIEWER)
    holder = _claimed(server, line, actor) if may else line.claimed_by
    mark = marker(record.rule)
    versions = store.versions(line.brandid)
    return render(
        "brand.html.j2", root=ROOT, line=line, record=record, may=may, settings=settings,
        pieces=drawn_pieces(record.rule), shut=drawn(record.rule.exclude or "")
        if record.rule and record.rule.exclude else (),
        codes=_codes(live, record), strata=_strata(record), evidence=record.evidence,
        tabs=[_tab(live, line.brandid, decision, title, mark) for decision, title in TABS],
        change=_change(live, line, versions), versions=versions[::-1], actor=actor,
        remarks=store.remarks(line.brandid, "", REMARKS, None).items,
        promises=store.constraints(line.brandid).get(line.brandid, ()),
        proposals=store.proposals(line.brandid), holder=holder, causes=MANUAL, idem=uuid4().hex,
        open=line.state is BrandState.AWAITING_REVIEW,
        undoable=line.state is BrandState.APPROVED, names=names_of(live),
    )  # fmt: skip


def _claimed(server: Server, line: BrandLine, actor: Actor) -> str | None:
    """Lend the brand to who opened it; whoever has it already keeps it."""
    if line.state is not BrandState.AWAITING_REVIEW:
        return line.claimed_by
    try:
        seconds = server.workspace.settings.review.claim_seconds
        return server.workspace.store.claim(line.brandid, actor.name, seconds).actor
    except ConflictError:
        return line.claimed_by


def drawn_pieces(rule: Rule | None) -> list[DrawnPiece]:
    """The pieces of a rule with their colours; a rule by hand is one piece."""
    if rule is None:
        return []
    pieces = rule.pieces or (Piece(rule.include, "by hand", 0, 0),)
    return [DrawnPiece(p, drawn(p.pattern), i % COLOURS) for i, p in enumerate(pieces)]


def _codes(live: Live, record: Metadata) -> list[tuple[str, str, int]]:
    """The rule's codes with their names and how many of the rows it takes have them."""
    if record.rule is None:
        return []
    combos = live.market.combos
    counts = dict.fromkeys(record.rule.mccids, 0)
    for place in live.now.rows(record.brandid).taken:
        if combos.mccid[place] in counts:
            counts[combos.mccid[place]] += 1
    names = live.market.mccs
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(code, names[code].mcc_desc if code in names else "", n) for code, n in ranked]


def _strata(record: Metadata) -> list[tuple[str, int, int]]:
    found: Any = record.evidence.get("strata", {})
    return [(name, counts["covered"], counts["rows"]) for name, counts in sorted(found.items())]


def _tab(
    live: Live, brandid: str, decision: Decision, title: str, mark: Marker
) -> tuple[str, str, int, list[Like]]:
    found = brand_rows(live, brandid, decision, MOST_READ)
    return decision.value, title, found.counts[decision], list(_likes(found.rows.items, mark))


def _likes(rows: Iterable[BrandRow], mark: Marker) -> list[Like]:
    """Rows folded by narrative and code, the most doubtful first."""
    folded: dict[tuple[str, str], list[BrandRow]] = {}
    for row in rows:
        folded.setdefault((row.narrative, row.mccid), []).append(row)
    ranked = sorted(folded.values(), key=lambda same: abs(same[0].confidence - 0.5))
    return [Like(same[0], mark(same[0].narrative), len(same)) for same in ranked[:ROWS]]


def _change(
    live: Live, line: BrandLine, versions: tuple[Metadata, ...] | list[Metadata]
) -> Since | None:
    """What approving would change: against what was approved last, else the version before."""
    earlier = [m for m in versions if m.version < line.version]
    known = live.versions.get(line.brandid)
    if not earlier or known is None or known.version != line.version:
        return None
    good = [m for m in earlier if m.status in (Status.APPROVED, Status.PUBLISHED)]
    return since(live, line.brandid, (good or earlier)[-1].version)


def names_of(live: Live) -> dict[str, str]:
    """The names of all brands of the market by id."""
    return {brandid: brand.brandname for brandid, brand in live.market.brands.items()}


def trying(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """A box for narratives or a pattern; what it takes is shown while one types."""
    del actor
    brandid, include, exclude, codes = wanted.get("brand", ""), "", "", ""
    name = ""
    if brandid:
        record = metadata(server.workspace, brandid)
        name = record.brandname
        if record.rule is not None:
            include, exclude = record.rule.include, record.rule.exclude or ""
            codes = " ".join(record.rule.mccids)
    return render(
        "try.html.j2", root=ROOT, brandid=brandid, name=name, include=include, exclude=exclude,
        codes=codes,
    )  # fmt: skip
