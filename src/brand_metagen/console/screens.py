"""Pages over one socket: each builder asks who is there, gathers off the event loop, and shows."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import PageArguments, run, ui
from starlette.responses import RedirectResponse, Response

from brand_metagen import tracing
from brand_metagen.app.outages import as_ours
from brand_metagen.console import (
    acts,
    agents,
    alarms,
    analytics,
    board,
    brand,
    cache,
    cases,
    chat,
    home,
    incidents,
    lessons,
    messages,
    quality,
    queue,
    reports,
    runs,
    second,
    servers,
    system,
    ties,
    trouble,
    trying,
    users,
)
from brand_metagen.console.door import ROOT, Seat, seat_of, to_sign_in
from brand_metagen.console.places import SECTIONS, open_to, section_of
from brand_metagen.console.text import render
from brand_metagen.errors import NotFound
from brand_metagen.ports import Actor, Role
from brand_metagen.web.state import Server

Page = Callable[[Server, Actor, Mapping[str, str]], str]
PAGES: Mapping[str, Page] = {
    "/": home.home,
    "/queue": queue.queue,
    "/brand/{id}": brand.brand,
    "/second": second.second,
    "/try": trying.trying,
    "/ties": ties.ties,
    "/tie/{ccid}/{bankid}": ties.tie,
    "/quality": quality.quality,
    "/analytics": analytics.metrics,
    "/metric/{key}": analytics.metric,
    "/trends": analytics.trends,
    "/issues": analytics.issues,
    "/costly": analytics.costly,
    "/recommended": lessons.recommended,
    "/lessons": lessons.lessons,
    "/plans": analytics.plans,
    "/reports": reports.reports,
    "/health": system.health,
    "/alarms": alarms.alarms,
    "/alarm/{name}": alarms.alarm,
    "/logs": alarms.logs,
    "/routines": system.routine,
    "/diagnose": system.diagnose,
    "/log": system.log,
    "/messages": messages.messages,
    "/incidents": incidents.listed,
    "/incident/{id}": incidents.one,
    "/servers": servers.servers,
    "/server/{name}": servers.one,
    "/cache": cache.cache,
    "/users": users.users,
    "/user/{name}": users.user,
    "/agents": agents.agents,
    "/agent/{slug}": agents.agent,
    "/chat": chat.chat,
    "/cases": board.board,
    "/case-figures": board.figures,
    "/case/{id}": cases.case,
    "/runs": runs.runs,
}
KEYS = [(place.path, place.key) for part in SECTIONS for place in part.places if place.key]
TITLES = {place.path: place.title for section in SECTIONS for place in section.places}
HEAD = (
    f'<link rel="stylesheet" href="{ROOT}/static/console.css">'
    f'<link rel="stylesheet" href="{ROOT}/static/pages.css">'
    f'<script defer src="{ROOT}/static/live.js"></script>'
    f'<script defer src="{ROOT}/static/pieces.js"></script>'
    f'<script defer src="{ROOT}/static/console.js"></script>'
)


def root(server: Server) -> Response | None:
    """The frame around every page; who is not in is sent to sign in."""
    request = ui.context.client.request
    seat = seat_of(server, request)
    actor = seat.actor()
    if actor is None:
        return RedirectResponse(to_sign_in(request.url), 303)
    ui.add_head_html(HEAD)
    markup(
        render(
            "frame.html.j2", actor=actor, sections=SECTIONS, keys=KEYS, titles=TITLES, root=ROOT,
            free=not seat.secret,
        )
    )  # fmt: skip
    pages, seen = {**PAGES, "/{elsewhere}": nowhere}, Seen()
    ui.sub_pages({path: _builder(seat, seen, path, page) for path, page in pages.items()})
    ui.on("act", lambda event: _act(seat, seen, event.args))
    return None


@dataclass
class Seen:
    """What a tab shows: how its page is made, and what it was when it was made last."""

    make: Callable[[], str] = str
    html: str = ""


def markup(html: str) -> ui.html:
    """Markup of our own templates: the only place that shows any without cleaning it again."""
    return ui.html(html, sanitize=False)


def _builder(seat: Seat, seen: Seen, path: str, page: Page) -> Callable[..., Awaitable[None]]:
    async def build(args: PageArguments) -> None:
        wanted = {**dict(args.query_parameters), **args.path_parameters}
        seen.make = partial(_page, seat, path, page, wanted)
        seen.html = await run.io_bound(seen.make) or ""  # none while the server ends
        markup(seen.html)

    build.__annotations__["args"] = PageArguments  # looked up at run time, as no text
    return build


def _page(seat: Seat, path: str, page: Page, wanted: Mapping[str, str]) -> str:
    """A page under the places of its section, or why there is none; each is a trace."""
    with tracing.within(trace=tracing.new_trace(), operation="console page"):
        actor = Actor("", Role.VIEWER)
        try:
            with as_ours():
                found = seat.actor()
                if found is None:
                    return trouble.signed_out()
                actor = found
                shown = page(seat.server, actor, wanted)
        except trouble.CAUGHT as error:  # told to the reader, and to the log
            shown = trouble.page(error, actor)
        return _around(path, actor) + shown


def _around(path: str, actor: Actor) -> str:
    """The places beside a page."""
    section, here = section_of(path)
    places = open_to(section, actor.role) if section else []
    return render("sub.html.j2", section=section, places=places, here=here, root=ROOT)


def nowhere(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What stands at an address without a page."""
    del server, actor, wanted
    raise NotFound("there is no such page")


async def _live(seen: Seen, at: object) -> None:
    """Tell the page what it is now, if that is not what it was."""
    client, make = ui.context.client, seen.make
    html = await run.io_bound(make)
    if html is None or make is not seen.make:  # the server ends, or another page is shown
        return
    told = {"at": at, "html": "" if html == seen.html else html}
    seen.html = html
    with client:
        ui.run_javascript(f"bmg.live({json.dumps(told)})")


async def _act(seat: Seat, seen: Seen, args: Any) -> None:
    """Do what a page asks for, in a thread, and tell the page what came of it."""
    client = ui.context.client
    if isinstance(args, dict) and args.get("act") == "live":
        if not seat.server.limiter.request(seat.secret or "console"):
            await _live(seen, args.get("at"))
        return
    reply = await run.io_bound(acts.done, seat, args if isinstance(args, dict) else {})
    if reply is None or reply.quiet:  # the server ends, or nobody waits for an answer
        return
    with client:
        fields = ("say", "bad", "panel", "html", "spent")
        told = {name: getattr(reply, name) for name in fields}
        ui.run_javascript(f"bmg.reply({json.dumps(told)})")
        router = client.sub_pages_router
        if reply.go and reply.go != router.current_path:
            ui.navigate.to(reply.go)
        elif reply.again:
            await router.refresh()
