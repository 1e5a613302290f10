"""Predictions against the truth: the figures of the tables, and how sure they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.sets import Key, Truth

Predictions = Mapping[Key, frozenset[str]]
"""The brands each row is given; absent or empty: none."""

RESAMPLES = 2_000
"""Bootstrap resamples; the ends of the interval move by less than 0.001 between seeds."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; no value where there was nothing to count."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one split. `f1_all` counts brands given to look-alikes and background as wrong.

    `macro_f1` is the plain mean over brands that have rows in the split; `interval` the 95 %
    bootstrap interval of `f1_all`; `fix_*` the mislabelled and unlabelled rows given their brand.
    """

    f1_all: float
    interval: tuple[float, float]
    precision_all: float
    recall: float
    macro_f1: float
    look_alikes: Share
    background: Share
    fix_wrong: Share
    fix_missing: Share


@dataclass(frozen=True, slots=True)
class Answered:
    """A row of a classified table."""

    brandid: str
    decision: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Method:
    """One way to give brands to rows, measured on both splits; `note` says why it was not.

    `strata` are shares of held-out rows given their brand, by kind of row.
    """

    name: str
    train: Figures | None
    held_out: Figures | None
    note: str = ""
    strata: Mapping[str, Share] = field(default_factory=dict)


def count(truth: Iterable[Truth], predictions: Predictions, split: str) -> Figures:
    """The figures of one split of a set."""
    rows = [t for t in truth if t.split == split]
    given = [predictions.get(t.key, NONE) for t in rows]
    outcomes = [
        (int(t.brandid in g), len(g), int(bool(t.brandid)))
        for t, g in zip(rows, given, strict=True)
    ]
    right, offered, labelled = (sum(column) for column in zip(*outcomes, strict=True))
    return Figures(
        f1_all=f1(right, offered, labelled),
        interval=_interval(outcomes),
        precision_all=right / offered if offered else 0.0,
        recall=right / labelled if labelled else 0.0,
        macro_f1=_macro(rows, given),
        look_alikes=_taken(rows, given, "near_miss"),
        background=_taken(rows, given, "background"),
        fix_wrong=_fixed(rows, given, "wrong"),
        fix_missing=_fixed(rows, given, "missing"),
    )


def f1(right: int, offered: int, labelled: int) -> float:
    """The harmonic mean of precision (right / offered) and recall (right / labelled).

    >>> f1(3, 4, 4)
    0.75
    """
    return 2 * right / (offered + labelled) if offered + labelled else 0.0


def _macro(rows: Sequence[Truth], given: Sequence[frozenset[str]]) -> float:
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row, brands in zip(rows, given, strict=True):
        for brand in brands:
            tally[brand][1] += 1
        if row.brandid:
            tally[row.brandid][0] += row.brandid in brands
            tally[row.brandid][2] += 1
    scores = [f1(*counts) for _, counts in sorted(tally.items()) if counts[2]]
    return sum(scores) / len(scores) if scores else 0.0


def _taken(rows: Sequence[Truth], given: Sequence[frozenset[str]], kind: str) -> Share:
    takes = [bool(g) for t, g in zip(rows, given, strict=True) if t.kind == kind and not t.brandid]
    return Share(sum(takes), len(takes))


def _fixed(rows: Sequence[Truth], given: Sequence[frozenset[str]], noise: str) -> Share:
    labelled = [(t, g) for t, g in zip(rows, given, strict=True) if t.brandid]
    fixed = [g == {t.brandid} for t, g in labelled if t.noise == noise]
    return Share(sum(fixed), len(fixed))


def _interval(outcomes: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """95 % bootstrap interval of F1 over rows.

    Rows of the same outcome are exchangeable, so how often each outcome is drawn is multinomial.
    """
    kinds, counts = np.unique(np.array(outcomes), axis=0, return_counts=True)
    draws = np.random.default_rng(1).multinomial(counts.sum(), counts / counts.sum(), RESAMPLES)
    right, offered, labelled = (draws @ kinds).T
    scores = 2 * right / np.maximum(offered + labelled, 1)
    low, high = np.quantile(scores, (0.025, 0.975))
    return float(low), float(high)
