"""What an unclear remark may mean: said again by an adviser, read by the same reader, asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.ports import Rephraser
from brand_metagen.records import Brand
from brand_metagen.review.reader import read
from brand_metagen.review.reading import Lookup, Reading
from brand_metagen.tables.normalise import normalise

KINDS = frozenset({
    Kind.BELONGS, Kind.DOES_NOT_BELONG, Kind.MCC_IN, Kind.MCC_OUT, Kind.WORDS_IN, Kind.WORDS_OUT,
    Kind.ENDS,
})  # fmt: skip
"""What may be suggested; patterns, wallets and splits are for people to say."""
_WORD = re.compile("[A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A remark that is clear, and what it asks; it binds nothing until somebody sends it."""

    text: str
    constraints: tuple[Constraint, ...]

    @property
    def question(self) -> str:
        """What to ask whoever wrote the remark."""
        meant = "; ".join(map(str, self.constraints))
        return f"Did you mean: {meant}? Then send: {self.text}"


def suggestion(
    rephraser: Rephraser | None, brand: Brand, remark: str, reading: Reading, lookup: Lookup
) -> Suggestion | None:
    """What an unclear remark may mean, as far as the reader understands it without a question and
    it names nothing that neither the remark nor its rows name."""
    if rephraser is None or reading.question is None or not remark.strip():
        return None
    rows = [row.narrative for row in reading.candidates]
    said = rephraser.rephrase(brand.brandname, remark, reading.question, rows)
    if not said:
        return None
    again = read(said, brand, lookup)
    if not again.understood or again.question or again.not_understood:
        return None
    named = _words([remark, *rows])
    if not all(c.kind in KINDS and _names(c) <= named for c in again.understood):
        return None
    fresh = tuple(c for c in again.understood if c not in reading.understood)
    return Suggestion(" ".join(said.split()), fresh) if fresh else None


def _names(constraint: Constraint) -> set[str]:
    """What a constraint says, word by word."""
    row = constraint.row
    return _words([constraint.text, row.ccid if row is not None else ""])


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(normalise(text))}
