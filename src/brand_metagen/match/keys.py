"""Keys for a join: a rule can only match a narrative that shares one of the rule's keys.

For engines that have no word table of ours, only equality. The keys of a narrative are, for each
of its runs of letters and digits, the first one to four characters and, for a shorter run, the
whole of it with a `$`. The keys of a pattern are what the first run it reads can begin with.
"""

from __future__ import annotations

from brand_metagen.grammar import Anchor, CharClass, Group, Literal, Node, Optional, parse
from brand_metagen.match.heads import RUN_CHARACTERS, Place, State, from_word, state_at

LENGTH = 4
MOST_KEYS = 64
"""A pattern with more is looked up by fewer characters."""
MOST_CHARACTERS = 12
"""A class of more characters is not spelled out: the key ends before it."""
EVERYWHERE = ""
"""The key of a pattern that any narrative may match."""


def keys(pattern: str) -> frozenset[str]:
    r"""What narratives are looked up by; `EVERYWHERE` alone where nothing can be said.

    >>> sorted(keys(r"\bM[ -]?S(?:\b|[0-9])|\bSTARBUCKS"))
    ['M$', 'MS$', 'MS0', 'MS1', 'MS2', 'MS3', 'MS4', 'MS5', 'MS6', 'MS7', 'MS8', 'MS9', 'STAR']
    """
    for length in range(LENGTH, 0, -1):
        found = _keys(pattern, length)
        if EVERYWHERE not in found and len(found) <= MOST_KEYS:
            return frozenset(found)
    return frozenset({EVERYWHERE})


def _keys(pattern: str, length: int) -> set[str]:
    found: set[str] = set()
    for sequence in parse(pattern).alternatives:
        start: Place = (from_word(sequence), 0, None)
        found |= _Reader(length).read(start, "", bound=state_at(sequence) is State.BOUND)
    return found


class _Reader:
    """Reads the beginnings of runs, up to a length."""

    def __init__(self, length: int) -> None:
        self._length = length

    def read(self, place: Place | None, read: str, *, bound: bool) -> set[str]:
        """The keys of all that can be read from a place on, `read` of the run already read."""
        while place is not None and place[1] == len(place[0]):
            place = place[2]
        if place is None or len(read) == self._length:
            # A match may end inside a run: the key is open.
            return {read}
        nodes, at, beyond = place
        node, after = nodes[at], (nodes, at + 1, beyond)
        if isinstance(node, Literal):
            return self._character(node.character, after, read, bound=bound)
        if isinstance(node, CharClass):
            return self._of_class(node, after, read, bound=bound)
        if isinstance(node, Anchor):
            return {_closed(read)} if read else self.read(after, "", bound=True)
        ways: list[tuple[Node, ...]] = list(node.alternatives) if isinstance(node, Group) else []
        found = set() if ways else self.read(after, read, bound=bound)
        if isinstance(node, Optional):
            ways = [(node.node,)]
        for way in ways:
            found |= self.read((way, 0, after), read, bound=bound)
        return found

    def _character(self, character: str, after: Place, read: str, *, bound: bool) -> set[str]:
        if character in RUN_CHARACTERS:
            return self.read(after, read + character, bound=True) if bound else {EVERYWHERE}
        return {_closed(read)} if read else self.read(after, "", bound=True)

    def _of_class(self, node: CharClass, after: Place, read: str, *, bound: bool) -> set[str]:
        run = node.characters & RUN_CHARACTERS
        if len(run) > MOST_CHARACTERS or (run and run != node.characters and node.most > 1):
            return {read}
        found: set[str] = set()
        if node.least == 0:
            found |= self.read(after, read, bound=bound)
        if run != node.characters:
            found |= {_closed(read)} if read else self.read(after, "", bound=True)
        if run and node.most > 1:
            rest = CharClass(node.characters, max(0, node.least - 1), node.most - 1, node.text)
            after = ((rest,), 0, after)
        for character in sorted(run):
            found |= self._character(character, after, read, bound=bound)
        return found


def _closed(read: str) -> str:
    """The key of a run that ends here."""
    return read + "$"
