"""`mcp`: our servers, and what other people's servers say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brand_metagen.cli import mcp_serving
from brand_metagen.cli.asking import ConfigOption, ServerOption, asking, chosen
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
)
from brand_metagen.errors import InputError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from brand_metagen.mcp.sources import Reply

app = typer.Typer(
    help="Serve the Model Context Protocol, and ask other servers.", no_args_is_help=True
)
for verb in ("serve", "start", "stop", "restart", "status", "logs"):
    app.command(verb)(getattr(mcp_serving, verb))

ArgumentsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME=TEXT|NAME:=JSON…", help="The tool's arguments."),
]


@app.command("tools")
def tools(
    server: Annotated[str, typer.Argument(metavar="[SERVER]", help="All by default.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """The tools of the servers that are configured.

    Our own where none is.
    """
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp.failures import Failure

    found, troubles = [], []
    with asking(workspace, config, changes) as (_, sources):
        for spec in [sources.spec(server)] if server else sources.specs:
            try:
                found += sources.tools(spec)
            except Failure as failure:
                troubles.append((spec.name, failure))
    if as_json:
        print_json(
            {
                "tools": found,
                "failed": [
                    {"server": n, "kind": f.kind, "message": str(f), "advice": f.advice}
                    for n, f in troubles
                ],
            }
        )
    else:
        rows = [(t.server, t.tool, ", ".join(_names(t.arguments)), t.description) for t in found]
        out.print(table("", ("server", "tool", "arguments", "what it does"), rows))
    if troubles:
        raise ServiceError("; ".join(f"{n}: {f}: {f.advice}" for n, f in troubles))


def _names(schema: Any) -> list[str]:
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return list(properties) if isinstance(properties, dict) else []


@app.command("call")
def call(
    tool: Annotated[str, typer.Argument(help="The tool's name.")],
    arguments: ArgumentsArgument = None,
    server: ServerOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Pass over what is kept.")] = False,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask one tool once, and show the answer.

    With how old it is and how long it took.
    """
    from brand_metagen.cli.output import err, print_json

    with asking(workspace, config, changes, who) as (_, sources):
        reply = sources.ask(chosen(sources, server), tool, parsed(arguments or ()), fresh=fresh)
    if as_json:
        print_json(reply)
    elif reply.good:
        print_json(reply.answer)
        err.print(told(reply))
    if not reply.good:
        raise ServiceError(f"{reply.server}: {reply.kind}: {reply.message}. {reply.advice}")


def told(reply: Reply) -> str:
    """Where an answer comes from, in words."""
    how = {"asked": "asked now", "cached": "kept", "last_good": "kept; the server failed"}
    age = f", {reply.age_seconds:,.0f} s old" if reply.age_seconds else ""
    return f"{reply.server}: {how[reply.outcome.value]}{age}, in {reply.seconds:.3f} s"


def parsed(pairs: Sequence[str]) -> dict[str, Any]:
    """Arguments from NAME=TEXT and NAME:=JSON; raises InputError."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip(":"):
            raise InputError(f"{pair}: write it as name=text or name:=json")
        try:
            found[name.removesuffix(":")] = json.loads(value) if name.endswith(":") else value
        except (ValueError, RecursionError) as error:
            raise InputError(f"{pair}: not JSON behind :=") from error
    return found


@app.command("test")
def try_all(
    server: Annotated[str, typer.Argument(metavar="[SERVER]", help="All by default.")] = "",
    name: Annotated[str, typer.Option("--brand", help="The name to ask about.")] = "Starbucks",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk the whole way to an answer.

    Says where it breaks and what to do.
    """
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp.walk import walk

    with asking(workspace, config, changes, who) as (_, sources):
        specs = [sources.spec(server)] if server else sources.specs
        stops = [stop for spec in specs for stop in walk(sources, spec, name)]
    if as_json:
        print_json(stops)
    else:
        rows = [(s.server, s.step, "ok" if s.good else "FAILS", s.detail) for s in stops]
        out.print(table("", ("server", "step", "", "what was seen"), rows))
    broken = [f"{s.server}: {s.step}: {s.advice}" for s in stops if not s.good]
    if broken:
        raise ServiceError("; ".join(broken))


@app.command("permissions")
def permissions(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False
) -> None:
    """What our servers may read, and who may use their tools."""
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp.permissions import TOOLS, sources

    with opened(workspace) as found:
        listed = list(sources(found))
    roles = [{"server": s, "tool": t, "role": r} for s, t, r in TOOLS]
    if as_json:
        print_json({"sources": listed, "tools": roles})
    else:
        rows = [(s.name, "ok" if s.good else "FAILS", s.detail, s.advice) for s in listed]
        out.print(table("", ("source", "", "what was seen", "what to do"), rows))
        out.print(
            table("", ("server", "tool", "least role"), [(s, t, r.value) for s, t, r in TOOLS])
        )


@app.command("profile")
def profile(
    tool: Annotated[
        str, typer.Argument(metavar="[TOOL]", help="Ask it now; else what was asked so far.")
    ] = "",
    arguments: ArgumentsArgument = None,
    server: ServerOption = "",
    iterations: Annotated[int, typer.Option(min=1, max=10_000, help="How often to ask.")] = 100,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Percentiles of how long questions take."""
    from brand_metagen.analytics.timing import Asked, recorded, timings
    from brand_metagen.cli.output import out, print_json, table

    if tool:
        with asking(workspace, config, changes, who) as (found, sources):
            spec, given = chosen(sources, server), parsed(arguments or ())
            replies = [sources.ask(spec, tool, given, fresh=True) for _ in range(iterations)]
            asked = [Asked(r.server, r.tool, r.outcome.value, r.seconds) for r in replies]
            figures = timings(asked, found.settings.mcp.slow_seconds)
    else:
        with opened(workspace, changes) as found:
            figures = timings(recorded(found.store), found.settings.mcp.slow_seconds)
    if as_json:
        print_json(figures)
        return
    columns = ("server", "tool", "asked", "p50", "p90", "p95", "p99", "longest", "slow")
    rows = [
        (f.server, f.tool, f.questions, f.p50, f.p90, f.p95, f.p99, f.longest, f.slow)
        for f in figures
    ]
    out.print(table("", columns, rows))
