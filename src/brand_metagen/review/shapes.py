"""A row as a shape: the name alone with any number, or the whole row whatever its numbers.

For rows that no run of words tells from others'. A shape takes the rows that look the same, today's
and tomorrow's, where a narrative as it stands takes only itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from brand_metagen.evaluate.wallets import detect
from brand_metagen.grammar import FEWEST_LETTERS
from brand_metagen.review.words import escaped, safe_search
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.names import squeeze

TIES = "[ ./*#&'-]{0,3}"
"""What may stand between two words of a name."""
NUMBER = "(?:[ ./*#+-]{0,3}[0-9]{1,12})?"
"""A store's or telephone number behind a name, if any; banks' numbers are no longer."""
ANY_NUMBER = "[0-9]{2,12}"

_WORD = re.compile(r"[A-Z0-9]+")
_NUMBER_BEHIND = re.compile(r"[ ./*#+-]*[0-9]+$")
_NUMBERS = re.compile(r"[0-9]{2,12}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A whole pattern, letters that every text it takes holds, and what it takes in words."""

    pattern: str
    key: str
    says: str

    def taken(self, corpus: Corpus) -> list[int]:
        """The narratives it takes."""
        found = safe_search(self.pattern)
        return [i for i in corpus.containing(self.key) if found(corpus.texts[i])]


def shapes(text: str) -> Iterator[Shape]:
    """The shapes of a row, the more general first; each takes the row itself.

    >>> [shape.says for shape in shapes("SUMUP *LGLND")], [s.says for s in shapes("CASTLE 33 HULL")]
    (['LGLND alone'], ["'CASTLE 33 HULL' with any number"])
    """
    for made in (_alone(text), _numbered(text)):
        if made is not None and safe_search(made.pattern)(text):
            yield made


def _alone(text: str) -> Shape | None:
    """The name with nothing behind it but a number; whatever stands before it."""
    hit = detect(text)
    core = _NUMBER_BEHIND.sub("", text[hit.prefix_length :] if hit else text)
    words = _WORD.findall(core)
    if not words or any(map(str.isdigit, words)) or len(squeeze(core)) < FEWEST_LETTERS:
        return None
    return Shape(rf"\b{TIES.join(words)}{NUMBER}$", "".join(words), f"{' '.join(words)} alone")


def _numbered(text: str) -> Shape | None:
    """The row with any number in the place of each of its own."""
    parts = _NUMBERS.split(text)
    letters = max((squeeze(part) for part in parts), key=len)
    if len(parts) == 1 or len(letters) < FEWEST_LETTERS or re.search("[0-9]", letters):
        return None
    pattern = f"^{ANY_NUMBER.join(map(escaped, parts))}$"
    return Shape(pattern, letters, f"{text!r} with any number")


def first_bearable(text: str, bearable: Callable[[Shape], bool]) -> Shape | None:
    """The most general shape of a row that may be borne."""
    return next(filter(bearable, shapes(text)), None)
