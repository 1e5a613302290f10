"""What operators do: work on cases, and steer runs."""

from __future__ import annotations

from collections.abc import Callable

from brand_metagen.app import escalations, resolving, runs
from brand_metagen.app.versions import Manual
from brand_metagen.console.acts import Act, Deeds, Form, Reply
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Method, Role, Wish
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


def resolve(server: Server, actor: Actor, form: Form) -> Reply:
    """Settle a case; a rule by hand is shown with its effect first."""
    case_id, note = form.text("case_id"), form.text("note")
    if form.text("method") not in {method.value for method in Method}:
        raise InputError("say how the case was settled")
    method = Method(form.text("method"))
    if method is Method.MANUAL_METADATA:
        return _by_rule(server, actor, form)
    if method is Method.NO_CHANGE:
        resolving.without_change(server.workspace, actor.name, case_id, note)
    else:
        batch = form.text("batch_id")
        resolving.by_corrections(server.workspace, actor.name, case_id, method, batch, note)
    return Reply("Resolved. Tick the closing list, then close the case.", again=True)


def _by_rule(server: Server, actor: Actor, form: Form) -> Reply:
    dry_run, exclude = form.text("dry_run") == "yes", form.text("exclude").strip()
    codes = tuple(form.text("codes").replace(",", " ").split())
    manual = Manual(form.text("include").strip(), exclude or None, codes, form.text("note"))
    live = server.warm.current()
    made = resolving.by_metadata(live, actor.name, form.text("case_id"), manual, dry_run=dry_run)
    if not dry_run:
        return Reply("Resolved by a rule by hand.", again=True)
    names = {brandid: brand.brandname for brandid, brand in live.market.brands.items()}
    html = render("effect.html.j2", effect=dict(made.effect), names=names)
    return Reply("", panel="effect", html=html)


def verify(server: Server, actor: Actor, form: Form) -> Reply:
    """What stands behind each point of the closing list."""
    del actor
    found = resolving.verify(server.warm.current(), form.text("case_id"))
    return Reply("", panel="verified", html=render("verified.html.j2", findings=found))


def close(server: Server, actor: Actor, form: Form) -> Reply:
    """End a resolved case."""
    escalations.close(
        server.workspace, actor.name, form.text("case_id"),
        form.text("preventive"), form.text("lessons"), form.text("note"),
    )  # fmt: skip
    return Reply("Closed.", again=True)


def _wish(wanted: Wish) -> Act:
    def act(server: Server, actor: Actor, form: Form) -> Reply:
        del actor
        runs.wish(server.workspace, form.text("run_id"), wanted)
        return Reply(f"Asked to {wanted.value}; heeded after the step it is in.", again=True)

    return act


def resume(server: Server, actor: Actor, form: Form) -> Reply:
    """Go on with a run that was cut off."""
    del actor
    run = server.jobs.resume(form.text("run_id"))
    return Reply(f"{run.run_id} goes on.", again=True)


def start(server: Server, actor: Actor, form: Form) -> Reply:
    """Begin a run over a folder below the data root."""
    run, _ = server.jobs.start(form.text("data"), (), actor.name, form.text("idem"))
    return Reply(f"{run.run_id} was begun.", again=True)


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
    "resolve": (Role.OPERATOR, resolve),
    "verify": (Role.VIEWER, verify),
    "close": (Role.OPERATOR, close),
    "run_pause": (Role.OPERATOR, _wish(Wish.PAUSE)),
    "run_stop": (Role.OPERATOR, _wish(Wish.STOP)),
    "run_resume": (Role.OPERATOR, resume),
    "run_start": (Role.OPERATOR, start),
}
