"""Pages of contested rows: the list, and the brands of one side by side."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from brand_metagen.app import escalations, feedback
from brand_metagen.app.contested import contest, contested
from brand_metagen.app.understanding import Submission
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.review import names_of
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, Cause, Role
from brand_metagen.web.state import Server

MOST = 200
"""Kinds of contested rows on one page."""


def ties(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Contested rows, alike ones folded, those that most rows hang on first."""
    del actor
    live = server.warm.glance()
    names = names_of(live)
    settled, brandid = wanted.get("show") == "all", wanted.get("brand", "")
    found = contested(live, open_only=not settled, brandid=brandid)
    return render(
        "ties.html.j2", root=ROOT, found=found[:MOST], kinds=len(found), names=names,
        rows=sum(c.rows for c in found if not c.settled), settled=settled, brandid=brandid,
    )  # fmt: skip


def tie(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One contested row: each brand's claim, what speaks for it, and how to settle it."""
    live = server.warm.glance()
    found, sides = contest(live, wanted["ccid"], wanted["bankid"])
    return render(
        "tie.html.j2", root=ROOT, found=found, sides=sides, may=actor.role.may(Role.REVIEWER),
        idem=uuid4().hex, code=live.market.mccs.get(found.mccid), names=names_of(live),
    )  # fmt: skip


def give(server: Server, actor: Actor, form: Form) -> Reply:
    """Say whose a row is: shown first, then kept as a remark on the brand's rule."""
    live, brandid, version = server.warm.current(), form.text("brandid"), form.number("version")
    key = (form.text("ccid"), form.text("bankid"))
    dry_run, submission = form.text("sure") != "yes", Submission(belongs=(key,))
    idem = "" if dry_run else f"{form.text('idem')[:80]}-{submission.digest(version)}"
    answer = feedback.submit(
        live, actor.name, brandid, version, submission, key=idem, dry_run=dry_run
    )
    reply, names = dict(answer.reply), names_of(live)
    if not dry_run and reply["stored"] and reply["outcome"] in ("applied", "held"):
        return Reply(f"The row is {names[brandid]}'s.", go="/ties", again=True)
    html = render(
        "tie_given.html.j2", reply=reply, names=names, dry_run=dry_run, brandid=brandid,
        version=version, key=key, idem=form.text("idem"),
    )  # fmt: skip
    return Reply("", panel="given", html=html)


SPLIT = {"several": Cause.SEVERAL_BRANDS, "human": Cause.AMBIGUOUS_NAME}


def hand_over(server: Server, actor: Actor, form: Form) -> Reply:
    """Open a case: the brand is several brands, or nobody here can tell."""
    cause = SPLIT.get(form.text("cause"), Cause.AMBIGUOUS_NAME)
    note = form.text("note").strip()
    reason = f"{note or 'contested row'}: {form.text('narrative')}"
    line, joined = escalations.create(
        server.workspace, actor.name, form.text("brandid"), cause, reason
    )
    said = "joined" if joined else "opened"
    return Reply(f"{line.case.case_id} {said}.", go=f"/case/{line.case.case_id}")


DEEDS: Deeds = {
    "tie_give": (Role.REVIEWER, give),
    "tie_case": (Role.REVIEWER, hand_over),
}
