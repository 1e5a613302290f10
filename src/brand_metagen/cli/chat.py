"""`chat`: ask and order in plain words, once or in turns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from brand_metagen.agents.chat import Conversation, Said

LEAVE = frozenset({"quit", "exit", "bye"})


def chat(
    message: Annotated[
        str, typer.Argument(metavar="[MESSAGE]", help="Asked once; without it, in turns.")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    role: Annotated[
        str, typer.Option(help="viewer, reviewer or operator, where you have no account.")
    ] = "reviewer",
    yes: Annotated[bool, typer.Option("--yes", help="Go on with a change at once.")] = False,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Talk to the system in plain words.

    Runs, status, feedback, lists, metrics, escalations, help. Without a model (agents.model) it
    understands a small set of commands; `help` shows them.
    """
    from brand_metagen.agents.chat import Conversation
    from brand_metagen.agents.chat_shapes import ToolContext
    from brand_metagen.agents.wiring import opened_means, rephrased, talker
    from brand_metagen.cli.output import RunProgress

    with (
        opened(workspace, changes) as open_workspace,
        opened_means(open_workspace.settings, open_workspace) as means,
        RunProgress() as progress,
    ):
        speaker = _speaker(open_workspace, actor(who), role)
        context = ToolContext(rephrased(open_workspace, means), speaker, progress)
        talk = Conversation(context, talker(means), means.instructions)
        if message:
            _once(talk, message, yes=yes, as_json=as_json)
        else:
            _turns(talk, as_json)


def _speaker(workspace: Any, name: str, role: str) -> Any:
    """Who speaks: an account's own role, else the one that is named."""
    from brand_metagen.errors import InputError, NotAllowed
    from brand_metagen.ports import Actor, Role

    account = workspace.store.account(name)
    if account is not None:
        if account.disabled:
            raise NotAllowed(f"the account {name} is disabled")
        return Actor(name, account.role)
    if role not in tuple(Role):
        raise InputError(f"--role is one of {', '.join(Role)}, not {role!r}")
    return Actor(name, Role(role))


def _once(talk: Conversation, message: str, *, yes: bool, as_json: bool) -> None:
    said = talk.say(message)
    if yes and talk.waiting is not None:
        said = talk.say("yes")
    _show(said, as_json)
    if said.problem is not None:
        raise typer.Exit({"user input": 2, "permission": 4}.get(said.problem.kind, 1))


def _turns(talk: Conversation, as_json: bool) -> None:
    from brand_metagen.cli.output import err

    watched = sys.stdin.isatty()
    if watched:
        by = f"the model {talk.adviser.settings.model}" if talk.adviser else "commands only"
        err.print(f"Understands {by}. `help` shows what can be said, `quit` leaves.")
    while True:
        if watched:
            err.print("> ", end="")
        line = sys.stdin.readline()
        if not line or line.strip().lower() in LEAVE:
            return
        if line.strip():
            _show(talk.say(line), as_json)


def _show(said: Said, as_json: bool) -> None:
    from brand_metagen.cli.output import clean, err, out, print_json, table

    if as_json:
        print_json(said)
        return
    out.print(clean(said.text))
    rows = said.data if isinstance(said.data, list) else []
    if rows and all(isinstance(row, dict) for row in rows):
        columns = [name for name in rows[0] if not isinstance(rows[0][name], dict | list)]
        out.print(table("", columns, [[row.get(c, "") for c in columns] for row in rows]))
    for notice in said.notices:
        err.print(clean(f"note: {notice}"))
    err.print(clean(f"({said.by})"))
