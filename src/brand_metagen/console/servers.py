"""Pages of MCP: our servers in the background, the servers that are asked, and how they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brand_metagen.analytics.timing import Asked, Timing, timings
from brand_metagen.app.catalogue_reading import data_of
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError, NotFound
from brand_metagen.mcp import permissions, process
from brand_metagen.mcp.process import USUAL_PORTS, Background, Place
from brand_metagen.mcp.servers_file import ServerSpec, servers_of
from brand_metagen.ports import Actor, AuditRow, Role
from brand_metagen.web.state import Server

if TYPE_CHECKING:
    from brand_metagen.mcp.sources import Sources

LOG_LINES = 200
LATEST = 1_000
"""Questions of the audit log that figures are made of."""
TROUBLES = 8
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ours:
    """One of our servers, and where it listens if it runs."""

    name: str
    there: Background | None
    port: int


def servers(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What runs, what is asked, and how it answers."""
    del wanted
    workspace = server.workspace
    specs, trouble = _specs(server)
    calls = workspace.store.recent(LATEST, actions=("mcp_call",))
    failed = [row for row in calls if row.detail.get("outcome") in ("failed", "last_good")]
    return render(
        "servers.html.j2", root=ROOT, actor=actor,
        ours=[_ours(server, name) for name in USUAL_PORTS],
        specs=specs, trouble=trouble, times=_times(server, calls), failed=failed[:TROUBLES],
        may=actor.role.may(Role.OPERATOR), calls=len(calls),
    )  # fmt: skip


def _ours(server: Server, name: str) -> Ours:
    place = Place(server.workspace.folder, name)
    return Ours(name, process.running(place), USUAL_PORTS[name])


def _specs(server: Server) -> tuple[Sequence[ServerSpec], str]:
    """The servers that are asked; none and why where their file cannot be read."""
    try:
        return servers_of(server.workspace.folder), ""
    except InputError as error:
        return (), str(error)


def _times(server: Server, calls: Sequence[AuditRow]) -> list[Timing]:
    asked = [
        Asked(
            row.subject, str(row.detail.get("tool", "")), str(row.detail.get("outcome", "")),
            float(str(row.detail.get("seconds", 0.0))),
        )
        for row in calls
    ]  # fmt: skip
    return timings(asked, server.workspace.settings.mcp.slow_seconds)


def one(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One of our servers with the end of its log."""
    name = wanted["name"]
    if name not in USUAL_PORTS:
        raise NotFound(f"no server of ours is called {name!r}; there are {', '.join(USUAL_PORTS)}")
    try:
        lines, trouble = process.logs(Place(server.workspace.folder, name), LOG_LINES), ""
    except InputError as error:
        lines, trouble = [], str(error)
    tools = [(tool, role) for which, tool, role in permissions.TOOLS if which == name]
    return render(
        "server.html.j2", root=ROOT, actor=actor, our=_ours(server, name), lines=lines,
        trouble=trouble, may=actor.role.may(Role.OPERATOR), tools=tools,
    )  # fmt: skip


def _place(server: Server, form: Form) -> Place:
    name = form.text("name")
    if name not in USUAL_PORTS:
        raise InputError(f"no server of ours is called {name!r}")
    return Place(server.workspace.folder, name)


def _options(form: Form, name: str) -> list[str]:
    port = form.number("port") if form.text("port") else USUAL_PORTS[name]
    return ["--host", HOST, "--port", str(port)]


def start(server: Server, actor: Actor, form: Form) -> Reply:
    """Start one of our servers in the background, on this machine only."""
    place = _place(server, form)
    found = process.start(place, _options(form, place.which))
    _noted(server, actor, "mcp server started", found.which, found.url)
    return Reply(f"{found.which} answers at {found.url}.", again=True)


def stop(server: Server, actor: Actor, form: Form) -> Reply:
    """End one of our servers; no other process is ever touched."""
    place = _place(server, form)
    found = process.stop(place)
    if found is None:
        return Reply(f"{place.which} did not run.", again=True)
    _noted(server, actor, "mcp server stopped", found.which, found.url)
    return Reply(f"{found.which} is stopped.", again=True)


def restart(server: Server, actor: Actor, form: Form) -> Reply:
    """End one of our servers and start it anew."""
    process.stop(_place(server, form))
    return start(server, actor, form)


def _noted(server: Server, actor: Actor, action: str, which: str, url: str) -> None:
    server.workspace.store.note(actor.name, action, f"mcp:{which}", {"url": url})


@contextmanager
def asking(server: Server, actor: Actor) -> Iterator[Sources]:
    """A client of the servers that are asked; InputError where what it needs is not installed."""
    try:
        from brand_metagen.mcp.sources import Sources
    except ModuleNotFoundError as error:
        raise InputError(f"this needs {error.name}: pip install 'brand-metagen[agents]'") from error
    workspace = server.workspace
    specs, data = servers_of(workspace.folder), data_of(workspace)
    with Sources(
        specs, workspace.settings.mcp, workspace.store, data=data, actor=actor.name
    ) as sources:
        yield sources


def sources(server: Server, actor: Actor, form: Form) -> Reply:
    """Try to read everything that answers are made of."""
    del form
    found = list(permissions.sources(server.workspace))
    return Reply("", panel="sources", html=render("sources.html.j2", sources=found, actor=actor))


def test(server: Server, actor: Actor, form: Form) -> Reply:
    """Walk the whole way to an answer of one server, and show where it breaks."""
    from brand_metagen.mcp.walk import walk

    name = form.text("query").strip() or "Starbucks"
    with asking(server, actor) as sources:
        stops = list(walk(sources, sources.spec(form.text("name")), name))
    return Reply("", panel="walked", html=render("walked.html.j2", stops=stops, actor=actor))


DEEDS: Deeds = {
    "mcp_start": (Role.OPERATOR, start),
    "mcp_stop": (Role.OPERATOR, stop),
    "mcp_restart": (Role.OPERATOR, restart),
    "mcp_sources": (Role.VIEWER, sources),
    "mcp_test": (Role.OPERATOR, test),
}
