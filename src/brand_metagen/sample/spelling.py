"""How a name is written on statements: the habits of a brand, and the dirt of a single row.

Every function is pure but for the random source it is handed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from brand_metagen.registry.brands import squeeze
from brand_metagen.sample.words import words

CUTS = (18, 22, 25)
"""Lengths at which bank forms end, in characters (seen in public purchase-card lists)."""

LEAST_LETTERS = 5
"""Below these a shortened name could be anybody's."""

_AMPERSANDS = ("&", "&", " AND ", " N ", " ")
_APOSTROPHES = ("", "", "", " ", "'")
_REMARK = re.compile(r"\s*\([^)]*\)")
_DASHES = {ord(sign): "'" for sign in "’‘`´"} | {ord("–"): "-", ord("—"): "-"}


def written(name: str, apostrophe: str = "", ampersand: str = "&") -> str:
    """The name in capitals, remarks in brackets left out, `'` and `&` written as told.

    >>> written("Sainsbury's (UK)"), written("Marks & Spencer", ampersand=" AND ")
    ('SAINSBURYS', 'MARKS AND SPENCER')
    """
    plain = _REMARK.sub("", name).translate(_DASHES).upper().replace("'", apostrophe)
    if "&" in plain and ampersand != "&":
        plain = plain.replace("&", f" {ampersand.strip()} ")
    return " ".join(re.sub(r"[!?,;:\"|]", " ", plain).split())


def squeezed(text: str) -> str:
    """Letters and digits only, as web addresses and wallets write it."""
    return squeeze(text) or text


def without_vowels(text: str) -> str:
    """Long words lose the vowels inside them, unless hardly anything would be left.

    >>> without_vowels("AMAZING LASH STUDIO")
    'AMZNG LSH STDO'
    """
    short = " ".join(
        word[0] + re.sub("[AEIOU]", "", word[1:-1]) + word[-1] if len(word) > 3 else word
        for word in text.split()
    )
    return short if len(short) >= LEAST_LETTERS else text


def words_cut(text: str) -> str:
    """Every word keeps four letters, unless hardly anything would be left.

    >>> words_cut("NATIONAL TITLE COMPANY")
    'NATI TITL COMP'
    """
    short = " ".join(word[:4] for word in text.split())
    return short if len(short) >= LEAST_LETTERS else text


def initials(text: str) -> str:
    """First letters of a name of three words or more; a shorter one stays.

    >>> initials("WAFFLE OF OLD TOWN"), initials("COSTA")
    ('WOOT', 'COSTA')
    """
    parts = re.findall("[A-Z0-9]+", text)
    return "".join(part[0] for part in parts) if len(parts) >= 3 else text


def swapped(text: str, rng: Random) -> str:
    """Two neighbours inside the text change places."""
    if len(text) < 5:
        return text
    at = rng.randrange(1, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def short_form(text: str, rng: Random) -> str:
    """Words with a usual short form take it."""
    forms = words().short_forms
    return " ".join(rng.choice(forms[word]) if word in forms else word for word in text.split())


def habits(name: str, rng: Random) -> tuple[str, ...]:
    """The spellings a brand's acquirers use, the first one most often (see `pick`)."""
    first = written(name, rng.choice(_APOSTROPHES), rng.choice(_AMPERSANDS))
    others = (
        (written(name, rng.choice(_APOSTROPHES), rng.choice(_AMPERSANDS)), 0.6),
        (squeezed(first), 0.35 if " " in first else 0.1),
        (f"{first} {rng.choice(words().tails)}", 0.35),
        (short_form(first, rng), 0.5),
        (without_vowels(first), 0.05),
        (initials(first), 0.08),
    )
    found = [first, *(text for text, share in others if rng.random() < share)]
    return tuple(dict.fromkeys(text for text in found if len(squeeze(text)) >= 2)) or (first,)


def pick(spellings: tuple[str, ...], rng: Random) -> str:
    """One of a brand's habits: the first in half of the rows."""
    if len(spellings) == 1 or rng.random() < 0.5:
        return spellings[0]
    return rng.choice(spellings[1:])


_Dirt = Callable[[str, str, Random], str]

_DIRT: dict[str, _Dirt] = {
    "tail": lambda text, _name, rng: f"{text} {rng.choice(words().tails)}",
    "squeezed": lambda text, _name, _rng: squeezed(text),
    "truncated": lambda text, _name, rng: text[: rng.choice(CUTS)].rstrip(),
    "vowels_dropped": lambda text, _name, _rng: without_vowels(text),
    "words_cut": lambda text, _name, _rng: words_cut(text),
    "short_form": lambda text, _name, rng: short_form(text, rng),
    "hyphens": lambda text, _name, _rng: text.replace(" ", "-"),
    "swapped": lambda text, _name, rng: swapped(text, rng),
    "other_apostrophe": lambda _text, name, rng: written(name, rng.choice(_APOSTROPHES)),
    "other_ampersand": lambda _text, name, rng: written(name, "", rng.choice(_AMPERSANDS)),
    "initials": lambda text, _name, _rng: initials(text),
}


def dirtied(text: str, name: str, rng: Random) -> str:
    """`text` with one kind of dirt, chosen by the weights of data/words.toml."""
    weights = words().dirt
    kind = rng.choices(list(weights), list(weights.values()))[0]
    return _DIRT[kind](text, name, rng) or text
