"""What many resources share: headers, pages, and how errors are described."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from brand_metagen.app.conflicts import check_versioned
from brand_metagen.app.live import Live
from brand_metagen.errors import InputError
from brand_metagen.ports import BrandLine
from brand_metagen.web.problems import MEDIA, HttpProblem, Problem
from brand_metagen.web.sign_in import TheServer
from brand_metagen.web.slashes import whole
from brand_metagen.web.state import Server

MOST_ITEMS = 100
"""Items of one page."""
LAST = 2**31 - 1
"""The highest number a column holds."""
VERSION_TAG = re.compile(r'"(\d{1,9})"')

Item = TypeVar("Item")


class Model(BaseModel):
    """A body that takes no fields it does not know, or an answer made from a record."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class PageOf(Model, Generic[Item]):
    """Some items in order."""

    items: list[Item] = Field(description="The items of this page.")
    next: str | None = Field(
        description="Send it as `cursor` for the items that follow; null = these were the last."
    )


Pair = Annotated[list[Item], Field(min_length=2, max_length=2)]
"""Two values in order; not a tuple, whose schema (prefixItems) few programs read."""
Id = Annotated[str, StringConstraints(max_length=200)]
"""An id or a code as the customer's tables have it."""
Note = Annotated[str, Field("", description="Why; kept in the audit log.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Items at the most.")]
Cursor = Annotated[
    str | None, Query(max_length=2_000, description="`next` of the page before; none = the first.")
]
NumberCursor = Annotated[
    int | None, Query(ge=0, le=LAST, description="`next` of the page before; none = the first.")
]
Search = Annotated[
    str, Query(max_length=200, description="Part of what is looked for, in any case.")
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="A text of your own, new for each submission. The same key again gives the "
        "first answer back and does nothing.",
    ),
]


def expected(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(description='The version you saw, in quotes: `"3"` (the ETag of the brand).'),
    ] = None,
) -> int:
    """The version on the caller's screen; raises 428 when they do not say, InputError for more."""
    if if_match is None:
        raise HttpProblem(
            428,
            "precondition-required",
            'send the version you saw as `If-Match: "VERSION"`; it is the ETag of the brand',
        )
    found = VERSION_TAG.fullmatch(if_match.strip())
    if found is None:
        raise InputError(f'If-Match is one version in quotes, such as "3", not {if_match[:40]}')
    request.state.expected = int(found.group(1))
    return int(found.group(1))


def brand_line(brandid: str, server: TheServer) -> BrandLine:
    """The brand of the path; raises NotFound when there is none of that id."""
    return server.workspace.store.line(whole(brandid))


def correctable(server: Server, line: BrandLine) -> Live:
    """The market, in which the brand has a version; raises ConflictError when it has none."""
    live = server.warm.current()
    check_versioned(live, line)
    return live


Expected = Annotated[int, Depends(expected)]
TheBrand = Annotated[BrandLine, Depends(brand_line)]


def etag(version: int) -> str:
    """A version as an entity tag."""
    return f'"{version}"'


_REASONS = {
    400: "The request cannot be used as it is",
    401: "Not signed in",
    403: "Your role does not permit this",
    404: "No such thing",
    409: "A conflict, with what is there now",
    413: "The body is too large",
    422: "A field or a rule is refused",
    428: "If-Match is missing",
    429: "Too many requests; see Retry-After",
    503: "Not available now; see Retry-After",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for OpenAPI."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        status: {"description": _REASONS[status], "content": {MEDIA: {"schema": schema}}}
        for status in sorted({*statuses, 400, 401, 403, 413, 422, 429, 503})
    }
