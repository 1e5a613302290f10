"""Who is at the console: sign-in, its cookie, and the actor behind a request.

The cookie holds a token as programs have one: 256 random bits of which the store keeps a hash. It
needs no signature, ends with its account, and can be revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from starlette.datastructures import URL
from starlette.responses import HTMLResponse, RedirectResponse, Response

from brand_metagen.app import accounts
from brand_metagen.console.places import ROOT as ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor
from brand_metagen.web.sign_in import LONGEST_SECRET, address_of
from brand_metagen.web.state import Server, server_of

COOKIE = "console_session"
SIGN_IN, LEAVE = f"{ROOT}/sign-in", f"{ROOT}/leave"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """A browser at the console; whoever sits there is asked for again with every act."""

    server: Server
    secret: str

    def actor(self) -> Actor | None:
        """Who sits there now; None when nobody does (any more)."""
        if self.server.without_login is not None:
            return self.server.without_login
        if not self.secret or len(self.secret) > LONGEST_SECRET or not self.secret.isascii():
            return None
        found = accounts.holder(self.server.workspace.store, self.secret)
        return Actor(found[0].name, found[0].role) if found else None


def seat_of(server: Server, request: Request) -> Seat:
    """The seat of the browser that sends a request."""
    return Seat(server, request.cookies.get(COOKIE, ""))


def local(path: str) -> str:
    """A path of the console, or its first page: nobody is led elsewhere by a link.

    >>> local("/console/queue"), local("//evil.example"), local("/console/../api")
    ('/console/queue', '/console/', '/console/')
    """
    fits = path.startswith(f"{ROOT}/") and ".." not in path and "\\" not in path
    return path if fits and path.isprintable() and path.isascii() else f"{ROOT}/"


@router.get("/")
@router.get(ROOT)
def to_the_console() -> Response:
    """The console is what people come for."""
    return RedirectResponse(f"{ROOT}/", 303)


@router.get(SIGN_IN)
def form(request: Request, to: str = "") -> Response:
    """The form; who is in already is led on."""
    if seat_of(server_of(request), request).actor() is not None:
        return RedirectResponse(local(to), 303)
    return HTMLResponse(render("sign_in.html.j2", to=local(to), name="", error=""))


@router.post(SIGN_IN)
async def enter(request: Request) -> Response:
    """Check name and password; the guard has refused pages of other sites before."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=10)
    except ValueError as error:
        raise InputError("the form has more fields than it should") from error
    name, password, to = (fields.get(field, [""])[0] for field in ("name", "password", "to"))
    return await _entered(request, name, password, local(to))


async def _entered(request: Request, name: str, password: str, to: str) -> Response:
    from nicegui import run

    server, address = server_of(request), address_of(request)
    store = server.workspace.store
    if wait := server.limiter.failures(address):
        return _again(name, to, f"Too many tries. Wait {wait} s and try again.", 429)
    account = await run.io_bound(accounts.signed_in, store, name, password)
    if account is None:
        server.limiter.failed(address)
        return _again(name, to, "Name and password do not fit, or the account is disabled.", 401)
    lifetime = timedelta(hours=server.workspace.settings.serve.session_hours)
    issued = accounts.issue(store, account.name, account.name, "console", lifetime)
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        COOKIE,
        issued.secret,
        max_age=int(lifetime.total_seconds()),
        path=ROOT,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def _again(name: str, to: str, error: str, status: int) -> Response:
    return HTMLResponse(render("sign_in.html.j2", to=to, name=name[:64], error=error), status)


@router.post(LEAVE)
def leave(request: Request) -> Response:
    """End the session here and in the store."""
    server, secret = server_of(request), request.cookies.get(COOKIE, "")
    found = accounts.holder(server.workspace.store, secret) if secret.isascii() else None
    if found is not None:
        account, token = found
        accounts.revoke(server.workspace.store, account.name, account.name, token.token_id)
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(COOKIE, path=ROOT)
    return answer


def to_sign_in(url: URL) -> str:
    """Where somebody who is not in is sent, to come back to an address with what it asks for.

    >>> to_sign_in(URL("http://127.0.0.1/console/queue?search=A%26B&mine=1"))
    '/console/sign-in?to=/console/queue%3Fsearch%3DA%2526B%26mine%3D1'
    """
    return f"{SIGN_IN}?to={quote(url.path + (f'?{url.query}' if url.query else ''))}"
