"""The board of escalations, and their figures: what waits at which stage, by which clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brand_metagen.app import analysing, escalation_report, escalations
from brand_metagen.app.escalations import CaseLine
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.charts import columns
from brand_metagen.console.clocks import ENDED, HINTS, STAGES, lying, replied, stage_of, waited
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import (
    MANUAL,
    Actor,
    CaseEvent,
    CaseFilter,
    Cause,
    Level,
    Role,
)
from brand_metagen.reports.periods import Span
from brand_metagen.web.state import Server

MOST = 50
CLOCKS = {"late": "breached", "soon": "soon"}
"""What an address calls cases that are past their time, or soon will be."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A case on the board: its stage, and its two clocks. `waited` are the seconds without a first
    reply (None = it was answered), `replied` those until there was one; `quiet` are seconds since
    anything was done by whoever has it, None = it is nobody's or was not left lying."""

    line: CaseLine
    stage: int
    waited: float | None
    replied: float | None
    quiet: float | None


def board(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Cases as a board by stage, the most urgent first."""
    ended = wanted.get("state") == "ended"
    states = ENDED if ended else CaseFilter().states
    level = next((lv for lv in Level if str(int(lv)) == wanted.get("level")), None)
    cause = next((c for c in Cause if c.value == wanted.get("cause")), None)
    owner = actor.name if wanted.get("mine") else wanted.get("owner", "")
    asked = [CaseFilter((state,), level, cause, wanted.get("brand", ""), owner) for state in states]
    found = [line for f in asked for line in escalations.listed(server.workspace, f, MOST).items]
    clock = CLOCKS.get(wanted.get("clock", ""), "")
    lines = [line for line in found if not clock or line.stands == clock]
    tickets = [_ticket(server, line) for line in lines]
    tickets.sort(key=lambda t: t.line.clock.left if t.line.clock.running else float("inf"))
    shown = range(4, 5) if ended else range(4)
    lanes = [(STAGES[i], HINTS[i], [t for t in tickets if t.stage == i]) for i in shown]
    return render(
        "cases.html.j2", root=ROOT, columns=lanes, level=level, levels=list(Level), ended=ended,
        wanted=wanted, most=MOST, full=len(found) >= MOST, may=actor.role.may(Role.OPERATOR),
        causes=MANUAL, every=list(Cause), cause=cause, actor=actor,
        narrowed=any(wanted.get(n) for n in ("level", "owner", "mine", "clock", "cause", "brand")),
    )  # fmt: skip


def _ticket(server: Server, line: CaseLine) -> Ticket:
    case, now = line.case, datetime.now(UTC)
    events: Sequence[CaseEvent] = ()
    if case.state not in ENDED:
        events = server.workspace.store.case_events(case.case_id)
    limit = timedelta(hours=server.workspace.settings.serve.quiet_hours)
    quiet = lying(case, events, now, limit)
    stage = 0 if quiet is not None else stage_of(case, events)
    return Ticket(line, stage, waited(case, now), replied(case, events), quiet)


def figures(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Escalations of a day, week or month in figures, and what recurs among all cases."""
    span = next((s for s in Span if s.value == wanted.get("span")), Span.WEEK)
    day = analysing.day(wanted["day"]) if wanted.get("day") else None
    made = escalation_report.report(server.workspace, span, day)
    found, recurring = made.figures, escalation_report.analyse(server.workspace)
    steps = [(str(b.period.first), (b.opened, b.resolved)) for b in found.trend]
    return render(
        "case_figures.html.j2", root=ROOT, actor=actor, span=span, spans=list(Span), f=found,
        recurring=recurring, title=made.page.period, day=wanted.get("day", ""),
        chart=columns(steps, "cases opened and settled", ("opened", "settled")),
    )  # fmt: skip


def open_case(server: Server, actor: Actor, form: Form) -> Reply:
    """Open a case by hand, of a brand or of none; or join the one that is open."""
    cause = next((c for c in Cause if c.value == form.text("cause")), None)
    if cause is None:
        raise InputError("choose why the case is opened")
    line, joined = escalations.create(
        server.workspace, actor.name, form.text("brandid").strip(), cause, form.text("reason"),
        level=Level(form.number("level")) if form.text("level") in ("1", "2", "3") else None,
    )  # fmt: skip
    name = line.case.case_id
    said = f"{name} is open{' for that already; your reason is with it' * joined}."
    return Reply(said, go=f"/case/{name}")


DEEDS: Deeds = {"case_open": (Role.OPERATOR, open_case)}
