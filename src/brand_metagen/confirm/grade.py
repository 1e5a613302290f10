"""How sure of a whole brand: the probability that a reviewer would approve its rule unchanged.

A version is approvable when its confirmed rows have precision of at least 0.98 and recall of at
least 0.95; a brand of under 20 rows may hold one error (design.md, Numbers). Errors are counted as
they are expected: each confirmed row adds the probability that it is wrong, each row of the brand
adds the probability that its rule, learned without it, misses it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WANTED_PRECISION, WANTED_RECALL = 0.98, 0.95
SMALL_BRAND = 20
SMALL_ERRORS = 1
NO_EVIDENCE = 0.5
"""A rule that confirms no row may be right or wrong; it always requires confirmation."""
PRIOR_ROWS, PRIOR_RECALL = 4.0, 0.97
"""What an unseen row's chance of being taken is before any is seen, and how many rows say so."""


@dataclass(frozen=True, slots=True)
class HeldOutRecall:
    """Rows labelled to a brand, and how many a rule learned without them takes."""

    rows: int
    taken: int

    def with_seen(self, seen: HeldOutRecall) -> HeldOutRecall:
        """Halfway to the recall on rows the rule was learned from: a rule learned from all rows
        misses fewer than one learned from half of them, and more than it shows on its own."""
        return HeldOutRecall(self.rows + seen.rows, self.taken + seen.taken)

    def after(self, missed: int, found: int) -> HeldOutRecall:
        """After a human changed the rule: of the misses to expect, the share stays that it leaves
        of those in sight (`missed` rows of the brand, of which it now takes `found`).

        >>> HeldOutRecall(20, 10).after(4, 3)
        HeldOutRecall(rows=20, taken=18)
        """
        share = found / missed if missed else 0.0
        return HeldOutRecall(self.rows, self.taken + round(share * (self.rows - self.taken)))

    @property
    def smoothed(self) -> float:
        """Share taken, drawn towards the usual where rows are few."""
        return (self.taken + PRIOR_ROWS * PRIOR_RECALL) / (self.rows + PRIOR_ROWS)


@dataclass(frozen=True, slots=True)
class Expected:
    """A rule's errors as they are expected: of `rows` confirmed, so many wrong, so many missed."""

    rows: int
    wrong: float
    missed: float

    @property
    def approval(self) -> float:
        """The probability that the version is approvable; NO_EVIDENCE without a confirmed row."""
        if not self.rows:
            return NO_EVIDENCE
        if self.rows < SMALL_BRAND:
            return round(poisson_at_most(self.wrong + self.missed, SMALL_ERRORS), 6)
        precise = poisson_at_most(self.wrong, math.floor((1 - WANTED_PRECISION) * self.rows))
        complete = poisson_at_most(self.missed, math.floor((1 - WANTED_RECALL) * self.rows))
        return round(precise * complete, 6)


def expect(confirmed: Sequence[float], recall: HeldOutRecall) -> Expected:
    """From the probabilities of the confirmed rows and the recall.

    >>> expect([0.99] * 10, HeldOutRecall(10, 10)).approval > 0.9
    True
    >>> expect([0.9] * 100, HeldOutRecall(100, 80)).approval < 0.01
    True
    """
    wrong = sum(1 - p for p in confirmed)
    return Expected(len(confirmed), wrong, (1 - recall.smoothed) * len(confirmed))


def poisson_at_most(mean: float, most: int) -> float:
    """Probability of at most `most` events where `mean` are expected.

    >>> round(poisson_at_most(1.0, 0), 4)
    0.3679
    """
    term = total = math.exp(-mean)
    for k in range(1, most + 1):
        term *= mean / k
        total += term
    return min(1.0, total)


def wilson(successes: float, rows: float, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson's score interval); (0, 1) without rows.

    >>> [round(x, 2) for x in wilson(9, 10)]
    [0.6, 0.98]
    """
    if rows <= 0:
        return 0.0, 1.0
    p = successes / rows
    spread = z * math.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows))
    centre, scale = p + z * z / (2 * rows), 1 + z * z / rows
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
