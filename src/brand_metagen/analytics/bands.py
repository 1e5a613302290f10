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
    """Four bands, best first. `rising` says that more is better; an edge belongs to the better of
    its two bands, save the first where the requirements ask for beyond it (`strict`: > 80 % is
    excellent, 80 % good; < 40 % is poor, 40 % fair)."""

    rising: bool
    names: Sequence[str]
    edges: Sequence[float]
    strict: bool = True

    def of(self, value: float) -> Band:
        """The band a value lies in.

        >>> SHARE_GOOD.of(0.8).name, SHARE_GOOD.of(0.81).name, SHARE_GOOD.of(0.4).name
        ('good', 'excellent', 'fair')
        >>> SHARE_BAD.of(0.05).name, SHARE_BAD.of(0.049).name, ROUNDS.of(2.0).name
        ('good', 'excellent', 'excellent')
        """
        for place, (name, edge) in enumerate(zip(self.names, self.edges, strict=False)):
            beyond = value > edge if self.rising else value < edge
            if beyond or (value == edge and not (self.strict and place == 0)):
                return Band(name, edge, ACTIONS[place])
        return Band(self.names[-1], self.edges[-1], ACTIONS[-1])


NAMES = ("excellent", "good", "fair", "poor")
SHARE_GOOD = Bands(True, NAMES, (0.8, 0.6, 0.4))
"""Approval on the first round (LA-01)."""
SHARE_BAD = Bands(False, NAMES, (0.05, 0.10, 0.20))
"""Escalations, wrong rows, missed rows (LA-03, LA-06, LA-07)."""
ROUNDS = Bands(False, NAMES, (2.0, 4.0, 6.0), strict=False)
"""Rounds per brand (LA-02): 1 to 2, to 4, to 6, above."""
IMPROVEMENT = Bands(True, NAMES, (0.2, 0.1, 0.05))
"""Gain in confidence per round (LA-05)."""
HIGH_SHARE = Bands(True, NAMES, (0.7, 0.6, 0.4))
"""Brands of high confidence: above 70 % is wanted (LA-04), the lower edges are ours."""
LOW_SHARE = Bands(False, NAMES, (0.1, 0.2, 0.4))
"""Brands of low confidence: below 10 % is wanted (LA-04), the upper edges are ours."""
RIGHT = Bands(True, NAMES, (0.95, 0.90, 0.80))
"""Rows decided rightly: what `SHARE_BAD` says of wrong ones, the other way round."""
