"""Other people's answers made harmless: bounded, without control marks, in the shape we know."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from brand_metagen.mcp.failures import Failure, Trouble
from brand_metagen.mcp.shapes import (
    LONGEST,
    BrandInfoShape,
    SearchShape,
    SectorCodesShape,
    SectorShape,
    Shape,
)

SHAPES: Mapping[str, type[Shape]] = {
    "search_brands": SearchShape,
    "get_brand_info": BrandInfoShape,
    "validate_sector": SectorShape,
    "get_mcc_mappings": SectorCodesShape,
}
"""Tools whose answers we know, ours or another server's that speaks as ours does."""
DEEPEST = 12
"""Levels of an answer; more is no answer to a question about a brand."""
MOST_ENTRIES = 2_000
"""Entries of one list or object."""
MOST_TEXTS = 20


def cleaned(
    tool: str, structured: Mapping[str, Any] | None, texts: Sequence[str]
) -> dict[str, Any]:
    """An answer as it is kept and shown; raises Failure for one of another shape.

    A tool we know must fit its schema. Of others the structured content is kept as it is, or the
    texts under `texts`; either is for people to read.
    """
    shape = SHAPES.get(tool)
    if shape is None:
        if structured is not None:
            return dict(_clean(structured, 0))
        return {"texts": [clean_text(text) for text in texts[:MOST_TEXTS]]}
    if structured is None:
        raise Failure(Trouble.OTHER_SHAPE, f"{tool} answered without structured content")
    plain = _clean(structured, 0)
    try:
        return shape.model_validate(plain).model_dump(mode="json")
    except (ValidationError, RecursionError) as error:
        where = _first_place(error) if isinstance(error, ValidationError) else ""
        raise Failure(Trouble.OTHER_SHAPE, f"{tool} answered in another shape{where}") from error


def _first_place(error: ValidationError) -> str:
    """Where it does not fit; what stands there is not repeated."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f": {'.'.join(map(str, first['loc']))[:80]}: {first['msg'][:80]}"


def clean_text(text: str) -> str:
    """Text without what a terminal or a database would trip over, and no longer than it may be.

    >>> clean_text("Acme\\x1b[2J\\u202e Ltd\\x00")
    'Acme [2J Ltd'
    """
    held = "".join(c if c.isprintable() else " " for c in text[: 2 * LONGEST])
    return " ".join(held.split())[:LONGEST]


def _clean(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Failure(Trouble.OTHER_SHAPE, "its answer is nested too deeply")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        _check_size(value)
        return {clean_text(str(key)): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        _check_size(value)
        return [_clean(item, depth + 1) for item in value]
    return value


def _check_size(value: Mapping[str, Any] | Sequence[Any]) -> None:
    if len(value) > MOST_ENTRIES:
        raise Failure(Trouble.OTHER_SHAPE, f"its answer has lists of over {MOST_ENTRIES:,} entries")
