"""The ways to settle a case as guided steps: each shows its effect before anything is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from brand_metagen.app import brand_admin, proposals, resolving, splitting
from brand_metagen.app.brand_admin import UNLABELLED, Criteria, Update
from brand_metagen.app.correcting import Authority, Corrected
from brand_metagen.app.proposals import Proposal, ProposedPart, read_key
from brand_metagen.app.source_tables import source_folder
from brand_metagen.app.versions import Manual
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.review import names_of
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Method, Role
from brand_metagen.web.state import Server
from brand_metagen.web.trials import Trial, Trials

SETTLED = "Settled. Approve what came of it, tick the closing list, then close the case."


def trials(server: Server) -> Trials:
    """Where settings are tried."""
    found = server.kept.get("trials", lambda: Trials(server.workspace))
    assert isinstance(found, Trials)
    return found


def by_rule(server: Server, actor: Actor, form: Form) -> Reply:
    """Settle by a rule written by hand; its effect is shown first."""
    sure, exclude = form.text("sure") == "yes", form.text("exclude").strip()
    codes = tuple(form.text("codes").replace(",", " ").split())
    manual = Manual(form.text("include").strip(), exclude or None, codes, form.text("note"))
    live = server.warm.current()
    made = resolving.by_metadata(live, actor.name, form.text("case_id"), manual, dry_run=not sure)
    if sure:
        return Reply(SETTLED, again=True)
    html = render("effect.html.j2", effect=dict(made.effect), names=names_of(live))
    return Reply("", panel="effect", html=html)


def without_change(server: Server, actor: Actor, form: Form) -> Reply:
    """Settle by finding that all is as it should be."""
    resolving.without_change(server.workspace, actor.name, form.text("case_id"), form.text("note"))
    return Reply(SETTLED, again=True)


def correct(server: Server, actor: Actor, form: Form) -> Reply:
    """Correct the data for a case; what changes is shown first, then kept and the case settled."""
    sure = form.text("sure") == "yes"
    done = _corrected(server, _authority(actor, form), form, dry_run=not sure)
    return _kept(server, actor, form, done, Method.DATA_CORRECTION, sure=sure)


def _authority(actor: Actor, form: Form) -> Authority:
    by = form.text("authorised_by").strip()
    return Authority(actor.name, form.text("note"), by, form.text("case_id"))


def _corrected(server: Server, authority: Authority, form: Form, *, dry_run: bool) -> Corrected:
    workspace, what, brand = server.workspace, form.text("what"), form.text("brandid")
    if what == "rows":
        criteria = Criteria(
            mccids=tuple(form.text("mccids").replace(",", " ").split()),
            words=tuple(filter(None, map(str.strip, form.text("words").split(",")))),
            rows=_keys(form.text("rows")), pattern=form.text("pattern").strip(),
        )  # fmt: skip
        to, origin = form.text("to").strip(), brand or UNLABELLED
        if not to:
            raise InputError("say which brand the rows are given to")
        return brand_admin.reassign(workspace, authority, origin, to, criteria, dry_run=dry_run)
    if what == "brand":
        name, sector = form.text("name").strip(), form.text("sector").strip()
        update = Update(name=name or None, sector=sector or None)
    elif what == "cells":
        values = {n: form.text(n).strip() or None for n in ("mccid", "mid", "narrative")}
        update = Update(rows=_keys(form.text("cells")), **values)
    else:
        raise InputError("say what is to be corrected")
    return brand_admin.update(workspace, authority, brand, update, dry_run=dry_run)


def _keys(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(read_key(word) for word in text.replace(",", " ").split())


def _kept(
    server: Server, actor: Actor, form: Form, done: Corrected, method: Method, *, sure: bool
) -> Reply:
    """What changes, or the case settled by what was changed."""
    if not sure:
        return _shown(form, done, method)
    if not done.batch_id:
        raise InputError(
            f"nothing changes, so nothing was kept{f': {done.note}' * bool(done.note)}"
        )
    case_id, note = form.text("case_id"), form.text("note")
    resolving.by_corrections(server.workspace, actor.name, case_id, method, done.batch_id, note)
    return Reply(f"{done.batch_id} is kept. {SETTLED}", again=True)


def _shown(form: Form, done: Corrected, method: Method) -> Reply:
    act = "settle_split" if method is Method.BRAND_SPLIT else "settle_correct"
    html = render("corrected.html.j2", done=done, act=act, note=form.text("note"))
    return Reply("", panel="effect", html=html)


def propose(server: Server, actor: Actor, form: Form) -> Reply:
    """Look at a brand's rows: the brands they say it is."""
    del actor
    found = splitting.analyse(server.workspace, form.text("brandid"))
    kept = uuid4().hex
    server.kept.drop(_place(form.text("case_id")))
    server.kept.get(_place(form.text("case_id")), lambda: (kept, proposals.to_json(found)))
    return Reply("", panel="proposal", html=render("proposal.html.j2", proposal=found, kept=kept))


def _place(case_id: str) -> str:
    return f"proposal:{case_id}"


def split(server: Server, actor: Actor, form: Form) -> Reply:
    """Split the brand as proposed and edited; what changes is shown first."""
    sure, case_id = form.text("sure") == "yes", form.text("case_id")
    kept, plain = server.kept.get(_place(case_id), lambda: ("", None))
    if plain is None or kept != form.text("proposal"):
        raise InputError(
            "the proposal is not the one on the screen any more; look at the rows anew"
        )
    proposal = edited(proposals.from_json(json.loads(json.dumps(plain)), "the proposal"), form)
    done = splitting.apply(server.workspace, _authority(actor, form), proposal, dry_run=not sure)
    return _kept(server, actor, form, done, Method.BRAND_SPLIT, sure=sure)


def edited(proposal: Proposal, form: Form) -> Proposal:
    """A proposal as somebody left it: parts renamed, or left out (their rows go to humans)."""
    parts = (
        _edited(part, i, form)
        for i, part in enumerate(proposal.parts)
        if form.text(f"take-{i}") == "yes"
    )
    return replace(proposal, parts=tuple(parts))


def _edited(part: ProposedPart, place: int, form: Form) -> ProposedPart:
    given: Mapping[str, Any] = {
        "name": form.text(f"name-{place}").strip() or part.name,
        "brandid": form.text(f"id-{place}").strip() or part.brandid,
        "sector": form.text(f"sector-{place}").strip(),
    }
    return replace(part, **given)


def try_setting(server: Server, actor: Actor, form: Form) -> Reply:
    """Try a setting on the whole market, in a process of its own."""
    key, value = form.text("key"), form.text("value").strip()
    server.workspace.store.case(form.text("case_id"))
    trials(server).begin(actor.name, Trial(form.text("case_id"), key, value))
    return Reply(f"{key} = {value} is being tried; it takes as long as a run.", again=True)


def adopt_setting(server: Server, actor: Actor, form: Form) -> Reply:
    """Keep the setting that was tried, and settle the case by it; it is not tried again."""
    if not form.text("note").strip():
        raise InputError("say why the setting is changed")
    done = trials(server).adopt(actor.name, form.text("case_id"), form.text("note"))
    kept = ", ".join(f"{key} = {value}" for key, value in done.effect["settings"].items())
    return Reply(f"{kept} is written; the next run works with it. {SETTLED}", again=True)


def undo(server: Server, actor: Actor, form: Form) -> Reply:
    """Take the resolution back and open the case again."""
    live, note = server.warm.current(), form.text("note")
    resolving.undo(live, actor.name, form.text("case_id"), note)
    return Reply("Taken back; the case is open again.", again=True)


def learn(server: Server, actor: Actor, form: Form) -> Reply:
    """Learn brands anew over the tables of the last run, corrections as they stand."""
    brands = form.text("brands").split()
    run, _ = server.jobs.start(str(source_folder(server.workspace)), brands, actor.name)
    return Reply(f"{run.run_id} learns {len(brands)} brands anew.", go=f"/runs?run={run.run_id}")


DEEDS: Deeds = {
    "settle_rule": (Role.OPERATOR, by_rule),
    "settle_none": (Role.OPERATOR, without_change),
    "settle_correct": (Role.OPERATOR, correct),
    "settle_propose": (Role.OPERATOR, propose),
    "settle_split": (Role.OPERATOR, split),
    "settle_try": (Role.OPERATOR, try_setting),
    "settle_adopt": (Role.OPERATOR, adopt_setting),
    "settle_undo": (Role.OPERATOR, undo),
    "learn_anew": (Role.OPERATOR, learn),
}
