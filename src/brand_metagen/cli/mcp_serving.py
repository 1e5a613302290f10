"""`mcp serve`, and the server in the background: start, stop, restart, status, logs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.asking import needing_extra
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
    settings,
)
from brand_metagen.errors import InputError

if TYPE_CHECKING:
    from brand_metagen.mcp.process import Background


class Which(StrEnum):
    """Our servers."""

    REGISTRY = "registry"
    OPERATIONS = "operations"


WhichArgument = Annotated[Which, typer.Argument(help="registry or operations.")]
HostOption = Annotated[str, typer.Option(help="Address to listen on, over HTTP.")]
PortOption = Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 takes any that is free.")]
HOST = "127.0.0.1"
USUAL_PORT = -1


def serve(
    which: WhichArgument = Which.REGISTRY,
    over_http: Annotated[
        bool, typer.Option("--http", help="Streamable HTTP with tokens, not standard streams.")
    ] = False,
    host: HostOption = HOST,
    port: PortOption = 8765,
    ready_file: Annotated[Path | None, typer.Option(hidden=True)] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer clients of the Model Context Protocol.

    Over standard streams the registry server may be used by whoever starts it; the operations
    server acts as the account named with --as. Over HTTP every request carries an account's token.
    """
    import logging

    with needing_extra():
        from brand_metagen.mcp.serve import PATH, serve_http, serve_stdio

    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=form)
    logging.getLogger("brand_metagen.mcp").setLevel(logging.INFO)

    def ready(listening: int) -> None:
        from brand_metagen.cli.output import err, print_json
        from brand_metagen.files import write_file

        url = f"http://{f'[{host}]' if ':' in host else host}:{listening}{PATH}"
        if as_json:
            print_json({"server": which.value, "url": url})
        else:
            err.print(f"{which.value} answers at {url}. Ctrl-C ends it")
        if ready_file is not None:
            write_file(ready_file, url.encode())

    if over_http:
        if who:
            raise InputError("--as goes with standard streams; over HTTP a token says who acts")
        with opened(workspace, changes) as found:
            serve_http(which.value, found, host, port, ready)
    elif which is Which.REGISTRY and not workspace.is_dir():
        serve_stdio(which.value, None, settings(None, changes).mcp)
    else:
        with opened(workspace, changes) as found:
            serve_stdio(which.value, found, found.settings.mcp, who)


def start(
    which: WhichArgument = Which.REGISTRY,
    host: HostOption = HOST,
    port: Annotated[
        int, typer.Option(min=-1, max=65_535, help="Port; 0 takes any, the usual one by default.")
    ] = USUAL_PORT,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Start a server in the background, and wait until it listens."""
    from brand_metagen.mcp import process

    with opened(workspace):  # says what is wrong with the workspace before anything is started
        pass
    place = process.Place(workspace, which.value)
    _told(process.start(place, _options(which, host, port)), "started", as_json)


def _options(which: Which, host: str, port: int) -> list[str]:
    from brand_metagen.mcp.process import USUAL_PORTS

    wanted = USUAL_PORTS[which.value] if port == USUAL_PORT else port
    return ["--host", host, "--port", str(wanted)]


def stop(
    which: WhichArgument = Which.REGISTRY,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """End a server in the background.

    No other process is ever touched.
    """
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.mcp import process

    found = process.stop(process.Place(workspace, which.value)) if workspace.is_dir() else None
    if as_json:
        print_json({"stopped": found})
    else:
        err.print(f"stopped {found.which}" if found else "it did not run")


def restart(
    which: WhichArgument = Which.REGISTRY,
    host: HostOption = HOST,
    port: Annotated[
        int, typer.Option(min=-1, max=65_535, help="Port; the usual one by default.")
    ] = USUAL_PORT,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """End a server in the background and start it anew.

    Such as after an update.
    """
    from brand_metagen.mcp import process

    with opened(workspace):
        pass
    place = process.Place(workspace, which.value)
    process.stop(place)
    _told(process.start(place, _options(which, host, port)), "restarted", as_json)


def status(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Which of our servers run in the background, and where."""
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp import process

    found = {which: process.running(process.Place(workspace, which.value)) for which in Which}
    lines = [
        {
            "server": which.value,
            "running": there is not None,
            "url": there.url if there else "",
            "pid": there.pid if there else None,
        }
        for which, there in found.items()
    ]
    if as_json:
        print_json(lines)
        return
    rows = [(line["server"], line["running"], line["url"], line["pid"] or "") for line in lines]
    out.print(table("", ("server", "running", "url", "pid"), rows))


def logs(
    which: WhichArgument = Which.REGISTRY,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=10_000)] = 50,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """The end of the log of a server in the background."""
    from brand_metagen.cli.output import clean, out, print_json
    from brand_metagen.mcp import process

    found = process.logs(process.Place(workspace, which.value), lines)
    if as_json:
        print_json(found)
        return
    for line in found:
        out.print(clean(line))


def _told(found: Background, done: str, as_json: bool) -> None:
    from brand_metagen.cli.output import err, print_json

    if as_json:
        print_json(found)
    else:
        err.print(f"{done} {found.which}: {found.url} (process {found.pid})")
