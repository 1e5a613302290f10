"""Who calls a tool: the owner of the token over HTTP, whoever was named at the start over stdio."""

from __future__ import annotations

from collections.abc import Callable

import anyio.to_thread
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier

from brand_metagen.app import accounts
from brand_metagen.errors import InputError, NotAllowed
from brand_metagen.ports import Accounts, Actor, Role

Caller = Callable[[], Actor]
"""Who asks now."""
LONGEST_SECRET = 200
"""Characters of a token; ours are shorter."""


def named(store: Accounts, name: str) -> Caller:
    """Always the account of that name, as it stands at each call.

    Raises InputError when there is none; a disabled one may do nothing.
    """
    accounts.known(store, name)

    def caller() -> Actor:
        account = accounts.known(store, name)
        if account.disabled:
            raise NotAllowed(f"the account {name} is disabled")
        return Actor(account.name, account.role)

    return caller


def nobody() -> Actor:
    """Somebody at this machine who only looks."""
    return Actor("local", Role.VIEWER)


def by_token() -> Actor:
    """The owner of the request's token, as the verifier found them."""
    token = get_access_token()
    if token is None:
        raise NotAllowed("send `Authorization: Bearer TOKEN`")
    return Actor(token.client_id, Role(token.scopes[0]))


class Tokens(TokenVerifier):
    """The API tokens of our accounts, looked up at every request: a revoked one ends at once."""

    def __init__(self, store: Accounts) -> None:
        self._store = store

    async def verify_token(self, token: str) -> AccessToken | None:
        """The account as an access token whose only scope is its role; None = not good."""
        if not token or len(token) > LONGEST_SECRET or not token.isascii():
            return None
        found = await anyio.to_thread.run_sync(accounts.holder, self._store, token)
        if found is None:
            return None
        account, kept = found
        return AccessToken(token=kept.token_id, client_id=account.name, scopes=[account.role.value])


def check_named(name: str) -> str:
    """Raises InputError when nobody is named."""
    if not name.strip():
        raise InputError("say whose account acts: --as NAME (`brand-metagen users list`)")
    return name.strip()
