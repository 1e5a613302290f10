"""Brand ids with a slash in them: `%2F` in an address is part of the id, not of the path.

Servers decode a path before it is routed, after which the two cannot be told apart. So what stands
for a slash is kept written as it was sent until the id is looked up.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

BRANDS = "/api/v1/brands/"
_SLASH = re.compile(rb"%2F", re.IGNORECASE)


class KeptSlashes:
    """An ASGI app inside another: below BRANDS an encoded slash, or percent sign, stays encoded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        raw = scope.get("raw_path") if scope["type"] == "http" else None
        if raw and scope["path"].startswith(BRANDS) and b"%2" in raw:
            kept = _SLASH.sub(b"%252F", raw.replace(b"%25", b"%2525"))
            scope = {**scope, "path": unquote(kept.decode("ascii"))}
        await self._app(scope, receive, send)


def whole(brandid: str) -> str:
    """The id of a path's part, as KeptSlashes left it.

    >>> whole("7%2F11"), whole("100%25"), whole("%252F")
    ('7/11', '100%', '%2F')
    """
    return brandid.replace("%2F", "/").replace("%25", "%")
