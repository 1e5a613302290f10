"""Which words a set of patterns can touch: the beginnings of every run of letters they can read.

A match begins at a word's start or goes on across a joint, so a word takes part in one only if
some run of the pattern's letters begins it. `open` beginnings may go on in any way; `whole` ones
must end with the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brand_metagen.grammar import (
    ALNUM,
    Anchor,
    CharClass,
    Group,
    Literal,
    Node,
    Optional,
    parse,
)

LONGEST = 6
"""Letters of a beginning that are told apart; longer ones are open."""
WIDE_CLASS, ENOUGH = 12, 3
"""Letters of a class beyond which its beginnings are not listed but left open; once so many letters
are read, already beyond two."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Beginnings of runs, and the punctuation the patterns can read."""

    open: frozenset[str]
    whole: frozenset[str]
    punctuation: frozenset[str]

    def touch(self, run: str) -> bool:
        """Whether a run of letters and digits can take part in a match.

        >>> touched = word_starts([r"\\bTEXAS[ -]?ROADH[EOSU]{0,4}(?:\\b|[0-9])"])
        >>> [run for run in ("TEXAS", "TEXASROADHOUSE", "ROADHOUSE", "ROAD", "LEEDS") if touched.touch(run)]
        ['TEXAS', 'TEXASROADHOUSE', 'ROADHOUSE']
        """
        if run in self.whole:
            return True
        return any(run[:k] in self.open for k in range(min(len(run), LONGEST) + 1))


def word_starts(patterns: Iterable[str]) -> Starts:
    """Gather the beginnings over patterns of the portable subset."""
    found: set[tuple[str, bool]] = set()
    punctuation: set[str] = set()
    for pattern in patterns:
        tree = parse(pattern)
        found.update(_beginnings(((tree,), 0, None), ""))
        found.update(_after_joints((tree,), None, punctuation))
    opened = frozenset(start for start, is_open in found if is_open)
    return Starts(opened, frozenset(s for s, is_open in found if not is_open), frozenset(punctuation))


Place = tuple[tuple[Node, ...], int, "Place | None"]
"""A position in a sequence of nodes, and where to go on behind it."""


def _beginnings(place: Place | None, read: str) -> Iterator[tuple[str, bool]]:
    """Runs read from a place on, each with whether it may go on beyond what is listed."""
    while place is not None and place[1] == len(place[0]):
        place = place[2]
    if place is None or len(read) == LONGEST:
        # The pattern's end does not end the word, and neither does the end of our patience.
        yield read, True
        return
    nodes, at, beyond = place
    node, after = nodes[at], (nodes, at + 1, beyond)
    if isinstance(node, Literal):
        if node.character in ALNUM:
            yield from _beginnings(after, read + node.character)
        elif read:
            yield read, False
    elif isinstance(node, CharClass):
        yield from _of_class(node, after, read)
    elif isinstance(node, Anchor):
        if read:
            yield read, False
        else:
            yield from _beginnings(after, read)
    elif isinstance(node, Optional):
        yield from _beginnings(after, read)
        yield from _beginnings(((node.node,), 0, after), read)
    else:
        for sequence in node.alternatives:
            yield from _beginnings((sequence, 0, after), read)


def _of_class(node: CharClass, after: Place, read: str) -> Iterator[tuple[str, bool]]:
    letters = node.characters & ALNUM
    if node.least == 0:
        yield from _beginnings(after, read)
    if read and node.characters - ALNUM:
        yield read, False
    if len(letters) > (WIDE_CLASS if len(read) < ENOUGH else 2):
        yield read, True
    elif letters:
        rest: Node = CharClass(node.characters, max(0, node.least - 1), node.most - 1, node.text)
        onward = after if node.most == 1 else ((rest,), 0, after)
        for letter in sorted(letters):
            yield from _beginnings(onward, read + letter)


def _after_joints(
    nodes: tuple[Node, ...], beyond: Place | None, punctuation: set[str]
) -> Iterator[tuple[str, bool]]:
    """Runs that begin behind anything but a letter or digit."""
    for at, node in enumerate(nodes):
        after: Place = (nodes, at + 1, beyond)
        inner = node.node if isinstance(node, Optional) else node
        if isinstance(inner, Group):
            for sequence in inner.alternatives:
                yield from _after_joints(sequence, after, punctuation)
        elif isinstance(inner, Literal) and inner.character not in ALNUM:
            punctuation.add(inner.character)
            yield from _beginnings(after, "")
        elif isinstance(inner, CharClass) and (others := inner.characters - ALNUM):
            punctuation |= others
            rest: Node = CharClass(inner.characters, 0, inner.most - 1, inner.text)
            onward = after if inner.most == 1 else ((rest,), 0, after)
            yield from _beginnings(onward, "")
