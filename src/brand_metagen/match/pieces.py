"""The pieces of a rule one by one, each as it counts within the whole: with its edges."""

from __future__ import annotations

from collections.abc import Sequence

NEVER = "A^A"
"""A pattern of the language that matches nothing: a beginning behind a letter."""
PRIVATE = 0xE000
"""First of the characters that no pattern holds; they stand for pieces meanwhile."""


def alone(include: str, pieces: Sequence[str]) -> tuple[str, ...]:
    """For each piece the include pattern in which no other piece matches anything.

    Where the include is not made of them (written by hand), pieces stand for themselves.

    >>> alone(r"\\b(?:STAR ?BUCKS|SBUX)\\b", ["STAR ?BUCKS", "SBUX"])
    ('\\\\b(?:STAR ?BUCKS|A^A)\\\\b', '\\\\b(?:A^A|SBUX)\\\\b')
    """
    marks = {piece: chr(PRIVATE + place) for place, piece in enumerate(dict.fromkeys(pieces))}
    shape = include
    for piece in sorted(marks, key=len, reverse=True):  # a piece may begin another one
        shape = shape.replace(piece, marks[piece])
    if not all(mark in shape for mark in marks.values()):
        return tuple(pieces)
    return tuple(_only(shape, marks, piece) for piece in pieces)


def _only(shape: str, marks: dict[str, str], wanted: str) -> str:
    for piece, mark in marks.items():
        shape = shape.replace(mark, piece if piece == wanted else NEVER)
    return shape
