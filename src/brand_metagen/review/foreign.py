"""Remarks that are no sentences but data or formulas of some program: asked about, never read."""

from __future__ import annotations

import json
import re
from contextlib import suppress

FENCE = re.compile(r"\A\s*`{3}[a-z]*\s*(.*?)\s*`{3}\s*\Z", re.DOTALL | re.IGNORECASE)
FORMULA = re.compile(r"\A[=+\-@]\s{0,3}[A-Za-z_][A-Za-z0-9_.]{0,40}\(")
"""How a spreadsheet tells a formula from text: a sign, a function's name, its arguments."""
COMMAND = re.compile(r"\A[=+\-@][^\n]{0,200}\|\s*'")
"""A sheet's call of another program."""
QUESTION = (
    "This is data or a formula of a program, not a sentence. What of the rule is wrong? Say it in "
    "plain words, or point at rows."
)
MOST_CHARS = 100_000
"""Characters of a remark that are tried as JSON."""


def is_foreign(text: str) -> bool:
    """Whether a whole remark is structured data or a formula.

    >>> is_foreign('{"patterns": ["[A-Z]{2,40}"]}'), is_foreign("+SUM(1+1)*cmd|' /C calc'!A0")
    (True, True)
    >>> is_foreign("[A-Z]{2,40}"), is_foreign("- rows with HOTEL (spa) are not theirs")
    (False, False)
    """
    bare = text.strip()
    if fenced := FENCE.match(bare):
        bare = fenced.group(1)
    if FORMULA.match(bare) or COMMAND.match(bare):
        return True
    if not bare.startswith(("{", "[")) or len(bare) > MOST_CHARS:
        return False
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(bare), dict | list)
    return False
