"""The words at which rules can begin: an exact filter before any pattern is run.

Every match reads some run of letters and digits first, from the run's first character on. What a
rule can read there is itself a pattern for whole runs; all of them together are one RE2 set, asked
once per distinct word. A narrative's candidates are those of its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import re2

from brand_metagen.grammar import (
    ALNUM,
    Anchor,
    CharClass,
    Literal,
    Optional,
    is_branchy,
    parse,
)
from brand_metagen.match.heads import (
    RUN_CHARACTERS,
    Place,
    State,
    first_characters,
    from_word,
    state_at,
)

MAX_MEMORY = 1 << 30
"""Bytes RE2 may use for the set; its default fails beyond some 10,000 patterns (measured)."""

MOST_STEPS, MOST_FORKS = 60, 8
"""Parts of a pattern that are followed to tell what its first run can be, and branchings."""
FEW = (6, 3)
"""The same of a branchy pattern."""

_ANY_RUN = "[A-Z0-9_]*"
_RUNS = re.compile(r"[A-Z0-9_]+")


class Starts:
    """Words → positions of the patterns that can begin in them.

    One set per first character: most words never seen before are numbers, and hardly a pattern
    begins with a digit.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        users: dict[str, dict[str, list[int]]] = {}
        for position, pattern in enumerate(patterns):
            run = first_run(pattern)
            for character in first_characters(pattern):
                users.setdefault(character, {}).setdefault(run, []).append(position)
        self._sets = {character: _Runs(those) for character, those in users.items()}

    def of(self, word: str) -> tuple[int, ...]:
        """The patterns that can begin in a word, ascending; a superset."""
        if word.isalnum():
            return self._of_run(word)
        found = {rule for run in _RUNS.findall(word) for rule in self._of_run(run)}
        return tuple(sorted(found))

    def _of_run(self, run: str) -> tuple[int, ...]:
        those = self._sets.get(run[0])
        return () if those is None else those.of(run)


class _Runs:
    """Patterns for whole runs, each with those who use it, as one set."""

    def __init__(self, users: Mapping[str, Sequence[int]]) -> None:
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        self._set = re2.Set.FullMatchSet(options)
        self._users: list[tuple[int, ...]] = list(map(tuple, users.values()))
        for run in users:
            self._set.Add(run)
        self._set.Compile()

    def of(self, run: str) -> tuple[int, ...]:
        """The users of every pattern that is this run, ascending."""
        begins: Sequence[int] | None = self._set.Match(run)
        if not begins:
            return ()
        if len(begins) == 1:
            return self._users[begins[0]]
        return tuple(sorted({user for begin in begins for user in self._users[begin]}))


def first_run(pattern: str) -> str:
    r"""What a pattern can read as its first run, as a pattern for whole runs.

    >>> re.fullmatch(first_run(r"\bTEXAS[ -]?ROAD"), "TEXASROADHOUSE") is not None
    True
    >>> re.fullmatch(first_run(r"\bTEXAS[ -]?ROAD"), "TEXASTEA") is None
    True
    """
    tree = parse(pattern)
    limits = FEW if is_branchy(tree) else (MOST_STEPS, MOST_FORKS)
    ways = [_run((from_word(s), 0, None), state_at(s), *limits) for s in tree.alternatives]
    return "(?:" + "|".join(ways) + ")"


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
