"""The page of the second look: a version as a reviewer sees it, without what the first one said."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.app import accounts, second_look
from brand_metagen.app.queries import metadata
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.review import codes_of, drawn_pieces, names_of, shut_out, tabs_of
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, Role
from brand_metagen.web.state import Server


def second(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The next approval of somebody else that was drawn; who, and how sure, is not shown."""
    del wanted
    accounts.need(actor, Role.REVIEWER)
    left = second_look.waiting(server.workspace, actor.name)
    if not left:
        found = second_look.agreement(server.workspace)
        share = server.workspace.settings.review.second_look_share
        return render("second_none.html.j2", root=ROOT, found=found, share=share)
    line = server.workspace.store.line(left[0].brandid)
    record = metadata(server.workspace, line.brandid, left[0].version)
    live, rule = server.warm.glance(line), record.rule
    return render(
        "second.html.j2", root=ROOT, line=line, record=record, left=len(left),
        pieces=drawn_pieces(rule), shut=shut_out(rule), codes=codes_of(live, record),
        names=names_of(live), tabs=tabs_of(live, line.brandid, rule),
    )  # fmt: skip


def answer(server: Server, actor: Actor, form: Form) -> Reply:
    """Say whether you would have approved it."""
    brandid, version = form.text("brandid"), form.number("version")
    agrees = form.text("agrees") == "yes"
    found = second_look.answer(
        server.workspace, actor.name, brandid, version, form.text("note"), agrees=agrees
    )
    say = f"Noted. Second looks disagreed {found.disagreed} of {found.looks} times."
    return Reply(say, go="/second", again=True)


DEEDS: Deeds = {"second_look": (Role.REVIEWER, answer)}
