"""The blast radius of a new rule: which rows of the market would change hands, from and to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Combos, Decision

MOST_BRANDS = 10
"""Brands named on a side; the others are counted only."""


@dataclass(frozen=True, slots=True)
class Side:
    """Rows that change hands: how many, whose they were or become, and some distinct narratives.

    `brands` maps a brandid to rows, the most first; the empty one stands for nobody.
    """

    rows: int
    brands: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Rows confirmed for the brand that were not before, rows no longer confirmed for it, and rows
    newly left to humans; `share` is the part of the whole market that the rule takes."""

    gained: Side
    lost: Side
    to_humans: Side
    taken: int
    share: float


def blast_radius(
    brandid: str,
    combos: Combos,
    rows: Sequence[int],
    before: Sequence[Answer],
    after: Sequence[Answer],
    samples: int,
) -> BlastRadius:
    """Compare the answers to `rows` (positions of combos) under the old and the new rule.

    `rows` hold every row that either rule takes; `samples` limits the narratives shown.
    """
    gained, lost, doubtful = [], [], []
    for row, old, new in zip(rows, before, after, strict=True):
        was, now = _given(old, brandid), _given(new, brandid)
        if now and not was:
            gained.append((row, _owner(old)))
        elif was and not now:
            lost.append((row, _owner(new)))
        if _asks(new, brandid) and not _asks(old, brandid):
            doubtful.append((row, _owner(old)))
    taken = sum(any(c.brandid == brandid for c in answer.claims) for answer in after)
    share = taken / len(combos) if len(combos) else 0.0
    sides = [_side(combos, found, samples) for found in (gained, lost, doubtful)]
    return BlastRadius(sides[0], sides[1], sides[2], taken, share)


def _given(answer: Answer, brandid: str) -> bool:
    return answer.brandid == brandid and answer.decision is Decision.CONFIRMED


def _asks(answer: Answer, brandid: str) -> bool:
    return answer.brandid == brandid and answer.decision in (Decision.REVIEW, Decision.TIE)


def _owner(answer: Answer) -> str:
    return answer.brandid if answer.decision is Decision.CONFIRMED else ""


def _side(combos: Combos, found: Iterable[tuple[int, str]], samples: int) -> Side:
    found = list(found)
    owners = Counter(owner for _, owner in found)
    ranked = sorted(owners.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_BRANDS]
    texts = dict.fromkeys(combos.narrative[row] for row, _ in found)
    return Side(len(found), tuple(ranked), tuple(texts)[:samples])
