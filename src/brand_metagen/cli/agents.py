"""`agents`: the roles, one decision of one of them, their instructions, and roles over HTTP."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
    settings,
)
from brand_metagen.errors import InputError

if TYPE_CHECKING:
    from brand_metagen.agents.role import Means

app = typer.Typer(help="The agents: roles, decisions, instructions.", no_args_is_help=True)

RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help="As `agents list` shows it.")]
MaybeWorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", envvar="BRAND_METAGEN_WORKSPACE", help="Looked up in."),
]
CaseOption = Annotated[str, typer.Option(metavar="CASE", help="The case it is for.")]
NoteOption = Annotated[str, typer.Option(help="With a case: how it was settled, or why not.")]
FileOption = Annotated[Path, typer.Option("--file", help="Instructions; line 1 is `version: N`.")]


@app.command("list")
def list_agents(as_json: JsonOption = False) -> None:
    """All roles, what each does, and by which function."""
    from brand_metagen.agents.table import AGENTS
    from brand_metagen.cli.output import out, print_json, table

    agents = AGENTS.values()
    if as_json:
        fields = ("role", "purpose", "policy", "adviser", "limits", "steps")
        print_json([{name: getattr(agent, name) for name in fields} for agent in agents])
        return
    rows = [(a.role, a.purpose, a.policy) for a in agents]
    out.print(table("", ("role", "does", "policy"), rows))


@app.command("show")
def show(role: RoleArgument, as_json: JsonOption = False) -> None:
    """One role's page: input, decision, policy, adviser, limits."""
    from brand_metagen.agents.pages import page
    from brand_metagen.agents.shapes import schema
    from brand_metagen.agents.table import agent_of
    from brand_metagen.cli.output import print_json

    agent = agent_of(role)
    if as_json:
        shapes = {"input": schema(agent.given), "decision": schema(agent.decision)}
        names = ("role", "purpose", "policy", "adviser", "limits", "steps")
        print_json({**{name: getattr(agent, name) for name in names}, **shapes})
    else:
        sys.stdout.write(page(agent))


@app.command("invoke")
def invoke(
    role: RoleArgument,
    given: Annotated[str, typer.Option("--input", help="JSON; `-` reads standard input.")],
    workspace: MaybeWorkspaceOption = None,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """One decision of one role, always as JSON."""
    from brand_metagen.agents.table import invoke as decide
    from brand_metagen.cli.output import print_json

    del as_json  # a decision is JSON anyway
    data = _json(given)
    with _means(workspace, changes) as means:
        print_json(decide(role, data, means))


def _json(given: str) -> Any:
    try:
        text = sys.stdin.read() if given == "-" else Path(given).read_text(encoding="utf-8")
        return json.loads(text)
    except (OSError, ValueError) as error:
        raise InputError(f"--input {given}: not to be read as JSON: {error}") from error


@contextmanager
def _means(workspace: Path | None, changes: list[str] | None) -> Iterator[Means]:
    from brand_metagen.agents.wiring import opened_means

    if workspace is None:
        with opened_means(settings(None, changes)) as means:
            yield means
        return
    with (
        opened(workspace, changes) as open_workspace,
        opened_means(open_workspace.settings, open_workspace) as means,
    ):
        yield means


@app.command("try")
def try_instructions(
    role: RoleArgument,
    file: FileOption,
    brands: Annotated[
        str, typer.Option(help="Brands to try on: ids or names, separated by commas.")
    ] = "",
    case: CaseOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try new instructions on some brands, or on that of a case.

    What the role does of each under both; nothing changes by it. Learning analytics is tried on
    the latest run.
    """
    from brand_metagen.agents.adopting import tried
    from brand_metagen.app.queries import brand_id
    from brand_metagen.cli.output import clean, out, print_json

    with _means(workspace, changes) as means:
        wanted = [brand_id(means.place(), b.strip()) for b in brands.split(",") if b.strip()]
        if case and (meant := means.place().store.case(case).brandid):
            wanted.append(meant)
        found = tried(role, file, list(dict.fromkeys(wanted)), means)
    if as_json:
        print_json([{"differs": one.differs, **_sides(one)} for one in found])
        return
    for one in found:
        out.print(clean(f"{one.brandid or 'latest run'}: {'other' if one.differs else 'the same'}"))
        for side, decided in (("-", one.before), ("+", one.after)):
            if one.differs:
                out.print(clean(f"  {side} {json.dumps(decided, ensure_ascii=False)}"))


def _sides(one: Any) -> dict[str, Any]:
    return {"brandid": one.brandid, "before": one.before, "after": one.after}


@app.command("adopt")
def adopt(
    role: RoleArgument,
    file: FileOption,
    case: CaseOption = "",
    note: NoteOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let new instructions hold; `undo` takes them back.

    With --case they settle it as an update of the algorithm.
    """
    from brand_metagen.agents.adopting import adopt as change

    with opened(workspace) as open_workspace:
        _told(change(open_workspace, actor(who), role, file, case, note), as_json)


@app.command("undo")
def undo(
    role: RoleArgument,
    case: CaseOption = "",
    note: NoteOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take back the instructions that were adopted last.

    With --case the case that they settled is open again.
    """
    from brand_metagen.agents.adopting import undo as change

    with opened(workspace) as open_workspace:
        _told(change(open_workspace, actor(who), role, case, note), as_json)


def _told(done: Any, as_json: bool) -> None:
    from brand_metagen.cli.output import err, print_json

    if as_json:
        print_json(done)
    else:
        err.print(f"{done.role}: version {done.version} holds now, {done.before} before")


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes any free one.")] = 8080,
    role: Annotated[str, typer.Option(help="The role meant where a request names none.")] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Ask for a token of the workspace; roles say whose.")
    ] = False,
    behind: Annotated[
        bool, typer.Option("--behind-sign-in", help="Something in front signs callers in.")
    ] = False,
    workspace: MaybeWorkspaceOption = None,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve roles over HTTP as an AgentCore runtime.

    POST /invocations, GET /ping. On this machine whoever is there may ask, unless --tokens says
    otherwise; elsewhere it takes --tokens, or --behind-sign-in as in AgentCore.
    """
    from brand_metagen.cli.output import err, print_json

    try:
        from brand_metagen.agents.serve import Entry
        from brand_metagen.agents.serve import serve as listen
    except ModuleNotFoundError as error:
        raise InputError(
            f"`agents serve` needs {error.name}: pip install 'brand-metagen[agents]'"
        ) from error

    def ready(listening: int) -> None:
        url = f"http://{f'[{host}]' if ':' in host else host}:{listening}"
        if as_json:
            print_json({"url": url})
        else:
            err.print(f"{url}/invocations answers. Ctrl-C ends it")

    if tokens and behind:
        raise InputError("say --tokens or --behind-sign-in, not both")
    entry = Entry.TOKENS if tokens else Entry.BEHIND if behind else Entry.MACHINE
    with _means(workspace, changes) as means:
        listen(means, role, entry, host, port, ready)
