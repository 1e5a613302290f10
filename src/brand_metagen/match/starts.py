"""The words at which rules can begin: an exact filter before any pattern is run.

Every match reads some run of letters and digits first, from the run's first character on. What a
rule can read there is itself a pattern for whole runs; all of them together are one RE2 set, asked
once per distinct word. A narrative's candidates are those of its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

import re2

from brand_metagen.grammar import (
    ALNUM,
    Anchor,
    CharClass,
    Group,
    Literal,
    Node,
    Optional,
    is_branchy,
    parse,
)

MAX_MEMORY = 1 << 30
"""Bytes RE2 may use for the set; its default fails beyond some 10,000 patterns (measured)."""
MOST_WORDS = 2_000_000
"""Distinct words kept before the table starts anew; some 300 MB at the most."""

MOST_STEPS, MOST_FORKS = 60, 8
"""Parts of a pattern that are followed to tell what its first run can be, and branchings."""

_ANY_RUN = "[A-Z0-9_]*"
_RUNS = re.compile(r"[A-Z0-9_]+")


class WordTable(dict[str, tuple[int, ...]]):
    """Word (what stands between blanks) → positions of the patterns that can begin in it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__()
        begins: dict[str, list[int]] = {}
        for position, pattern in enumerate(patterns):
            begins.setdefault(first_run(pattern), []).append(position)
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        self._runs = re2.Set.FullMatchSet(options)
        self._users = list(begins.values())
        for run in begins:
            self._runs.Add(run)
        if begins:
            self._runs.Compile()

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= MOST_WORDS:
            self.clear()
        found: set[int] = set()
        if self._users:
            for run in (word,) if word.isalnum() else _RUNS.findall(word):
                for begin in self._runs.Match(run) or ():
                    found.update(self._users[begin])
        self[word] = candidates = tuple(sorted(found))
        return candidates


Place = tuple[tuple[Node, ...], int, "Place | None"]
"""A position in a sequence of nodes, and where to go on behind it."""

RUN_CHARACTERS = ALNUM | {"_"}


class State(Enum):
    """How far a run is read: not begun, free to begin inside one; bound to begin one; begun."""

    FREE = 1
    BOUND = 2
    READ = 3


def first_run(pattern: str) -> str:
    r"""What a pattern can read as its first run, as a pattern for whole runs.

    >>> re.fullmatch(first_run(r"\bTEXAS[ -]?ROAD"), "TEXASROADHOUSE") is not None
    True
    >>> re.fullmatch(first_run(r"\bTEXAS[ -]?ROAD"), "TEXASTEA") is None
    True
    """
    tree = parse(pattern)
    if is_branchy(tree):
        return _ANY_RUN
    ways = [_run((_from_word(s), 0, None), _at(s)) for s in tree.alternatives]
    return "(?:" + "|".join(ways) + ")"


def _at(sequence: tuple[Node, ...]) -> State:
    return State.FREE if _from_word(sequence) == sequence else State.BOUND


def _from_word(sequence: tuple[Node, ...]) -> tuple[Node, ...]:
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


def _run(place: Place | None, state: State, left: int = MOST_STEPS, forks: int = MOST_FORKS) -> str:
    """What can be read from a place on without leaving the run, as a pattern for the whole run.

    Until the run begins, anything else is passed over. The pattern's own end does not end the run,
    for a match may end inside a word. Where a pattern is so long or so branched that its run would
    not be short (`left` steps, `forks` branchings), the rest may be anything: still a superset.
    """
    while place is not None and place[1] == len(place[0]):
        place = place[2]
    if place is None or left == 0 or forks == 0:
        return _ANY_RUN
    nodes, at, beyond = place
    node, after = nodes[at], (nodes, at + 1, beyond)
    if isinstance(node, Literal):
        if node.character in RUN_CHARACTERS:
            return _begun(state) + node.character + _run(after, State.READ, left - 1, forks)
        return "" if state is State.READ else _run(after, State.BOUND, left - 1, forks)
    if isinstance(node, CharClass):
        return _of_class(node, after, state, left, forks)
    if isinstance(node, Anchor):
        return "" if state is State.READ else _run(after, State.BOUND, left - 1, forks)
    if isinstance(node, Optional):
        inner = node.node
        if state is State.READ and isinstance(inner, Literal) and inner.character in ALNUM:
            return f"{inner.character}?{_run(after, state, left - 1, forks)}"
        ways: list[Place] = [((inner,), 0, after), after]
    else:
        ways = [(sequence, 0, after) for sequence in node.alternatives]
    return "(?:" + "|".join(_run(way, state, left - 1, forks - 1) for way in ways) + ")"


def _begun(state: State) -> str:
    """What may stand in the run before its first character that is read."""
    return _ANY_RUN if state is State.FREE else ""


def _of_class(node: CharClass, after: Place, state: State, left: int, forks: int) -> str:
    letters = "".join(sorted(node.characters & RUN_CHARACTERS))
    others = node.characters - RUN_CHARACTERS
    if letters and node.most > 1 and others:
        # A gap reads across words; nothing can be said of the run.
        return _ANY_RUN
    if letters and not others and state is State.READ:
        onward = _run(after, state, left - 1, forks)
        return f"[{letters}]{{{node.least},{node.most}}}{onward}"
    ways = []
    if letters:
        times = f"{{{max(1, node.least)},{node.most}}}"
        onward = _run(after, State.READ, left - 1, forks - bool(node.least == 0 or others))
        ways.append(f"{_begun(state)}[{letters}]{times}{onward}")
    if others and state is State.READ:
        ways.append("")
    elif others:
        ways.append(_run(after, State.BOUND, left - 1, forks))
    if node.least == 0:
        ways.append(_run(after, state, left - 1, forks - bool(letters)))
    return "(?:" + "|".join(dict.fromkeys(ways)) + ")"
