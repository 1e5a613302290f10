"""The page of one brand: all that a decision rests on, the next one made ready meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from brand_metagen.app import looking
from brand_metagen.app.contested import Rival, rivals
from brand_metagen.app.feedback import broken
from brand_metagen.app.iterating import stops_of
from brand_metagen.app.live import Live
from brand_metagen.app.queries import metadata
from brand_metagen.app.sureness import Sureness, alike, sureness
from brand_metagen.app.worth import Saved, Worth, saved, worths
from brand_metagen.console.charts import spark
from brand_metagen.console.compared import compared
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import record as the_record
from brand_metagen.console.review import Tab, codes_of, drawn_pieces, names_of, shut_out, tabs_of
from brand_metagen.console.text import render
from brand_metagen.errors import ConflictError
from brand_metagen.ports import MANUAL, Actor, BrandLine, BrandState, Fate, QueueFilter, Role
from brand_metagen.records import Metadata
from brand_metagen.web.state import Server

REMARKS = 20
RIVALS = 8
FEWEST_ALIKE = 5
"""Versions as sure as this one below which nothing is said of how often such were right."""
AHEAD = 5
"""Brands of the queue among which the next free one is looked for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What takes time of a page, and the market it was made of."""

    made_of: tuple[Any, ...]
    tabs: tuple[Tab, ...]
    why: Sureness | None
    rivals: list[Rival]
    worths: list[Worth]
    saved: Saved | None
    kept: int
    """Of what reviewers were promised, how much the rule keeps."""


@dataclass
class _Held:
    parts: Parts | None = None


def brand(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One brand with all that a decision rests on."""
    store, settings = server.workspace.store, server.workspace.settings
    line = store.line(wanted["id"])
    record, may = metadata(server.workspace, line.brandid), actor.role.may(Role.REVIEWER)
    live = server.warm.glance(line)
    holder = _claimed(server, line, actor) if may else line.claimed_by
    versions = store.versions(line.brandid)
    parts = parts_of(server, live, line, record, versions)
    before = looking.look(server.workspace, actor.name, line.brandid, line.version) if may else None
    change = compared(server, live, line, versions, before, wanted.get("against", ""))
    courses = [m.confidence for m in versions]
    return render(
        "brand.html.j2", root=ROOT, line=line, record=record, may=may, settings=settings,
        pieces=drawn_pieces(record.rule, parts.worths), shut=shut_out(record.rule, parts.saved),
        names=names_of(live), change=change,
        codes=codes_of(live, record), strata=_strata(record), evidence=record.evidence,
        tabs=parts.tabs, why=parts.why, rivals=parts.rivals[:RIVALS],
        alike=_alike(server, record), versions=versions[::-1], actor=actor,
        course=spark(courses, "Confidence version by version"),
        remarks=store.remarks(line.brandid, "", REMARKS, None).items,
        kept=parts.kept, promises=store.constraints(line.brandid).get(line.brandid, ()),
        lessons=[one for one in store.lessons(line.brandid) if one.fate is Fate.OPEN],
        stops=stops_of(server.workspace, line), holder=holder, causes=MANUAL, idem=uuid4().hex,
        open=line.state is BrandState.AWAITING_REVIEW,
        undoable=line.state is BrandState.APPROVED,
    )  # fmt: skip


def parts_of(
    server: Server,
    live: Live,
    line: BrandLine,
    record: Metadata,
    versions: Sequence[Metadata],
) -> Parts:
    """What takes time, as it was made last where the brand's market has not changed since."""
    held = server.kept.get(f"brand:{line.brandid}", _Held)
    assert isinstance(held, _Held)
    now, statuses = live.now, tuple(m.status for m in versions)
    made_of = (now.answers, line.version, statuses, tuple(now.asked.get(line.brandid, ())))
    if held.parts is None or not _same(held.parts.made_of, made_of):
        held.parts = Parts(
            made_of,
            tabs_of(live, line.brandid, record.rule),
            sureness(live, record),
            rivals(live, line.brandid),
            worths(live, line.brandid, record.rule) if record.rule else [],
            saved(live, line.brandid, record.rule) if record.rule else None,
            _kept(live, line.brandid, record),
        )
    return held.parts


def _kept(live: Live, brandid: str, record: Metadata) -> int:
    promised = live.workspace.store.constraints(brandid).get(brandid, ())
    if not promised:
        return 0
    return len(promised) - len(broken(live, record.rule, live.trial(brandid, record.rule)))


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether both are of one market: its answers never change, so one is enough to look at."""
    return one[0] is other[0] and one[1:] == other[1:]


def make_ready(server: Server, actor: Actor, brandid: str) -> None:
    """Make what takes time of the brand that comes after this one; nobody has it by that."""
    for line in server.workspace.store.queue(QueueFilter(), AHEAD, None).items:
        if line.brandid != brandid and line.claimed_by in (None, actor.name):
            record = metadata(server.workspace, line.brandid)
            versions, live = server.workspace.store.versions(line.brandid), server.warm.glance(line)
            parts_of(server, live, line, record, versions)
            compared(server, live, line, versions)
            return


def _claimed(server: Server, line: BrandLine, actor: Actor) -> str | None:
    """Lend the brand to who opened it; whoever has it already keeps it."""
    if line.state is not BrandState.AWAITING_REVIEW:
        return line.claimed_by
    try:
        seconds = server.workspace.settings.review.claim_seconds
        return server.workspace.store.claim(line.brandid, actor.name, seconds).actor
    except ConflictError:
        return line.claimed_by


def _alike(server: Server, record: Metadata) -> tuple[int, int] | None:
    """Of versions as sure as this one, how many were approved; None where too few were seen."""
    approved, looks = alike(the_record(server, now=False), record.confidence)
    return (approved, looks) if looks >= FEWEST_ALIKE else None


def _strata(record: Metadata) -> list[tuple[str, int, int]]:
    """Kinds of narratives with rows covered and all, the worst covered first."""
    found: Any = record.evidence.get("strata", {})
    kinds = [(name, counts["covered"], counts["rows"]) for name, counts in found.items()]
    return sorted(kinds, key=lambda k: (k[1] / (k[2] or 1), k[0]))
