"""Accounts, tokens and signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field, SecretStr

from brand_metagen.app import accounts
from brand_metagen.app.accounts import Issued
from brand_metagen.ports import Account, Role, Token
from brand_metagen.web.api.fields import Model, problems
from brand_metagen.web.problems import too_many, unauthenticated
from brand_metagen.web.sign_in import Admin, TheServer, Viewer, address_of

router = APIRouter(tags=["users"])
Name = Annotated[str, Path(max_length=64, description="The account's name.")]


class SignIn(Model):
    """A name and its password."""

    name: str = Field(max_length=64, description="The account's name.")
    password: SecretStr = Field(max_length=1_000, description="Its password.")


class AccountIn(Model):
    """A new account."""

    name: str = Field(max_length=64, description="1 to 64 letters, digits and . _ @ + -.")
    role: Role = Field(description="What they may do; each role may what those before it may.")
    password: SecretStr | None = Field(None, description="Left out = only tokens sign in.")


class AccountChange(Model):
    """What is to change of an account."""

    role: Role | None = Field(None, description="The new role.")
    password: SecretStr | None = Field(None, description="The new password.")
    disabled: bool | None = Field(None, description="True shuts them out from now on.")


class AccountShape(Model):
    """An account."""

    name: str = Field(description="Its name.")
    role: Role = Field(description="What they may do.")
    disabled: bool = Field(description="Whether they are shut out.")
    has_password: bool = Field(description="Whether a password signs in.")
    created_at: str = Field(description="Since when, UTC in ISO 8601.")


class Accounts(Model):
    """All accounts."""

    items: list[AccountShape] = Field(description="In order of their names.")


class TokenIn(Model):
    """A new token."""

    label: str = Field("", max_length=200, description="What it is for.")
    days: int | None = Field(
        None, ge=1, le=accounts.MOST_DAYS, description="Days until it ends; 90 by default."
    )


class TokenShape(Model):
    """A token, without its secret."""

    token_id: str = Field(description="Its id.")
    name: str = Field(description="Whose it is.")
    label: str = Field(description="What it is for.")
    expires_at: str = Field(description="When it ends, UTC in ISO 8601.")
    created_at: str = Field(description="When it was made.")
    revoked_at: str | None = Field(description="When it was ended.")


class NewToken(TokenShape):
    """A new token with its secret."""

    token: str = Field(description="Send it as `Authorization: Bearer TOKEN`; shown this once.")


class Tokens(Model):
    """The tokens of an account."""

    items: list[TokenShape] = Field(description="Oldest first, those no longer good included.")


class Isolation(Model):
    """Why an account is shut out."""

    reason: str = Field(min_length=1, max_length=10_000, description="In words; it is logged.")


class IsolatedShape(Model):
    """An account that is shut out."""

    name: str = Field(description="Its name.")
    tokens: list[str] = Field(description="Tokens and sessions that were good until now.")
    admins: list[str] = Field(description="Who is left to administer.")


class Me(Model):
    """Who asks."""

    name: str = Field(description="Under which name.")
    role: Role = Field(description="In which role.")


@router.get("/me", responses=problems())
def me(actor: Viewer) -> Me:
    """Who you are here."""
    return Me(name=actor.name, role=actor.role)


@router.post("/session", status_code=201, responses=problems())
def sign_in(request: Request, server: TheServer, said: SignIn) -> NewToken:
    """A token for a name and password, good for a working day."""
    address = address_of(request)
    if wait := server.limiter.failures(address):
        raise too_many(wait)
    store = server.workspace.store
    account = accounts.signed_in(store, said.name, said.password.get_secret_value())
    if account is None:
        server.limiter.failed(address)
        raise unauthenticated("name and password do not fit, or the account is disabled")
    lifetime = timedelta(hours=server.workspace.settings.serve.session_hours)
    return _new(accounts.issue(store, account.name, account.name, "session", lifetime))


@router.get("/users", responses=problems())
def listed(server: TheServer, actor: Admin) -> Accounts:
    """All accounts."""
    return Accounts(items=list(map(_shape, server.workspace.store.accounts())))


@router.post("/users", status_code=201, responses=problems(409))
def add(server: TheServer, actor: Admin, wanted: AccountIn) -> AccountShape:
    """Make an account."""
    password = _secret(wanted.password)
    made = accounts.add(server.workspace.store, actor.name, wanted.name, wanted.role, password)
    return _shape(made)


@router.patch("/users/{name}", responses=problems(404, 409))
def change(server: TheServer, actor: Admin, name: Name, wanted: AccountChange) -> AccountShape:
    """Change role or password, or shut somebody out."""
    account = _known(server, name)
    changed = accounts.change(
        server.workspace.store,
        actor.name,
        account.name,
        role=wanted.role,
        password=_secret(wanted.password),
        disabled=wanted.disabled,
    )
    return _shape(changed)


@router.post("/users/{name}/isolate", responses=problems(404, 409))
def isolate(server: TheServer, actor: Admin, name: Name, why: Isolation) -> IsolatedShape:
    """Shut somebody out at once: the account is disabled, all its tokens and sessions end."""
    account = _known(server, name)
    done = accounts.isolate(server.workspace.store, actor.name, account.name, why.reason)
    return IsolatedShape.model_validate(done)


@router.get("/users/{name}/tokens", responses=problems(404))
def tokens(server: TheServer, actor: Admin, name: Name) -> Tokens:
    """An account's tokens."""
    found = server.workspace.store.tokens(_known(server, name).name)
    return Tokens(items=list(map(TokenShape.model_validate, found)))


@router.post("/users/{name}/tokens", status_code=201, responses=problems(404))
def issue(server: TheServer, actor: Admin, name: Name, wanted: TokenIn) -> NewToken:
    """Make a token for an account; its secret is shown this once."""
    account = _known(server, name)
    days = wanted.days or server.workspace.settings.serve.token_days
    store = server.workspace.store
    return _new(accounts.issue(store, actor.name, account.name, wanted.label, timedelta(days=days)))


@router.delete("/tokens/{token_id}", status_code=204, responses=problems(404))
def revoke(server: TheServer, actor: Admin, token_id: str) -> None:
    """End a token for good."""
    server.workspace.store.revoke_token(token_id, actor.name)


def _known(server: TheServer, name: str) -> Account:
    return accounts.known(server.workspace.store, name)


def _secret(given: SecretStr | None) -> str | None:
    return None if given is None else given.get_secret_value()


def _shape(account: Account) -> AccountShape:
    fields = {name: getattr(account, name) for name in ("name", "role", "disabled", "created_at")}
    return AccountShape(**fields, has_password=account.password is not None)


def _token(token: Token) -> TokenShape:
    return TokenShape.model_validate(token)


def _new(issued: Issued) -> NewToken:
    return NewToken(**_token(issued.token).model_dump(), token=issued.secret)
