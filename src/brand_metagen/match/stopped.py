"""Where a pattern stopped in a narrative that it does not match: how near it came, and what was
missing there.

A narrative is walked through once with every attempt of the pattern at the same time, from the tree
of `grammar.parse`. An attempt is worth what its characters told: a letter named more than one of
several, any character at all nothing. The attempt worth most is the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import log2

from brand_metagen.grammar import (
    ALNUM,
    FEWEST_LETTERS,
    PRINTABLE,
    Anchor,
    CharClass,
    Group,
    Literal,
    Node,
    Optional,
    parse,
)

MOST_STEPS = 150_000
"""Steps of all attempts together at which a walk is given up: about a tenth of a second. A learned
pattern of 600 characters on a narrative of 40 takes some 500."""
MOST_EXPECTED = 3
"""Things named that could have gone on; more are no help."""
MOST_LISTED = 6
"""Letters of a class that are listed."""
FINE = 16
"""Parts of a bit that characters are weighed in, so that sums are whole numbers."""
ANY = "any character"
DIGITS = frozenset("0123456789")
LETTERS = ALNUM - DIGITS


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a pattern's nearest way came in a text.

    It matched from `start` to `end`; `expected` says in words what could have come next, the most
    telling first. `matched` = it came through. Where it came nowhere (fewer than two letters or
    digits), both are 0 and nothing is expected.
    """

    start: int
    end: int
    matched: bool
    expected: tuple[str, ...] = ()

    @property
    def nowhere(self) -> bool:
        """Whether nothing of the pattern stands in the text."""
        return not self.matched and self.end == 0


NOWHERE = Reach(0, 0, False)


def reach(pattern: str, text: str, most: int = MOST_STEPS) -> Reach | None:
    """How far a pattern comes in a normalised text; None where that takes more than `most` steps.

    Raises RuleError for a pattern outside the language.

    >>> reach("STAR ?BUCKS", "SQ *STARBUKS LEEDS")
    Reach(start=4, end=10, matched=False, expected=("'CKS'",))
    """
    return _Walk(_program(pattern), text, most).run()


def reaches(pattern: str, texts: Iterable[str], most: int = MOST_STEPS) -> Iterator[Reach | None]:
    """The same for many texts, which share the steps: where they are used up, the rest is None."""
    program = _program(pattern)
    for text in texts:
        walk = _Walk(program, text, most)
        yield walk.run()
        most = max(0, most - walk.spent)


def in_words(found: Reach, text: str) -> str:
    """Where it stopped and what was expected there.

    >>> text = "SQ *STARBUKS LEEDS"
    >>> in_words(reach("STAR ?BUCKS", text), text)
    "stops after 'STARBU', where 'CKS' is expected"
    """
    if found.matched:
        return "matches"
    if found.nowhere:
        return "nothing of it is there"
    *others, last = found.expected
    wanted = f"{', '.join(others)} or {last}" if others else last
    come = f"{text[found.start : found.end]!r}, where {wanted} is expected"
    return f"ends after {come}" if found.end == len(text) else f"stops after {come}"


@dataclass(frozen=True, slots=True)
class _Step:
    """What may come next: a character of some, an edge, or nothing before the steps `onward`."""

    onward: tuple[int, ...]
    characters: frozenset[str] = frozenset()
    anchor: str = ""
    weight: int = 0
    words: str = ""


END = 0
"""The step at which a pattern has come through."""
Program = tuple[tuple[_Step, ...], int]


@lru_cache(256)
def _program(pattern: str) -> Program:
    """The steps of a pattern and the first of them."""
    maker = _Maker()
    first = maker.group(parse(pattern), END, "")
    return tuple(maker.steps), first


@dataclass
class _Maker:
    """Steps made from the last one to the first, so that each knows what comes after it."""

    steps: list[_Step] = field(default_factory=lambda: [_Step(())])

    def add(self, step: _Step) -> int:
        self.steps.append(step)
        return len(self.steps) - 1

    def group(self, group: Group, onward: int, word: str) -> int:
        ways = [self.sequence(nodes, onward, word) for nodes in group.alternatives]
        return ways[0] if len(ways) == 1 else self.add(_Step(tuple(ways)))

    def sequence(self, nodes: tuple[Node, ...], onward: int, word: str) -> int:
        """`word` are the letters that are to follow, so that a rest can be named whole."""
        for node in reversed(nodes):
            onward = self.node(node, onward, word)
            word = node.character + word if isinstance(node, Literal) else ""
        return onward

    def node(self, node: Node, onward: int, word: str) -> int:
        if isinstance(node, Literal):
            one = frozenset(node.character)
            words = repr(node.character + word)
            return self.add(_Step((onward,), one, weight=_weight(one), words=words))
        if isinstance(node, Anchor):
            return self.add(_Step((onward,), anchor=node.kind))
        if isinstance(node, Optional):
            inner = node.node
            taken = (
                self.group(inner, onward, "")
                if isinstance(inner, Group)
                else self.node(inner, onward, "")
            )
            return self.add(_Step((taken, onward)))
        if isinstance(node, Group):
            return self.group(node, onward, "")
        return self.counted(node, onward)

    def counted(self, node: CharClass, onward: int) -> int:
        """One step a repeat; those that may be missing can be left from each on."""
        weight, words, after = _weight(node.characters), _named(node.characters), onward
        for place in range(node.most, 0, -1):
            step = self.add(_Step((after,), node.characters, weight=weight, words=words))
            after = self.add(_Step((step, onward))) if place > node.least else step
        return after


def _weight(characters: frozenset[str]) -> int:
    """What one of these characters tells, in parts of a bit."""
    return round(FINE * log2(len(PRINTABLE) / len(characters)))


def _named(characters: frozenset[str]) -> str:
    """A class in words."""
    if characters >= PRINTABLE:
        return ANY
    if characters <= DIGITS:
        return "a digit"
    if characters >= LETTERS:
        return "a letter or digit" if characters & DIGITS else "a letter"
    if not characters & ALNUM:
        return "a blank or sign"
    listed = sorted(characters)
    if len(listed) == 1:
        return repr(listed[0])
    more = " …" if len(listed) > MOST_LISTED else ""
    return f"one of {' '.join(listed[:MOST_LISTED])}{more}"


Attempt = tuple[int, int, int]
"""Less than nothing of what it is worth, where it began, the step it waits at: so the best one
comes first in order."""


@dataclass
class _Walk:
    """One walk along a text; `spent` counts its steps."""

    program: Program
    text: str
    most: int
    spent: int = 0

    def run(self) -> Reach | None:
        """Walk; None when it takes too long."""
        steps, first = self.program
        best, nearest = 0, (0, 0, [END])
        going: list[Attempt] = []
        for at in range(len(self.text) + 1):
            going.append((0, at, first))
            waiting = self.waiting(sorted(going), at)
            if waiting is None:
                return None
            if END in waiting:
                return Reach(waiting[END][1], at, True)
            top = min(waiting.values())
            if top[0] < best and self.tells(top[1], at):
                best = top[0]
                nearest = top[1], at, [n for n, found in waiting.items() if found == top]
            if at < len(self.text):
                character = self.text[at]
                going = [
                    (worth - steps[n].weight, start, steps[n].onward[0])
                    for n, (worth, start) in waiting.items()
                    if character in steps[n].characters
                ]
        start, end, here = nearest
        return Reach(start, end, False, self.expected(here, end)) if end else NOWHERE

    def waiting(self, going: list[Attempt], at: int) -> dict[int, tuple[int, int]] | None:
        """The steps at which attempts wait before a place, each with the best of them."""
        steps, seen = self.program[0], set()
        found: dict[int, tuple[int, int]] = {}
        for worth, start, first in going:
            stack = [first]
            while stack:
                n = stack.pop()
                if n in seen:
                    continue
                seen.add(n)
                step = steps[n]
                if step.characters or n == END or not self.passes(step.anchor, at):
                    found[n] = worth, start
                else:
                    stack.extend(step.onward)
        self.spent += len(seen)
        return found if self.spent <= self.most else None

    def passes(self, anchor: str, at: int) -> bool:
        """Whether a place is such an edge; every place is none in particular."""
        if anchor == "\\b":
            return self.alnum(at - 1) != self.alnum(at)
        return not anchor or at == (0 if anchor == "^" else len(self.text))

    def alnum(self, at: int) -> bool:
        r"""Whether a word's character stands there, as `\b` has it."""
        return 0 <= at < len(self.text) and (self.text[at] in ALNUM or self.text[at] == "_")

    def tells(self, start: int, at: int) -> bool:
        """Whether enough was matched to say that the pattern came near."""
        return sum(c in ALNUM for c in self.text[start:at]) >= FEWEST_LETTERS

    def expected(self, here: Iterable[int], at: int) -> tuple[str, ...]:
        """What steps wait for, in words; what anything would do is named where nothing else is."""
        steps = (self.program[0][n] for n in here)
        ranked = sorted({(-step.weight, step.words or self.edge(step, at)) for step in steps})
        telling = tuple(words for _, words in ranked if words != ANY)
        return telling[:MOST_EXPECTED] or (ANY,)

    def edge(self, step: _Step, at: int) -> str:
        """An edge in words."""
        if step.anchor == "\\b":
            return "the end of a word" if self.alnum(at - 1) else "the beginning of a word"
        return f"the {'beginning' if step.anchor == '^' else 'end'} of the narrative"
