"""`serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError


def serve(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port; 0 takes any that is free.")
    ] = 8000,
    no_login: Annotated[
        bool,
        typer.Option("--no-login", help="Let everybody on this machine in, as one operator."),
    ] = False,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the console and the REST API.

    Under /console and /api/v1, until interrupted.
    """
    from brand_metagen.agents.wiring import HOUR, opened_means, rephrased
    from brand_metagen.app.notifying import delivering
    from brand_metagen.app.sending import sending
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.console.mount import add_console
    from brand_metagen.notify.channels import notifiers
    from brand_metagen.ports import Actor, Role
    from brand_metagen.web.serve import serve as listen

    if who and not no_login:
        raise InputError("--as goes with --no-login; otherwise a token says who acts")
    name = actor(who) if no_login else ""

    def ready(listening: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening}"
        if as_json:
            print_json({"url": url, "api": f"{url}/api/v1", "console": f"{url}/console/"})
        else:
            who = f"; everybody on this machine acts as {name}" if no_login else ""
            err.print(f"{url}/console/ and {url}/api/v1 answer{who}. Ctrl-C ends it")

    with (
        opened(workspace, changes, server=True) as open_workspace,
        opened_means(open_workspace.settings, open_workspace) as means,
    ):
        without_login = Actor(name, Role.OPERATOR) if no_login else None
        channels = notifiers(open_workspace.settings.notify, workspace)
        served = rephrased(open_workspace, means, HOUR)
        with delivering(open_workspace, channels), sending(open_workspace, channels):
            listen(served, host, port, without_login, ready, add_console)
