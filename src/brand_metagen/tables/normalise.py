"""The normalised narrative: what every rule is written for and every engine is given."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 1_024

_BLANKS = re.compile(r"[\x00-\x20\x7f]+")


def normalise(text: str) -> str:
    """ASCII, upper case, single blanks, the first 1,024 characters (design.md, Contracts).

    NFKD first, so that accents fall away and full-width letters become plain ones; what is still
    not ASCII is dropped.

    >>> normalise("  Café\\tRouge\\x00 Nº 5 ")
    'CAFE ROUGE NO 5'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    elif text.isprintable() and "  " not in text:
        # What most narratives are already: no need to look at every blank.
        return text.strip(" ").upper()[:MOST_CHARACTERS]
    return _BLANKS.sub(" ", text).strip().upper()[:MOST_CHARACTERS]
