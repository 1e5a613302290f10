"""What characters a pattern can read at the beginnings of words.

Words divide a narrative; most patterns are ruled out by the first character of a word that they
would have to read. Everything here errs on the side of more: a character too many costs a search,
one too few would lose a match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache

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

Place = tuple[tuple[Node, ...], int, "Place | None"]
"""A position in a sequence of nodes, and where to go on behind it."""

RUN_CHARACTERS = ALNUM | {"_"}


class State(Enum):
    """How far a run is read: not begun, free to begin inside one; bound to begin one; begun."""

    FREE = 1
    BOUND = 2
    READ = 3


def first_characters(pattern: str) -> frozenset[str]:
    r"""What the run that a pattern reads first can begin with.

    >>> "".join(sorted(first_characters(r"\b(?:THE )?(?:B|[0-9]{1,2} C)AR")))
    '0123456789BT'
    """
    found: set[str] = set()
    for sequence in parse(pattern).alternatives:
        heads, beyond = _heads_of(from_word(sequence), state_at(sequence))
        found |= RUN_CHARACTERS if beyond else heads
    return frozenset(found)


def _heads_of(sequence: Sequence[Node], state: State) -> tuple[frozenset[str], State | None]:
    """The first characters of the run a sequence reads; the state behind it if it read none."""
    found: frozenset[str] = frozenset()
    for node in sequence:
        heads, beyond = _heads(node, state)
        found |= heads
        if beyond is None:
            return found, None
        state = beyond
    return found, state


def _heads(node: Node, state: State) -> tuple[frozenset[str], State | None]:
    """The same of one node; FREE behind it when that is one of the possibilities."""
    if isinstance(node, Anchor):
        return frozenset(), State.BOUND
    if isinstance(node, Optional):
        return _heads(node.node, state)[0], state
    if isinstance(node, Group):
        ways = [_heads_of(sequence, state) for sequence in node.alternatives]
        beyond = {way[1] for way in ways} - {None}
        found = frozenset().union(*(way[0] for way in ways))
        return found, State.FREE if State.FREE in beyond else State.BOUND if beyond else None
    characters = frozenset(node.character) if isinstance(node, Literal) else node.characters
    run = characters & RUN_CHARACTERS
    heads = RUN_CHARACTERS if run and state is State.FREE else run
    if isinstance(node, CharClass) and node.least == 0:
        return heads, state
    return heads, None if run == characters else State.BOUND


def state_at(sequence: tuple[Node, ...]) -> State:
    """The state in which `from_word` leaves a sequence to be read."""
    return State.FREE if from_word(sequence) == sequence else State.BOUND


def from_word(sequence: tuple[Node, ...]) -> tuple[Node, ...]:
    """Without a first group that only leads up to a word's start (a wallet's star, TO …)."""
    first = sequence[0]
    if isinstance(first, Group) and len(sequence) > 1 and all(map(_leads, first.alternatives)):
        return sequence[1:]
    return sequence


def _leads(sequence: tuple[Node, ...]) -> bool:
    """Whether what follows a sequence stands at the start of a run."""
    last = sequence[-1]
    if isinstance(last, Literal):
        return last.character not in RUN_CHARACTERS
    if isinstance(last, CharClass):
        if last.characters & RUN_CHARACTERS:
            return False
        return last.least > 0 or (len(sequence) > 1 and _leads(sequence[:-1]))
    return isinstance(last, Anchor) and len(sequence) == 1


def separators(pattern: str) -> frozenset[str]:
    r"""The characters a pattern can read that belong to no run.

    >>> "".join(sorted(separators(r"\bONO[ -]?(?:HAWAII|[A*]BQ)")))
    ' *-'
    """
    return frozenset().union(*(_characters(n) for n, _ in _placed(pattern))) - RUN_CHARACTERS


def _characters(node: Node) -> frozenset[str]:
    if isinstance(node, CharClass):
        return node.characters
    return frozenset(node.character if isinstance(node, Literal) else "")


def characters_after_separators(pattern: str) -> frozenset[str]:
    r"""What a run can begin with that a pattern reads right after a character of no run.

    >>> "".join(sorted(characters_after_separators(r"\bONO[ -]?(?:HAWAII|[ABC]BQ)[ ]?1")))
    '1ABCH'
    """
    found: set[str] = set()
    for node, beyond in _placed(pattern):
        characters = _characters(node)
        if characters - RUN_CHARACTERS:
            found |= _heads_at(beyond)
            if isinstance(node, CharClass) and node.most > 1:
                found |= characters & RUN_CHARACTERS
    return frozenset(found)


def stands_alone(pattern: str) -> bool:
    r"""Whether a match begins with a run's character and does not ask where in the text it stands.

    >>> stands_alone(r"\b(?:STAR|BAR)"), stands_alone("[*]STAR"), stands_alone("^STAR")
    (True, False, False)
    """
    edges = {node.kind for node, _ in _placed(pattern) if isinstance(node, Anchor)}
    return _begins_in_run((parse(pattern),)) and edges <= {r"\b"}


def _begins_in_run(sequence: tuple[Node, ...]) -> bool:
    """Whether all that a sequence can read begins with a run's character."""
    if not sequence:
        return False
    first, rest = sequence[0], sequence[1:]
    if isinstance(first, Anchor):
        return _begins_in_run(rest)
    if isinstance(first, Optional):
        return _begins_in_run((first.node,)) and _begins_in_run(rest)
    if isinstance(first, Group):
        return all(map(_begins_in_run, first.alternatives))
    if isinstance(first, CharClass):
        in_run = first.characters <= RUN_CHARACTERS
        return in_run and (first.least > 0 or _begins_in_run(rest))
    return first.character in RUN_CHARACTERS


@lru_cache(1)
def _placed(pattern: str) -> tuple[tuple[Node, Place | None], ...]:
    """Every node of a pattern, with the place behind it; kept for the next question about it."""
    return tuple(_places((parse(pattern),), None))


def _places(
    sequence: tuple[Node, ...], beyond: Place | None
) -> Iterator[tuple[Node, Place | None]]:
    """Every node under a sequence, with the place behind it."""
    for at, node in enumerate(sequence):
        behind: Place = (sequence, at + 1, beyond)
        yield node, behind
        if isinstance(node, Optional):
            yield from _places((node.node,), behind)
        elif isinstance(node, Group):
            for alternative in node.alternatives:
                yield from _places(alternative, behind)


def _heads_at(place: Place | None) -> frozenset[str]:
    """The characters of a run that can be read from a place on; any at the pattern's end."""
    found: frozenset[str] = frozenset()
    while place is not None:
        sequence, at, beyond = place
        heads, state = _heads_of(sequence[at:], State.BOUND)
        found |= heads
        if state is None:
            return found
        place = beyond
    return RUN_CHARACTERS
