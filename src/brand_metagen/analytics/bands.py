"""Bands of metrics and what each asks for (LA-01 to LA-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KEEP = "keep as it is"
ANALYSE = "analyse what is behind it"
REVIEW = "review process and settings"
ESCALATE = "escalate: something is wrong"
ACTIONS = (KEEP, ANALYSE, REVIEW, ESCALATE)


@dataclass(frozen=True, slots=True)
class Band:
    """A name, from which value on it holds (going the good way), and what it asks for."""

    name: str
    edge: float
    action: str


@dataclass(frozen=True, slots=True)
class Bands:
    """Four bands, best first. `rising` says that more is better; an edge belongs to the worse band,
    as the requirements have it (> 80 % is excellent, 80 % is good)."""

    rising: bool
    names: Sequence[str]
    edges: Sequence[float]

    def of(self, value: float) -> Band:
        """The band a value lies in.

        >>> SHARE_GOOD.of(0.8).name, SHARE_GOOD.of(0.81).name, SHARE_GOOD.of(0.1).name
        ('good', 'excellent', 'poor')
        >>> SHARE_BAD.of(0.05).name, SHARE_BAD.of(0.049).name
        ('good', 'excellent')
        """
        for name, edge, action in zip(self.names, self.edges, ACTIONS, strict=False):
            if value > edge if self.rising else value < edge:
                return Band(name, edge, action)
        return Band(self.names[-1], self.edges[-1], ACTIONS[-1])


NAMES = ("excellent", "good", "fair", "poor")
SHARE_GOOD = Bands(True, NAMES, (0.8, 0.6, 0.4))
"""Approval on the first round (LA-01)."""
SHARE_BAD = Bands(False, NAMES, (0.05, 0.10, 0.20))
"""Escalations, wrong rows, missed rows (LA-03, LA-06, LA-07)."""
ROUNDS = Bands(False, NAMES, (2.0, 4.0, 6.0))
"""Rounds per brand (LA-02): up to 2, 4, 6."""
IMPROVEMENT = Bands(True, NAMES, (0.2, 0.1, 0.05))
"""Gain in confidence per round (LA-05)."""
