"""The page of kept answers: how many, of what use, and which no longer hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from brand_metagen.app.catalogue_reading import data_of
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.mcp import cache_view
from brand_metagen.ports import Actor, Answer, Role
from brand_metagen.web.state import Server

MOST = 100
DAYS = 14


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with its age in seconds, and whether it no longer is fresh."""

    answer: Answer
    age: float
    stale: bool


def cache(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Figures, the answers of most use, and one of them in full if it is named."""
    store, now = server.workspace.store, datetime.now(UTC)
    most = server.workspace.settings.mcp.cache_entries
    made = cache_view.figures(store, now, data_of(server.workspace), most)
    key, stale_only = wanted.get("key", ""), wanted.get("show") == "stale"
    chosen = cache_view.one(store, key, wanted.get("server", "")) if key else None
    kept = [_kept(a, now) for a in cache_view.top(store, most)]
    shown = [k for k in kept if k.stale or not stale_only][:MOST]
    return render(
        "cache.html.j2", root=ROOT, figures=made, shown=shown, stale_only=stale_only,
        stale=sum(k.stale for k in kept), days=made.days[::-1][:DAYS],
        chosen=_kept(chosen, now) if chosen else None, may=actor.role.may(Role.OPERATOR),
    )  # fmt: skip


def _kept(answer: Answer, now: datetime) -> Kept:
    return Kept(answer, cache_view.age(answer, now), cache_view.is_stale(answer, now))


def forget(server: Server, actor: Actor, form: Form) -> Reply:
    """Forget answers by their key, those of other data, or all."""
    store, which = server.workspace.store, form.text("which")
    pattern = form.text("pattern").strip() if which == "pattern" else "*"
    if which not in ("pattern", "data", "all") or not pattern:
        raise InputError("say which answers: a key, where * stands for anything")
    other = data_of(server.workspace) if which == "data" else None
    dropped = store.drop_answers(pattern, other_data=other)
    detail = {"pattern": pattern, "data_changed": which == "data", "answers": dropped}
    store.note(actor.name, "cache_invalidated", "cache", detail)
    return Reply(f"{dropped:,} answers forgotten.", go="/cache", again=True)


def verify(server: Server, actor: Actor, form: Form) -> Reply:
    """Check every answer: key, size, times and shape."""
    del actor, form
    answers = server.workspace.store.kept_answers()
    faults = cache_view.faults(answers, server.workspace.settings.mcp.cache_entries)
    html = render("faults.html.j2", faults=faults, answers=len(answers))
    return Reply("", panel="faults", html=html)


DEEDS: Deeds = {
    "cache_forget": (Role.OPERATOR, forget),
    "cache_verify": (Role.OPERATOR, verify),
}
