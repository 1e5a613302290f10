"""One pattern over all narratives of a market at once, for what changes while somebody waits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import re2


class Blob:
    """Narratives as one text, a line each; a pattern of the portable subset cannot cross lines.

    >>> Blob(["STAR 1", "MARS", "STAR"]).matching("^STAR")
    [0, 2]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._blob = "\n".join(texts).encode("ascii")
        self._begins = list(accumulate((len(text) + 1 for text in texts), initial=0))

    def matching(self, pattern: str) -> list[int]:
        """The narratives a pattern is found in, in order; linear whatever the pattern."""
        # In bytes: the engine would copy a text anew for every search.
        found = re2.compile(f"(?m){pattern}".encode("ascii"))
        lines: dict[int, None] = {}
        for match in found.finditer(self._blob):
            lines[bisect_right(self._begins, match.start()) - 1] = None
        return list(lines)
