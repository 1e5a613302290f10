"""Pages of accounts and their tokens, for admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from brand_metagen.app import accounts
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import record
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Role
from brand_metagen.web.state import Server

ACTS = 12
WHAT: Mapping[Role, str] = {
    Role.VIEWER: "looks",
    Role.REVIEWER: "looks, decides and says what is wrong",
    Role.OPERATOR: "the same, runs, cases, corrections and servers",
    Role.ADMIN: "everything, accounts included",
}


def users(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """All accounts."""
    del wanted
    accounts.need(actor, Role.ADMIN)
    store = server.workspace.store
    now = datetime.now(UTC).isoformat()
    lines = [
        (account, sum(_good(t.expires_at, t.revoked_at, now) for t in store.tokens(account.name)))
        for account in store.accounts()
    ]
    return render(
        "users.html.j2", root=ROOT, lines=lines, roles=[(role, WHAT[role]) for role in Role],
        actor=actor, shortest=accounts.SHORTEST,
    )  # fmt: skip


def _good(expires_at: str, revoked_at: str | None, now: str) -> bool:
    return revoked_at is None and expires_at > now


def user(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One account with its tokens and what it did last."""
    accounts.need(actor, Role.ADMIN)
    store = server.workspace.store
    account, now = accounts.known(store, wanted["name"]), datetime.now(UTC).isoformat()
    tokens = [(t, _good(t.expires_at, t.revoked_at, now)) for t in store.tokens(account.name)]
    return render(
        "user.html.j2", root=ROOT, account=account, actor=actor, shortest=accounts.SHORTEST,
        tokens=sorted(tokens, key=lambda pair: not pair[1]), roles=[(r, WHAT[r]) for r in Role],
        acts=store.recent(ACTS, account.name), days=server.workspace.settings.serve.token_days,
        names=record(server, now=False).names, most=accounts.MOST_DAYS,
    )  # fmt: skip


def _role(form: Form) -> Role:
    if form.text("role") not in tuple(Role):
        raise InputError(f"a role is one of {', '.join(Role)}")
    return Role(form.text("role"))


def add(server: Server, actor: Actor, form: Form) -> Reply:
    """Make an account; without a password only tokens sign in."""
    name, password = form.text("name").strip(), form.text("password") or None
    made = accounts.add(server.workspace.store, actor.name, name, _role(form), password)
    return Reply(f"{made.name} is {made.role.value} now.", go=f"/user/{made.name}")


def change(server: Server, actor: Actor, form: Form) -> Reply:
    """Give an account another role, another password, or shut it out or let it in."""
    name, what = form.text("name"), form.text("what")
    store = server.workspace.store
    if what == "role":
        accounts.change(store, actor.name, name, role=_role(form))
    elif what == "password":
        accounts.change(store, actor.name, name, password=form.text("password"))
    elif what in ("disable", "enable"):
        accounts.change(store, actor.name, name, disabled=what == "disable")
    else:
        raise InputError("say what is to change")
    return Reply(f"{name}: done.", again=True)


def isolate(server: Server, actor: Actor, form: Form) -> Reply:
    """Shut an account out at once: disabled, and every token and session of it ended."""
    store, name = server.workspace.store, form.text("name")
    accounts.isolate(store, actor.name, name, form.text("note"))
    return Reply(f"{name} is isolated: no token or session of theirs works any more.", again=True)


def issue(server: Server, actor: Actor, form: Form) -> Reply:
    """Make a token; its secret is shown this once."""
    name = accounts.known(server.workspace.store, form.text("name")).name
    days = form.number("days") if form.text("days") else server.workspace.settings.serve.token_days
    issued = accounts.issue(
        server.workspace.store, actor.name, name, form.text("label")[:200], timedelta(days=days)
    )
    html = render("token.html.j2", issued=issued)
    return Reply("Copy it now: nobody can look it up later.", panel="issued", html=html)


def revoke(server: Server, actor: Actor, form: Form) -> Reply:
    """End a token for good."""
    name, token_id = form.text("name"), form.text("token_id")
    accounts.revoke(server.workspace.store, actor.name, name, token_id)
    return Reply(f"{token_id} is revoked.", again=True)


DEEDS: Deeds = {
    "user_add": (Role.ADMIN, add),
    "user_change": (Role.ADMIN, change),
    "user_isolate": (Role.ADMIN, isolate),
    "token_issue": (Role.ADMIN, issue),
    "token_revoke": (Role.ADMIN, revoke),
}
