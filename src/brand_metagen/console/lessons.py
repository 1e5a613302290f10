"""Pages of what the record teaches: what it recommends, and lessons from brand to brand."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from brand_metagen.analytics.evidence import FIGURES, ISSUE
from brand_metagen.analytics.history import History
from brand_metagen.analytics.learning import effects, manual_work, taught
from brand_metagen.analytics.priors import Doubt
from brand_metagen.app import analysing, doubting, learning, recommending
from brand_metagen.app import lessons as using
from brand_metagen.app.recommending import Recommendation
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.analytics import span_of
from brand_metagen.console.charts import spark
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import of_record, record
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, Fate, Role
from brand_metagen.web.state import Server

WEEK = 7
MOST = 60


def recommended(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What the record of a period asks for, the gravest first, and settings it speaks against."""
    span, workspace = span_of(server, wanted), server.workspace

    def asked(history: History) -> tuple[list[Recommendation], list[Doubt]]:
        doubts = doubting.against(workspace, history)
        return recommending.recommendations(workspace, span.period, history, doubts), doubts

    found, doubts = of_record(server, ("recommended", span.period), asked)
    return render(
        "recommended.html.j2", root=ROOT, actor=actor, span=span, here="/recommended",
        doubts=doubts,
        found=[(r, _path(r.about)) for r in found], names=record(server).names,
    )  # fmt: skip


def _path(about: str) -> str:
    """Where what a recommendation is about is looked at; empty = nowhere here."""
    if about == "lessons":
        return "/lessons"
    if about.startswith("brand "):
        return f"/brand/{quote(about.removeprefix('brand '), safe='')}"
    keys = [key for key in (about, f"{ISSUE}{about}") if key in FIGURES]
    return f"/metric/{keys[0]}" if keys else ""


def lessons(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Whether manual work falls, and what reviews of brands teach others."""
    workspace, history = server.workspace, record(server)
    period = learning.period(workspace, wanted.get("from", ""), wanted.get("to", ""))
    steps = [analysing.stretch(step) for step in analysing.steps(period, WEEK)]
    work = [
        (one, spark([s.counted.value for s in one.trend.steps], one.trend.metric.title))
        for one in manual_work(history, steps)
    ]
    fate = wanted.get("fate", Fate.OPEN.value)
    listed = [one for one in workspace.store.lessons() if one.fate.value == fate]
    return render(
        "lessons.html.j2", root=ROOT, work=work, period=period, taught=taught(history)[:MOST],
        effects=effects(history, history.lessons), lessons=listed[:MOST], all=len(listed),
        fate=fate, fates=list(Fate), names=history.names, may=actor.role.may(Role.REVIEWER),
    )  # fmt: skip


def adopt(server: Server, actor: Actor, form: Form) -> Reply:
    """Ask a brand for what another brand's review taught; its effect is shown first."""
    live, sure = server.warm.current(), form.text("sure") == "yes"
    lesson_id = form.text("lesson_id")
    if sure:
        done = using.adopt(live, actor.name, lesson_id)
        return Reply(f"{lesson_id}: {done.outcome}, v{done.version}.", again=True)
    found = using.tried(live, actor.name, using.lesson_of(server.workspace, lesson_id))
    html = render("lesson_tried.html.j2", found=found, names=record(server).names)
    return Reply("", panel=f"tried-{lesson_id}", html=html)


def refuse(server: Server, actor: Actor, form: Form) -> Reply:
    """Say that a lesson does not hold for its brand."""
    done = using.refuse(server.workspace, actor.name, form.text("lesson_id"), form.text("note"))
    return Reply(f"{done.lesson_id} is refused.", again=True)


DEEDS: Deeds = {
    "lesson_adopt": (Role.REVIEWER, adopt),
    "lesson_refuse": (Role.REVIEWER, refuse),
}
