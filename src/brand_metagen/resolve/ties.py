"""Several brands claim one row: one wins by probability, or a human decides.

Each claim's probability stands on its own; they need not sum to one. Pattern length plays no part:
UBER EATS beats UBER because EATS is evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Claim(Protocol):
    """Anything with a brand and a probability."""

    @property
    def brandid(self) -> str: ...

    @property
    def probability(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best claim's place in the ranking input, and whether it settles the row.

    `lead` is its distance from the next claim (1 when there is none).
    """

    best: int
    settled: bool
    lead: float


def resolve(claims: Sequence[Claim], win: float, lead: float) -> Outcome:
    """Rank one or more claims: settled when alone, or at `win` and `lead` ahead of the next.

    >>> from collections import namedtuple
    >>> C = namedtuple("C", "brandid probability")
    >>> resolve([C("1", 0.5), C("2", 0.9)], 0.8, 0.2)
    Outcome(best=1, settled=True, lead=0.4)
    >>> resolve([C("1", 0.85), C("2", 0.9)], 0.8, 0.2).settled
    False
    """
    order = sorted(range(len(claims)), key=lambda k: (-claims[k].probability, claims[k].brandid))
    first = claims[order[0]].probability
    if len(order) == 1:
        return Outcome(order[0], True, 1.0)
    ahead = round(first - claims[order[1]].probability, 9)
    return Outcome(order[0], first >= win and ahead >= lead, ahead)
