"""Work of a tool as a result of the protocol: errors are results a client can act on."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel

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
from brand_metagen.mcp.shapes import ErrorShape

LOG = logging.getLogger("brand_metagen.mcp")
KINDS: tuple[tuple[type[BrandMetagenError], str], ...] = (
    (NotFound, "not_found"),
    (RuleError, "rule_refused"),
    (InputError, "invalid_argument"),
    (ConflictError, "conflict"),
    (NotAllowed, "not_allowed"),
    (ServiceError, "unavailable"),
    (IntegrityError, "integrity"),
)
"""Our tree as words; the first that fits counts."""


def answered(tool: str, caller: str, work: Callable[[], BaseModel]) -> CallToolResult:
    """Do the work and wrap what comes of it; every call is a line of the server's log."""
    began = time.monotonic()
    try:
        made = work().model_dump(mode="json")
    except BrandMetagenError as error:
        _log(tool, caller, _kind(error), began)
        return refused(error)
    except OSError as error:
        # Where things lie on the server is not told.
        LOG.error("%s: %r", tool, error)
        _log(tool, caller, "unavailable", began)
        said = "the server cannot read its files now; its operator finds why in the log"
        return refused(ServiceError(said, retryable=True))
    _log(tool, caller, "ok", began)
    return CallToolResult(content=[_text(made)], structured_content=made)


def refused(error: BrandMetagenError) -> CallToolResult:
    """An error as a result: `structuredContent.error` says what kind it is and what to do."""
    now = dict(error.now) if isinstance(error, ConflictError) else {}
    retryable = isinstance(error, ServiceError) and error.retryable
    shape = ErrorShape(kind=_kind(error), message=str(error), retryable=retryable, now=now)
    content = {"error": shape.model_dump(mode="json")}
    return CallToolResult(content=[_text(content)], structured_content=content, is_error=True)


def _kind(error: BrandMetagenError) -> str:
    return next((kind for tree, kind in KINDS if isinstance(error, tree)), "internal")


def _text(value: object) -> TextContent:
    return TextContent(type="text", text=json.dumps(value, ensure_ascii=False))


def _log(tool: str, caller: str, outcome: str, began: float) -> None:
    seconds = time.monotonic() - began
    error = "" if outcome == "ok" else outcome
    context = {"tool": tool, "caller": caller, "seconds": round(seconds, 3)}
    LOG.info("%s by %s: %s in %.3f s", tool, caller, outcome, seconds,
             extra={"error": error, "context": context, "told": True})  # fmt: skip
