"""A rule drawn so that people can read it: words, joints, and what may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brand_metagen.errors import RuleError
from brand_metagen.grammar import ALNUM, Anchor, CharClass, Group, Literal, Node, Optional, parse

DIGITS = frozenset("0123456789")
LETTERS = ALNUM - DIGITS
MOST_LISTED = 6
"""Letters of a class that are listed; more are counted."""


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a piece: `word`, `joint`, `class`, `or`, `open`, `close` or `maybe`."""

    kind: str
    text: str
    hint: str = ""


def drawn(pattern: str) -> tuple[Token, ...]:
    """The tokens of a pattern; the pattern itself where it lies outside the language.

    >>> [token.text for token in drawn("DOLCE[ -]?GABBANA?")]
    ['DOLCE', '·', 'GABBAN', 'A?']
    """
    try:
        return tuple(_joined(_alternatives(parse(pattern))))
    except RuleError:
        return (Token("word", pattern),)


def _alternatives(group: Group) -> Iterator[Token]:
    for place, sequence in enumerate(group.alternatives):
        if place:
            yield Token("or", "or", "either side will do")
        for node in sequence:
            yield from _node(node)


def _node(node: Node) -> Iterator[Token]:
    if isinstance(node, Literal):
        yield Token("word", node.character)
    elif isinstance(node, CharClass):
        yield _class(node)
    elif isinstance(node, Group) and not _is_edge(node):
        yield Token("open", "(")
        yield from _alternatives(node)
        yield Token("close", ")")
    elif isinstance(node, Optional):
        yield from _optional(node)
    elif isinstance(node, Anchor) and node.kind != "\\b":
        yield Token("joint", "⊢" if node.kind == "^" else "⊣", "the narrative's edge")


def _is_edge(group: Group) -> bool:
    """Whether a group only says that a word ends, or goes on with a number."""
    return all(
        len(nodes) == 1 and (isinstance(nodes[0], Anchor) or _digits(nodes[0]))
        for nodes in group.alternatives
    )


def _digits(node: Node) -> bool:
    return isinstance(node, CharClass) and node.characters <= DIGITS


def _optional(node: Optional) -> Iterator[Token]:
    if isinstance(node.node, Literal):
        yield Token("maybe", f"{node.node.character}?", "may be missing")
        return
    yield Token("open", "(")
    yield from _alternatives(node.node)
    yield Token("close", ")?", "may be missing")


def _class(node: CharClass) -> Token:
    times = "" if node.least == node.most == 1 else _times(node)
    if not node.characters & ALNUM:
        signs = " ".join(sorted("blank" if c == " " else c for c in node.characters))
        return Token("joint", "·", f"{signs}{times or ', once'}")
    if node.characters <= DIGITS:
        return Token("class", f"digit{times}", node.text)
    letters = sorted(node.characters)
    name = "letter" if node.characters >= LETTERS else f"[{''.join(letters)}]"
    if len(letters) > MOST_LISTED and name != "letter":
        name = f"[{''.join(letters[:MOST_LISTED])}…]"
    return Token("class", f"{name}{times}", node.text)


def _times(node: CharClass) -> str:
    if (node.least, node.most) == (0, 1):
        return "?"
    return f"×{node.most}" if node.least == node.most else f"×{node.least}–{node.most}"


def _joined(tokens: Iterable[Token]) -> Iterator[Token]:
    """Letters that follow each other as one word."""
    word = ""
    for token in tokens:
        if token.kind == "word":
            word += token.text
            continue
        if word:
            yield Token("word", word)
        word = ""
        yield token
    if word:
        yield Token("word", word)
