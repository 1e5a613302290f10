"""Errors as problem details (RFC 9457): one table from our tree, and what only HTTP knows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from brand_metagen.errors import (
    BrandMetagenError,
    ConflictError,
    InputError,
    IntegrityError,
    NotAllowed,
    NotFound,
    RuleError,
    ServiceError,
)
from brand_metagen.web.slashes import whole
from brand_metagen.web.state import server_of

MEDIA = "application/problem+json"
RETRY_SECONDS = 5
"""When to try again after an outage or while the market is read."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="brand-metagen"'}
LOG = logging.getLogger("brand_metagen.web")


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="The kind of problem: `urn:brand-metagen:problem:` and a word.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened here, and what to do.")
    instance: str = Field(description="The path that was asked.")
    now: dict[str, Any] | None = Field(
        None, description="With a conflict: what is there now, by whom and since when."
    )
    expected: int | None = Field(None, description="With a conflict: the version you sent.")
    understood: list[dict[str, Any]] | None = Field(
        None, description="With a remark that is refused: the constraints read from it."
    )
    not_understood: list[str] | None = Field(
        None, description="With a remark that is refused: what of it could not be acted on."
    )
    errors: list[dict[str, str]] | None = Field(
        None, description="With 422: each field that does not fit, and why."
    )


class HttpProblem(Exception):
    """A problem that only the web knows: not signed in, not found, too much."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.headers = status, kind, dict(headers or {})


TITLES = {
    "bad-request": "The request cannot be used as it is",
    "unauthenticated": "Sign-in is required",
    "not-allowed": "Your role does not permit this",
    "foreign-origin": "The request comes from elsewhere",
    "not-found": "There is no such thing",
    "method-not-allowed": "This address takes other methods",
    "conflict": "Somebody was faster, or the state does not permit it",
    "too-large": "The request is too large",
    "invalid": "The request does not fit the schema",
    "rule-refused": "The rule is refused",
    "precondition-required": "Say which version you saw",
    "too-many-requests": "Too many requests",
    "internal": "Something is wrong on our side",
    "integrity": "Stored parts disagree with each other",
    "unavailable": "Not available now",
}
KINDS: tuple[tuple[type[BrandMetagenError], int, str], ...] = (
    (RuleError, 422, "rule-refused"),
    (NotFound, 404, "not-found"),
    (InputError, 400, "bad-request"),
    (ConflictError, 409, "conflict"),
    (NotAllowed, 403, "not-allowed"),
    (ServiceError, 503, "unavailable"),
    (IntegrityError, 500, "integrity"),
)
"""Our tree as statuses; the first that fits counts."""
HTTP_KINDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def unauthenticated(detail: str) -> HttpProblem:
    """Nobody is signed in, or with a token that is not good."""
    return HttpProblem(401, "unauthenticated", detail, CHALLENGE)


def too_many(seconds: int) -> HttpProblem:
    """The caller asked too often."""
    detail = f"too many requests; try again in {seconds} s"
    return HttpProblem(429, "too-many-requests", detail, {"Retry-After": str(seconds)})


def body(status: int, kind: str, detail: str, path: str, **more: object) -> dict[str, object]:
    """The members of a problem."""
    return {
        "type": f"urn:brand-metagen:problem:{kind}",
        "title": TITLES[kind],
        "status": status,
        "detail": detail,
        "instance": path,
        **more,
    }


def install(app: FastAPI) -> None:
    """Answer every error with a problem."""
    app.add_exception_handler(BrandMetagenError, _ours)
    app.add_exception_handler(HttpProblem, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain_http)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(Exception, _unexpected)


def _answer(
    request: Request,
    status: int,
    kind: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    request.state.problem = kind
    content = body(status, kind, detail, request.url.path, **more)
    return JSONResponse(content, status, dict(headers or {}), MEDIA)


def _ours(request: Request, error: Exception) -> JSONResponse:
    status, kind = next(((s, k) for t, s, k in KINDS if isinstance(error, t)), (500, "internal"))
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
    more: dict[str, object] = {}
    if isinstance(error, ConflictError):
        more = _both_sides(request, error)
    if status >= 500:
        LOG.error("%s %s: %s", request.method, request.url.path, error)
    return _answer(request, status, kind, str(error), headers, **more)


def _both_sides(request: Request, error: ConflictError) -> dict[str, object]:
    """The version that was sent, and what is there now where the error does not say it."""
    more: dict[str, object] = dict(error.told)
    expected = getattr(request.state, "expected", None)
    if expected is not None:
        more["expected"] = expected
    now = dict(error.now)
    brandid = request.path_params.get("brandid")
    if not now and brandid is not None:
        now = dict(server_of(request).workspace.store.stands(whole(brandid)))
    if now:
        more["now"] = now
    return more


def _http_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HttpProblem)
    return _answer(request, error.status, error.kind, str(error), error.headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Where the request does not fit; what was sent is not repeated, it may be a secret."""
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": ".".join(map(str, said["loc"])), "message": str(said["msg"])}
        for said in error.errors()
    ]
    first = f"{found[0]['field']}: {found[0]['message']}" if found else "see the schema"
    return _answer(request, 422, "invalid", first, errors=found)


def _plain_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = HTTP_KINDS.get(error.status_code, "bad-request")
    detail = error.detail if error.detail else TITLES[kind]
    if error.status_code == 404:
        detail = "no such address; /api/v1/openapi.json lists them"
    return _answer(request, error.status_code, kind, str(detail), error.headers)


def _system(request: Request, error: Exception) -> JSONResponse:
    """The disk or another process failed; where things lie on the server is not told."""
    LOG.error("%s %s: %r", request.method, request.url.path, error)
    detail = "the server cannot read or write its files now; its operator finds why in the log"
    return _answer(request, 503, "unavailable", detail, {"Retry-After": str(RETRY_SECONDS)})


def _unexpected(request: Request, _: Exception) -> JSONResponse:
    detail = "an error that was not foreseen; the server's log says more"
    return _answer(request, 500, "internal", detail)
