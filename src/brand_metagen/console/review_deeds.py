"""What reviewers do: decide, say what is wrong, try a pattern."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from brand_metagen.app import decisions, feedback
from brand_metagen.app.understanding import Submission
from brand_metagen.app.understanding import understand as understand_it
from brand_metagen.console.acts import Act, Deeds, Form, Reply
from brand_metagen.console.brand import make_ready
from brand_metagen.console.compared import check_opened
from brand_metagen.console.review import names_of
from brand_metagen.console.text import render
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import MANUAL, Actor, Cause, QueueFilter, Role, Verdict
from brand_metagen.web.state import Server

DONE = {
    Verdict.APPROVE: "Approved",
    Verdict.REJECT: "Rejected",
    Verdict.FLAG: "Flagged for an expert",
    Verdict.UNDO: "Approval taken back",
}


def _decide(verdict: Verdict) -> Act:
    def act(server: Server, actor: Actor, form: Form) -> Reply:
        brandid, version, note = form.text("brandid"), form.number("version"), form.text("note")
        if verdict is Verdict.APPROVE:
            check_opened(server, brandid, version, form.listed("opened"))
        causes = {cause.value: cause for cause in MANUAL}
        cause = causes.get(form.text("cause"), Cause.EXPERT_WANTED)
        made = decisions.decide(
            server.workspace, actor.name, brandid, verdict, version,
            note=note, key=form.text("idem"), cause=cause,
        )  # fmt: skip
        name = server.workspace.store.line(brandid).brandname
        say = f"{DONE[verdict]}: {name} v{made.version}."
        if verdict is Verdict.UNDO:
            return Reply(say, go=f"/brand/{brandid}", again=True)
        html = render(
            "decided.html.j2", verdict=verdict.value, say=say, brandid=brandid,
            version=made.version, undo=verdict is Verdict.APPROVE and made.state == "approved",
            idem=form.text("idem"),
        )  # fmt: skip
        return Reply(say, panel="last", html=html, go=_next(server, actor))

    return act


def _next(server: Server, actor: Actor) -> str:
    """The page of the brand that comes next, or the queue when nothing waits."""
    seconds = server.workspace.settings.review.claim_seconds
    found = server.workspace.store.claim_next(QueueFilter(), actor.name, seconds)
    return f"/brand/{found.brandid}" if found else "/queue"


def onward(server: Server, actor: Actor, form: Form) -> Reply:
    """Take the next brand; the one left stays claimed for a while, lest it come back at once."""
    del form
    go = _next(server, actor)
    return Reply("" if go != "/queue" else "Nothing else waits that nobody has.", go=go)


def _still_here(server: Server, actor: Actor, brandid: str) -> None:
    """Whoever works on a brand holds it longer, once half of their time is over."""
    store, seconds = server.workspace.store, server.workspace.settings.review.claim_seconds
    line, half = store.line(brandid), datetime.now(UTC) + timedelta(seconds=seconds / 2)
    until = line.claimed_until if line.claimed_by == actor.name else None
    if until and datetime.fromisoformat(until) < half:
        with suppress(ConflictError):  # somebody else took it, or the system is read-only
            store.claim(brandid, actor.name, seconds)


def ahead(server: Server, actor: Actor, form: Form) -> Reply:
    """Make the next brand's page ready while this one is read."""
    make_ready(server, actor, form.text("brandid"))
    return Reply(quiet=True)


def _submission(form: Form) -> Submission:
    return Submission(
        text=form.text("text"),
        belongs=form.rows("belongs"),
        does_not_belong=form.rows("does_not_belong"),
        mccids_in=tuple(form.text("mccids_in").replace(",", " ").split()),
        mccids_out=form.listed("mccids_out"),
    )


def understand(server: Server, actor: Actor, form: Form) -> Reply:
    """Show what would come of a remark, without keeping anything."""
    return _feedback(server, actor, form, dry_run=True)


def hint(server: Server, actor: Actor, form: Form) -> Reply:
    """How a remark reads so far; nothing is tried."""
    brandid, text = form.text("brandid"), form.text("text")
    _still_here(server, actor, brandid)
    said = understand_it(server.warm.glance(), actor.name, brandid, Submission(text=text))
    return Reply("", panel="hints", html=render("hints.html.j2", said=said))


def submit(server: Server, actor: Actor, form: Form) -> Reply:
    """Keep a remark; the answer is a new, proven version."""
    return _feedback(server, actor, form, dry_run=False)


def _feedback(server: Server, actor: Actor, form: Form, *, dry_run: bool) -> Reply:
    submission, brandid = _submission(form), form.text("brandid")
    if submission == Submission():
        raise InputError("say what is wrong, tick rows, or cross out a code; nothing was sent")
    live, version = server.warm.current(), form.number("version")
    if dry_run:
        _still_here(server, actor, brandid)
    # Two presses are one remark; another text on the same page is another one.
    key = "" if dry_run else f"{form.text('idem')[:80]}-{submission.digest(version)}"
    answer = feedback.submit(
        live, actor.name, brandid, version, submission, key=key, dry_run=dry_run
    )
    reply = dict(answer.reply)
    worded = bool(submission.text.strip())  # rows and codes alone raise no question
    html = render(
        "understood.html.j2", reply=reply, names=names_of(live), dry_run=dry_run, worded=worded
    )
    if dry_run or not reply["stored"] or reply["outcome"] not in ("applied", "held"):
        return Reply("", panel="understood", html=html)
    say = f"Version {reply['version']} was made." if reply["outcome"] == "applied" else "Kept."
    return Reply(say, go=f"/brand/{brandid}", again=True, spent=True)


DEEDS: Deeds = {
    "approve": (Role.REVIEWER, _decide(Verdict.APPROVE)),
    "reject": (Role.REVIEWER, _decide(Verdict.REJECT)),
    "flag": (Role.REVIEWER, _decide(Verdict.FLAG)),
    "undo": (Role.REVIEWER, _decide(Verdict.UNDO)),
    "next": (Role.REVIEWER, onward),
    "ahead": (Role.REVIEWER, ahead),
    "understand": (Role.REVIEWER, understand),
    "hint": (Role.REVIEWER, hint),
    "submit": (Role.REVIEWER, submit),
}
