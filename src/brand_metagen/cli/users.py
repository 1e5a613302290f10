"""`users`."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError
from brand_metagen.ports import Account, Role

app = typer.Typer(help="Accounts, roles and tokens of the server.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


@app.command("add")
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.REVIEWER,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Only tokens sign in.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make an account.

    Its password is asked for, or is the first line of standard input.
    """
    from brand_metagen.app import accounts

    password = None if no_password else _password()
    with opened(workspace, create=True) as open_workspace:
        made = accounts.add(open_workspace.store, actor(who), name, role, password)
    _show([made], as_json)


def _password() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise InputError("no password on standard input; --no-password makes an account without")
    return given


@app.command("list")
def list_users(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All accounts."""
    with opened(workspace) as open_workspace:
        found = open_workspace.store.accounts()
    _show(found, as_json)


@app.command("disable")
def disable(
    name: NameArgument,
    enable: Annotated[bool, typer.Option("--enable", help="Let them in again instead.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Shut somebody out from their next request on."""
    from brand_metagen.app import accounts

    with opened(workspace) as open_workspace:
        changed = accounts.change(open_workspace.store, actor(who), name, disabled=not enable)
    _show([changed], as_json)


@app.command("isolate")
def isolate(
    name: NameArgument,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Shut somebody out at once.

    The account is disabled, and all its tokens and sessions end.

    It holds from their next request on, also while the system is read-only.
    """
    from brand_metagen.app import accounts
    from brand_metagen.cli.output import err, out, print_json

    with opened(workspace) as open_workspace:
        store = open_workspace.store
        done = accounts.isolate(store, actor(who), name, reason, even_last=True)
    if as_json:
        print_json(done)
    else:
        out.print(f"{done.name} is shut out; {len(done.tokens)} tokens and sessions ended")
    if not done.admins:
        err.print("nobody is left to administer: `brand-metagen users add NAME --role admin`")


@app.command("token")
def token(
    name: NameArgument,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until it ends; 90 unless set.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the tokens there are.")] = False,
    revoke: Annotated[str, typer.Option(metavar="TOKEN", help="End this one for good.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a token, list them, or end one.

    A new token is printed this once, and cannot be looked up later.
    """
    from brand_metagen.app import accounts
    from brand_metagen.cli.output import err, plain, print_json

    with opened(workspace) as open_workspace:
        store = open_workspace.store
        accounts.known(store, name)
        if show or revoke:
            if revoke:
                accounts.revoke(store, actor(who), name, revoke)
            _show_tokens(store.tokens(name), as_json)
            return
        lifetime = timedelta(days=days or open_workspace.settings.serve.token_days)
        made = accounts.issue(store, actor(who), name, label, lifetime)
    if as_json:
        print_json({**plain(made.token), "token": made.secret})
        return
    typer.echo(made.secret)
    err.print(f"{made.token.token_id} until {made.token.expires_at}; it is not shown again")


def _show(found: object, as_json: bool) -> None:
    from brand_metagen.cli.output import out, print_json, table

    assert isinstance(found, list | tuple)
    lines = [_line(account) for account in found]
    if as_json:
        print_json(lines)
        return
    columns = ("name", "role", "disabled", "has_password", "created_at")
    out.print(table("", columns, [[line[c] for c in columns] for line in lines]))


def _line(account: Account) -> dict[str, object]:
    """An account without its hash."""
    return {
        "name": account.name,
        "role": account.role.value,
        "disabled": account.disabled,
        "has_password": account.password is not None,
        "created_at": account.created_at,
    }


def _show_tokens(found: object, as_json: bool) -> None:
    from brand_metagen.cli.output import out, plain, print_json, table

    assert isinstance(found, list | tuple)
    lines = [plain(one) for one in found]
    if as_json:
        print_json(lines)
        return
    columns = ("token_id", "label", "created_at", "expires_at", "revoked_at")
    out.print(table("", columns, [[line[c] or "" for c in columns] for line in lines]))
