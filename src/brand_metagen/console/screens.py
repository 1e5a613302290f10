"""Pages over one socket: each builder asks who is there, gathers off the event loop, and shows."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import PageArguments, run, ui
from starlette.responses import RedirectResponse, Response

from brand_metagen.app.outages import as_ours
from brand_metagen.console import acts, operate, review
from brand_metagen.console.door import ROOT, Seat, seat_of, to_sign_in
from brand_metagen.console.text import render
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Actor
from brand_metagen.web.state import Server

Page = Callable[[Server, Actor, Mapping[str, str]], str]
PAGES: Mapping[str, Page] = {
    "/": operate.home,
    "/queue": review.queue,
    "/brand/{id}": review.brand,
    "/try": review.trying,
    "/cases": operate.cases,
    "/case/{id}": operate.case,
    "/runs": operate.runs,
}
TABS = (
    ("/", "Home", "h"),
    ("/queue", "Review", "q"),
    ("/try", "Try it", "t"),
    ("/cases", "Escalations", "e"),
    ("/runs", "Runs", "r"),
)
HEAD = (
    f'<link rel="stylesheet" href="{ROOT}/static/console.css">'
    f'<script defer src="{ROOT}/static/console.js"></script>'
)


def root(server: Server) -> Response | None:
    """The frame around every page; who is not in is sent to sign in."""
    request = ui.context.client.request
    seat = seat_of(server, request)
    actor = seat.actor()
    if actor is None:
        return RedirectResponse(to_sign_in(request.url.path), 303)
    ui.add_head_html(HEAD)
    markup(render("frame.html.j2", actor=actor, tabs=TABS, root=ROOT, free=not seat.secret))
    pages = {**PAGES, "/{elsewhere}": nowhere}
    ui.sub_pages({path: _builder(seat, page) for path, page in pages.items()})
    ui.on("act", lambda event: _act(seat, event.args))
    return None


def markup(html: str) -> ui.html:
    """Markup of our own templates: the only place that shows any without cleaning it again."""
    return ui.html(html, sanitize=False)


def _builder(seat: Seat, page: Page) -> Callable[..., Awaitable[None]]:
    async def build(args: PageArguments) -> None:
        wanted = {**dict(args.query_parameters), **args.path_parameters}
        html = await run.io_bound(_page, seat, page, wanted)
        markup(html or "")  # none while the server ends

    build.__annotations__["args"] = PageArguments  # looked up at run time, as no text
    return build


def _page(seat: Seat, page: Page, wanted: Mapping[str, str]) -> str:
    """A page, or why there is none."""
    actor = seat.actor()
    if actor is None:
        said = "Your session ended. Sign in again; what was decided is kept."
        return render("error.html.j2", title="Signed out", error=said, away=True)
    try:
        with as_ours():
            return page(seat.server, actor, wanted)
    except BrandMetagenError as error:
        title = "This cannot be shown"
        return render("error.html.j2", title=title, error=error, away=False)


def nowhere(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What stands at an address without a page."""
    del server, actor, wanted
    return render("error.html.j2", title="No such page", error="Nothing is here.", away=False)


async def _act(seat: Seat, args: Any) -> None:
    """Do what a page asks for, in a thread, and tell the page what came of it."""
    client = ui.context.client
    reply = await run.io_bound(acts.done, seat, args if isinstance(args, dict) else {})
    if reply is None:  # the server ends
        return
    with client:
        told = {"say": reply.say, "bad": reply.bad, "panel": reply.panel, "html": reply.html}
        ui.run_javascript(f"bmg.reply({json.dumps(told)})")
        router = client.sub_pages_router
        if reply.go and reply.go != router.current_path:
            ui.navigate.to(reply.go)
        elif reply.again:
            await router.refresh()
