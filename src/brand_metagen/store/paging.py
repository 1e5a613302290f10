"""Pages of a list, and the cursors that lead from one to the next."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

from brand_metagen.errors import InputError
from brand_metagen.ports import Page

MOST = 10_000
"""Items of one page; faces allow fewer."""
LONGEST = 2_000
"""Characters of a cursor, which holds no more than an id."""
SEARCH = 200
"""Characters of a search; a longer one is no search but a mistake."""

Item = TypeVar("Item")


def checked_limit(limit: int) -> int:
    """The limit itself; raises InputError when there is no such page."""
    if not 1 <= limit <= MOST:
        raise InputError(f"limit lies between 1 and {MOST}, not at {limit}")
    return limit


def checked_search(text: str) -> str:
    """What is looked for, in lower case; raises InputError when it is too long."""
    if len(text) > SEARCH:
        raise InputError(f"search for {SEARCH} characters at the most, not {len(text)}")
    return text.casefold()


def page(found: Sequence[Item], limit: int, cursor: Callable[[Item], str]) -> Page[Item]:
    """The first `limit` of the items found; one more was asked for, to see whether they go on."""
    items = tuple(found[:limit])
    return Page(items, cursor(items[-1]) if len(found) > limit else None)


def to_cursor(*key: str | float) -> str:
    """The place of an item as an opaque text.

    >>> from_cursor(to_cursor(1.5, "brand"), float, str)
    [1.5, 'brand']
    """
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def from_cursor(cursor: str, *kinds: type) -> list[float | str]:
    """The place back; raises InputError for what is no cursor of this list."""
    try:
        if len(cursor) > LONGEST:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(b64decode(padded, b"-_", validate=True), parse_constant=_refuse)
        if type(key) is not list or [type(part) for part in key] != list(kinds):
            raise ValueError("another list's")
    except (ValueError, RecursionError) as error:
        raise InputError(
            "this is no cursor of this list; take `next` of the page before as it was given"
        ) from error
    return key


def _refuse(constant: str) -> float:
    raise ValueError(constant)
