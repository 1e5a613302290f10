"""What operators do: work on cases, and steer runs."""

from __future__ import annotations

from collections.abc import Callable

from brand_metagen.app import escalations, runs
from brand_metagen.console.acts import Act, Deeds, Form, Reply
from brand_metagen.ports import Actor, Role, Wish
from brand_metagen.web.state import Server


def _simple(act: Callable[..., object], say: str) -> Act:
    """An act on a case that takes a reason and nothing else."""

    def acted(server: Server, actor: Actor, form: Form) -> Reply:
        act(server.workspace, actor.name, form.text("case_id"), form.text("note"))
        return Reply(say, again=True)

    return acted


def assign(server: Server, actor: Actor, form: Form) -> Reply:
    """Give a case to somebody, or take it."""
    owner = form.text("assignee") or actor.name
    escalations.assign(server.workspace, actor.name, form.text("case_id"), owner)
    return Reply(f"{owner} has the case now.", again=True)


def check(server: Server, actor: Actor, form: Form) -> Reply:
    """Tick a point of a checklist, or untick it."""
    ticked = form.text("done") == "yes"
    points = (form.text("point"),)
    escalations.check(server.workspace, actor.name, form.text("case_id"), points, done=ticked)
    return Reply("Ticked." if ticked else "Unticked.", again=True)


def close(server: Server, actor: Actor, form: Form) -> Reply:
    """End a resolved case."""
    escalations.close(
        server.workspace, actor.name, form.text("case_id"),
        form.text("preventive"), form.text("lessons"), form.text("note"),
    )  # fmt: skip
    return Reply("Closed.", again=True)


WISHED = {Wish.RUN: "run to go on", Wish.PAUSE: "run to pause", Wish.STOP: "run to stop"}
"""What the audit log says that somebody wanted."""
SAID = {
    Wish.RUN: "It goes on.",
    Wish.PAUSE: "Asked to pause; heeded after the step it is in.",
    Wish.STOP: "Asked to stop; heeded after the step it is in.",
}


def _wish(wanted: Wish) -> Act:
    def act(server: Server, actor: Actor, form: Form) -> Reply:
        run = runs.wish(server.workspace, form.text("run_id"), wanted)
        server.workspace.store.note(actor.name, WISHED[wanted], run.run_id, {})
        return Reply(SAID[wanted], again=True)

    return act


def resume(server: Server, actor: Actor, form: Form) -> Reply:
    """Go on with a run that was cut off."""
    del actor
    run = server.jobs.resume(form.text("run_id"))
    return Reply(f"{run.run_id} goes on.", again=True)


def start(server: Server, actor: Actor, form: Form) -> Reply:
    """Begin a run over a folder below the data root."""
    brands = form.text("brands").replace(",", " ").split()
    run, _ = server.jobs.start(form.text("data"), brands, actor.name, form.text("idem"))
    return Reply(f"{run.run_id} was begun.", go=f"/runs?run={run.run_id}")


def again(server: Server, actor: Actor, form: Form) -> Reply:
    """Show the page as things stand now."""
    del server, actor, form
    return Reply(again=True)


DEEDS: Deeds = {
    "again": (Role.VIEWER, again),
    "assign": (Role.OPERATOR, assign),
    "check": (Role.OPERATOR, check),
    "note": (Role.REVIEWER, _simple(escalations.note, "Noted.")),
    "raise": (Role.OPERATOR, _simple(escalations.raise_level, "Raised to the next level.")),
    "pause": (Role.OPERATOR, _simple(escalations.pause, "The clock stands still.")),
    "resume": (Role.OPERATOR, _simple(escalations.resume, "The clock runs.")),
    "reopen": (Role.OPERATOR, _simple(escalations.reopen, "Open again.")),
    "cancel": (Role.OPERATOR, _simple(escalations.cancel, "Cancelled.")),
    "close": (Role.OPERATOR, close),
    "run_pause": (Role.OPERATOR, _wish(Wish.PAUSE)),
    "run_go": (Role.OPERATOR, _wish(Wish.RUN)),
    "run_stop": (Role.OPERATOR, _wish(Wish.STOP)),
    "run_resume": (Role.OPERATOR, resume),
    "run_start": (Role.OPERATOR, start),
}
