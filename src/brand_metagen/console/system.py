"""Pages of operations: health, routines, troubles searched for, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from brand_metagen.app import accounts, diagnosing, routine_notes, routines
from brand_metagen.app.analysing import zone
from brand_metagen.app.guards import said
from brand_metagen.app.health import Condition, worst
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.answers import answers
from brand_metagen.console.door import ROOT
from brand_metagen.console.home import parts
from brand_metagen.console.kept import log_check, record
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Mode, Role, RunState
from brand_metagen.web.state import Server

PAGE = 100
WHAT: Mapping[str, str] = {
    "high-escalation": "More than one brand in ten escalates",
    "poor-quality": "Few brands are approved at first look, or it takes many rounds",
    "mcp-failures": "Servers that are asked do not answer, or answer wrongly",
    "no-improvement": "Rounds of feedback that make a brand no surer",
    "stuck": "Round counters that do not follow their rounds",
    "slow-processing": "Runs or the store take long",
    "not-processed": "Remarks that nothing came of, because processing them failed",
    "endless-loop": "Feedback that brings the same rule back again and again",
    "source": "Runs or their sources fail",
    "damage": "Parts that do not work",
    "feedback": "More feedback in a day than usual",
}
"""What each scenario searches for, in words."""


def health(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Every part with what to do, and what may change."""
    del wanted
    checks, mode = parts(server), server.workspace.store.mode()
    return render(
        "health.html.j2", root=ROOT, actor=actor, checks=checks, worst=worst(checks),
        Condition=Condition, mode=mode, Mode=Mode, walked=log_check(server).at,
        may=actor.role.may(Role.OPERATOR), market=server.warm.readiness.value,
        answers=answers(server), logs=actor.role.may(Role.OPERATOR), going=_going(server),
    )  # fmt: skip


def _going(server: Server) -> str:
    """The run that goes on, empty = none."""
    found = [run.run_id for run in server.workspace.store.runs() if run.state is RunState.RUNNING]
    return found[-1] if found else ""


def walk_log(server: Server, actor: Actor, form: Form) -> Reply:
    """Walk the audit log's chain now."""
    del actor, form
    found = log_check(server)
    found.walk(server)
    return Reply(found.check.said if found.check else "Somebody walks it already.", again=True)


def set_mode(server: Server, actor: Actor, form: Form) -> Reply:
    """Pause the system, make it read-only, or let it go on."""
    if form.text("mode") not in tuple(Mode):
        raise InputError("choose what may change")
    mode = Mode(form.text("mode"))
    reason = said(server.workspace, form.text("note"), "say why" if mode is not Mode.NORMAL else "")
    line = server.workspace.store.set_mode(mode, actor.name, reason)
    return Reply(f"The system is {line.mode.value.replace('_', '-')} now.", again=True)


def routine(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """A routine's list with today's figures and ticks."""
    name = wanted.get("name", "") or _usual(server)
    points = routines.walk(server.workspace, name, record=record(server))
    return render(
        "routines.html.j2", root=ROOT, actor=actor, name=name, names=list(routines.ROUTINES),
        points=points,
        done=sum(bool(p.done_by) for p in points), may=actor.role.may(Role.REVIEWER),
        pages=PAGES,
    )  # fmt: skip


PAGES: Mapping[str, str] = {
    "alerts": "/alarms",
    "health": "/health",
    "adopt": "/lessons",
    "queue": "/queue",
    "urgent": "/queue",
    "escalations": "/cases",
    "metrics": "/analytics",
    "processing": "/runs",
    "issues": "/diagnose",
    "common": "/issues",
    "plans": "/plans",
    "trends": "/trends",
    "closing": "/cases",
    "lessons": "/cases?state=ended",
    "done": "/analytics",
}
"""Where a point of a routine is looked at."""
NOON, EVENING = 12, 17


def _usual(server: Server) -> str:
    """The routine of this hour in the zone that days are counted in."""
    hour = datetime.now(UTC).astimezone(zone(server.workspace)).hour
    return "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"


def tick(server: Server, actor: Actor, form: Form) -> Reply:
    """Write down that a point was done."""
    name, point = form.text("name"), form.text("point")
    routines.tick(server.workspace, actor.name, name, point, form.text("note"))
    routine_notes.write_notes(server.workspace, name, routines.walk(server.workspace, name))
    return Reply("Ticked.", again=True)


def diagnose(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Search for one trouble or for all, with what shows it and what to do."""
    chosen = wanted.get("name", "all")
    found = diagnosing.diagnose(
        server.workspace, chosen, record=record(server), checks=lambda: parts(server)
    )
    return render(
        "diagnose.html.j2", root=ROOT, actor=actor, found=found, chosen=chosen,
        walked=log_check(server).at, scenarios=[(n, WHAT[n]) for n in diagnosing.SCENARIOS],
    )  # fmt: skip


def log(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The audit log, newest first, or one person's, one kind of acts, or those on one thing."""
    accounts.need(actor, Role.ADMIN)
    who, action, of = (wanted.get(name, "")[:100] for name in ("who", "action", "of"))
    at = wanted.get("before", "")
    before = int(at) if at.isascii() and at.isdecimal() and len(at) < 18 else 0
    actions = (action,) if action else ()
    rows = server.workspace.store.recent(PAGE, who, actions, subject=of, before=before)
    kept = {"who": who, "action": action, "of": of}
    query = urlencode({name: value for name, value in kept.items() if value})
    return render(
        "log.html.j2", root=ROOT, rows=rows, who=who, action=action, of=of, query=query,
        walked=log_check(server), names=record(server, now=False).names, before=before,
        older=f"&before={rows[-1].sequence}" if len(rows) == PAGE else "",
    )  # fmt: skip


DEEDS: Deeds = {
    "log_walk": (Role.OPERATOR, walk_log),
    "mode_set": (Role.OPERATOR, set_mode),
    "tick": (Role.REVIEWER, tick),
}
