"""The portable rule language: patterns that mean the same in every engine, in linear time.

Measured to agree in Python `re`, RE2 and DuckDB (tests/match/test_engines.py) on normalised
text. A pattern from anywhere — learner, reviewer, model — is parsed here before it is ever run:
what does not parse is refused with the position and what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from brand_metagen.errors import RuleError

MOST_CHARACTERS = 2_000
MOST_TIMES = 40
"""Upper bound of `{m,n}`: larger counts multiply an engine's states."""
MOST_DEPTH = 20
FEWEST_LETTERS = 2
"""Letters or digits a match must hold at least, or the pattern takes almost everything."""

ALNUM = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
_SPECIAL = frozenset(r".*+?()[]{}|^$\\")


@dataclass(frozen=True, slots=True)
class Literal:
    """One character."""

    character: str


@dataclass(frozen=True, slots=True)
class CharClass:
    """One of several characters, `least` to `most` times; `text` is how it was written."""

    characters: frozenset[str]
    least: int
    most: int
    text: str


@dataclass(frozen=True, slots=True)
class Optional:
    """A literal or group that may be absent."""

    node: Literal | Group


@dataclass(frozen=True, slots=True)
class Anchor:
    r"""`\b`, `^` or `$`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a sequence."""

    alternatives: tuple[tuple[Node, ...], ...]


Node = Literal | CharClass | Optional | Anchor | Group


def check_pattern(pattern: str) -> None:
    """Refuse what is outside the language or so broad that it says nothing; raises RuleError."""
    if fewest_letters(parse(pattern)) < FEWEST_LETTERS:
        raise RuleError(
            f"{pattern!r} can match with fewer than {FEWEST_LETTERS} letters: it would take almost "
            "every narrative. Name at least one word"
        )


def admits(pattern: str) -> bool:
    """Whether `check_pattern` lets a pattern pass."""
    try:
        check_pattern(pattern)
    except RuleError:
        return False
    return True


@lru_cache(8_192)
def parse(pattern: str) -> Group:
    """The pattern as a tree.

    Raises RuleError naming the position of what is not allowed.
    """
    if len(pattern) > MOST_CHARACTERS:
        raise RuleError(f"a pattern of {len(pattern)} characters; {MOST_CHARACTERS} at the most")
    parser = _Parser(pattern)
    tree = parser.alternatives(0)
    if parser.at < len(pattern):
        raise parser.refused("an unopened )")
    _check_boundaries(tree, pattern)
    return tree


class _Parser:
    """Recursive descent, one pass, no look-back."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def refused(self, what: str) -> RuleError:
        return RuleError(f"{self.pattern[:80]!r}, position {self.at}: {what} is not portable")

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def alternatives(self, depth: int) -> Group:
        if depth > MOST_DEPTH:
            raise self.refused(f"nesting deeper than {MOST_DEPTH}")
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence(depth))
        if not all(found):
            raise self.refused("an empty pattern or alternative")
        return Group(tuple(found))

    def sequence(self, depth: int) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while (character := self.peek()) and character not in "|)":
            nodes.append(self.quantified(self.atom(character, depth)))
        return tuple(nodes)

    def atom(self, character: str, depth: int) -> Node:
        if character == "(":
            return self.group(depth)
        if character == "[":
            return self.char_class()
        if character == "\\":
            return self.escaped()
        if character in "^$":
            self.at += 1
            return Anchor(character)
        if character in _SPECIAL:
            raise self.refused(f"{character!r} unescaped")
        if character not in PRINTABLE or character.islower():
            raise self.refused(f"{character!r} (narratives are upper-case ASCII)")
        self.at += 1
        return Literal(character)

    def group(self, depth: int) -> Group:
        if not self.pattern.startswith("(?:", self.at):
            raise self.refused("a group other than (?:…)")
        self.at += 3
        inner = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise self.refused("an unclosed (")
        self.at += 1
        return inner

    def escaped(self) -> Node:
        character = self.pattern[self.at + 1 : self.at + 2]
        if character == "b":
            self.at += 2
            return Anchor("\\b")
        if not character or character.isalnum() or character not in PRINTABLE:
            raise self.refused(f"the escape \\{character}")
        self.at += 2
        return Literal(character)

    def char_class(self) -> CharClass:
        start, end = self.at, self.pattern.find("]", self.at + 1)
        body = self.pattern[start + 1 : end]
        if end < 0 or not body or body[0] == "^" or "[" in body or "\\" in body:
            raise self.refused("an unclosed, empty or negated class, or [ or \\ in one")
        if any(twice in body for twice in ("&&", "||", "~~", "--")):
            # Java takes what both sides hold, and Python warns that it will do so.
            raise self.refused("a doubled & | ~ or - in a class (once is enough)")
        self.at = end + 1
        return CharClass(frozenset(self.members(body)), 1, 1, self.pattern[start : end + 1])

    def members(self, body: str) -> Iterator[str]:
        position = 0
        while position < len(body):
            first, last = body[position], body[position]
            if body[position + 1 : position + 2] == "-" and position + 2 < len(body):
                last = body[position + 2]
                position += 2
            if first > last or not {first, last} <= PRINTABLE:
                raise self.refused(f"the range {first}-{last}")
            if (first != last or first.islower()) and (first, last) not in _RANGES:
                raise self.refused(f"the range {first}-{last} (A-Z, 0-9 and blank-~ are)")
            yield from map(chr, range(ord(first), ord(last) + 1))
            position += 1

    def quantified(self, node: Node) -> Node:
        character = self.peek()
        if character == "?":
            self.at += 1
            node = self.optional(node)
        elif character == "{":
            node = self.counted(node)
        if self.peek() in ("*", "+", "?", "{"):
            raise self.refused(
                f"{self.peek()!r} after a quantifier"
                if character in "?{"
                else f"{self.peek()!r} (write a bounded class such as [A-Z]{{0,9}})"
            )
        return node

    def optional(self, node: Node) -> Node:
        if isinstance(node, CharClass):
            return CharClass(node.characters, 0, 1, node.text)
        if isinstance(node, Literal | Group):
            return Optional(node)
        raise self.refused("an optional anchor")

    def counted(self, node: Node) -> Node:
        end = self.pattern.find("}", self.at)
        bounds = self.pattern[self.at + 1 : end].split(",")
        if not isinstance(node, CharClass):
            raise self.refused("a count on anything but a class")
        if end < 0 or len(bounds) > 2 or not all(map(_is_count, bounds)):
            raise self.refused("a count other than {m,n} or {n}")
        least, most = int(bounds[0]), int(bounds[-1])
        if not (least <= most <= MOST_TIMES and most > 0):
            raise self.refused(f"a count outside 0 to {MOST_TIMES}")
        self.at = end + 1
        return CharClass(node.characters, least, most, node.text)


def _is_count(text: str) -> bool:
    """One or two ASCII digits: engines take others, such as ٣, for characters."""
    return text.isascii() and text.isdecimal() and len(text) <= 2


_RANGES = {("A", "Z"), ("0", "9"), (" ", "~")}


def _check_boundaries(tree: Group, pattern: str) -> None:
    r"""Every \b must stand beside a letter or digit on every path: engines differ elsewhere."""
    for before, after in _around_boundaries(tree, None, None):
        if not (before and before <= ALNUM) and not (after and after <= ALNUM):
            raise RuleError(f"{pattern[:80]!r}: \\b must stand beside a letter or digit")


Edge = frozenset[str] | None
"""Characters that may stand at one side; None where the text or an anchor may."""


def _around_boundaries(tree: Group, before: Edge, after: Edge) -> Iterator[tuple[Edge, Edge]]:
    for sequence in tree.alternatives:
        for i, node in enumerate(sequence):
            if isinstance(node, Literal | CharClass) or _is_optional_letter(node):
                continue
            left = _edge(sequence[:i][::-1], before, last=True)
            right = _edge(sequence[i + 1 :], after, last=False)
            if node == Anchor("\\b"):
                yield left, right
            elif isinstance(node, Group):
                yield from _around_boundaries(node, left, right)
            elif isinstance(node, Optional) and isinstance(node.node, Group):
                yield from _around_boundaries(node.node, left, right)


def _is_optional_letter(node: Node) -> bool:
    return isinstance(node, Optional) and isinstance(node.node, Literal)


def _edge(nodes: tuple[Node, ...], beyond: Edge, *, last: bool) -> Edge:
    """Characters that may come first (or last, with `nodes` reversed); None beside anchors."""
    union: frozenset[str] = frozenset()
    for node in nodes:
        characters, skippable = _side(node, last)
        if characters is None:
            return None
        union |= characters
        if not skippable:
            return union
    return None if beyond is None else union | beyond


def _side(node: Node, last: bool) -> tuple[Edge, bool]:
    if isinstance(node, Literal):
        return frozenset(node.character), False
    if isinstance(node, CharClass):
        return node.characters, node.least == 0
    if isinstance(node, Anchor):
        return None, False
    if isinstance(node, Optional):
        return _side(node.node, last)[0], True
    union: frozenset[str] = frozenset()
    for sequence in node.alternatives:
        part = _edge(sequence[::-1] if last else sequence, frozenset(), last=last)
        if part is None:
            return None, False
        union |= part
    return union, False


def fewest_letters(node: Node) -> int:
    """The letters and digits any match must hold.

    >>> fewest_letters(parse("A[ -]?B(?:CD|E)"))
    3
    """
    if isinstance(node, Literal):
        return int(node.character in ALNUM)
    if isinstance(node, CharClass):
        return node.least if node.characters <= ALNUM else 0
    if isinstance(node, Group):
        return min(sum(map(fewest_letters, sequence)) for sequence in node.alternatives)
    return 0


MOST_WAYS = 4_096
"""Ways through a pattern up to which trying all at every place of a narrative is quick.

Twice what the widest learned pattern has (2,088, of 1,293 on three markets); an engine that tries
all of them at 1,024 characters needed at most 90 ms.
"""


def is_branchy(node: Node) -> bool:
    """Whether an engine that tries combinations could be kept busy by the pattern."""
    return ways(node) > MOST_WAYS


def ways(node: Node) -> int:
    """In how many ways a pattern may be read: its counts, options and alternatives combined.

    >>> ways(parse("A[ -]?B(?:CD?E|F)"))
    6
    >>> ways(parse("[A-Z]{0,40}[A-Z]{1,40}"))
    1640
    """
    if isinstance(node, CharClass):
        return node.most - node.least + 1
    if isinstance(node, Optional):
        return 1 + ways(node.node)
    if isinstance(node, Group):
        return sum(prod(map(ways, sequence)) for sequence in node.alternatives)
    return 1
