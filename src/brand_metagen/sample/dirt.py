"""What happens to a name on its way to a statement."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

Smudge = Callable[[random.Random, str], str]

_VOWEL = re.compile(r"(?<=[A-Z])[AEIOU]")


def printed(name: str) -> str:
    """The name in plain capitals, brackets left out."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", name))
    text = plain.encode("ascii", "ignore").decode().upper()
    return " ".join(text.split())


def smudged(rng: random.Random, name: str) -> str:
    """The name as one payment spells it: punctuation always suffers, letters now and then."""
    text = _punctuation(rng, printed(name))
    if rng.random() < SMUDGED:
        text = rng.choice(_SMUDGES)(rng, text)
    return text


def _punctuation(rng: random.Random, text: str) -> str:
    text = text.replace("'", rng.choice(["", "", "", " ", "'"]))
    text = text.replace("&", rng.choice(["&", "&", " AND ", " ", "N"]))
    text = text.replace("-", rng.choice(["-", " ", ""]))
    return " ".join(re.sub(r"[^A-Z0-9 &'-]", " ", text).split())


def _swapped(rng: random.Random, text: str) -> str:
    places = [i for i in range(len(text) - 1) if text[i] != text[i + 1] and len(text) > 4]
    if not places:
        return text
    i = rng.choice(places)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _without_vowels(rng: random.Random, text: str) -> str:
    bare = _VOWEL.sub("", text)
    return bare if len(bare) >= 4 else text


def _initials(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    if len(words) < 3:
        return text
    return "".join(word[0] for word in words)


def _cut_words(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    return " ".join(word[:4] for word in words) if len(words) > 1 else text


def _squeezed(rng: random.Random, text: str) -> str:
    return text.replace(" ", "")


SMUDGED = 0.16
"""Share of payments whose spelling goes beyond punctuation."""
_SMUDGES: tuple[Smudge, ...] = (
    _squeezed,
    _squeezed,
    _without_vowels,
    _swapped,
    _cut_words,
    _initials,
)
