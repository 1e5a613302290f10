"""Who asks, and whether they may: dependencies of the routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from brand_metagen.app import accounts
from brand_metagen.ports import Actor, Role
from brand_metagen.web.problems import too_many, unauthenticated
from brand_metagen.web.state import Server, server_of

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `brand-metagen users token NAME` or of POST /api/v1/session.",
)
LONGEST_SECRET = 200
"""Characters of a token; ours are shorter."""

TheServer = Annotated[Server, Depends(server_of)]


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "nowhere"


def actor(
    request: Request,
    server: TheServer,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
) -> Actor:
    """Who asks: the owner of the token, or whoever the server was started for without login.

    Raises 401 for no token or one that is not good, 429 for too many of either.
    """
    address = address_of(request)
    if "authorization" not in request.headers:
        if server.without_login is None:
            raise unauthenticated("send `Authorization: Bearer TOKEN`")
        _count(server, address)
        return server.without_login
    if wait := server.limiter.failures(address):
        raise too_many(wait)
    secret = credentials.credentials if credentials else ""
    found = None
    if secret and len(secret) <= LONGEST_SECRET and secret.isascii():
        found = accounts.holder(server.workspace.store, secret)
    if found is None:
        server.limiter.failed(address)
        raise unauthenticated("the token is unknown, expired or revoked, or its account disabled")
    account, token = found
    _count(server, token.token_id)
    return Actor(account.name, account.role)


def _count(server: Server, caller: str) -> None:
    if wait := server.limiter.request(caller):
        raise too_many(wait)


def needs(role: Role) -> Callable[..., Actor]:
    """A dependency: the actor, who has at least this role (403 otherwise)."""

    def checked(found: Annotated[Actor, Depends(actor)]) -> Actor:
        return accounts.need(found, role)

    return checked


Viewer = Annotated[Actor, Depends(needs(Role.VIEWER))]
Reviewer = Annotated[Actor, Depends(needs(Role.REVIEWER))]
Operator = Annotated[Actor, Depends(needs(Role.OPERATOR))]
Admin = Annotated[Actor, Depends(needs(Role.ADMIN))]
