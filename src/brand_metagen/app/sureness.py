"""Why a version is as sure as it is: the errors to expect, how many it may have, what adds most."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brand_metagen.analytics.history import History, first_looks
from brand_metagen.app.live import Live
from brand_metagen.confirm.grade import (
    SMALL_BRAND,
    SMALL_ERRORS,
    WANTED_PRECISION,
    WANTED_RECALL,
    Expected,
    HeldOutRecall,
    poisson_at_most,
)
from brand_metagen.records import Decision, Metadata
from brand_metagen.workflow.evidence import expected_errors

MOST_DOUBTS = 4
ALIKE = 0.05
"""How far confidences may lie apart for two versions to be equally sure."""
UNNAMED = "no doubt in particular"


@dataclass(frozen=True, slots=True)
class Factor:
    """One kind of error: how many are expected, how many a version may have, and how probable it
    is that there are no more."""

    name: str
    expected: float
    allowed: int
    probability: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason for which confirmed rows may be wrong: rows, and the wrong ones to expect."""

    said: str
    rows: int
    wrong: float


@dataclass(frozen=True, slots=True)
class Sureness:
    """`confidence` is the factors multiplied, as the market stands now; `interval` is where it lies
    when the held-out recall lies at the ends of its own 95 % interval (None = nothing held out);
    `missed` are rows labelled to the brand that its rule does not take."""

    confidence: float
    interval: tuple[float, float] | None
    confirmed: int
    factors: tuple[Factor, ...]
    doubts: tuple[Doubt, ...]
    missed: int


def sureness(live: Live, record: Metadata) -> Sureness | None:
    """Take a version's confidence apart; None where it has no rule, or no record of its rows."""
    held: Any = record.evidence.get("held_out")
    if record.rule is None or not isinstance(held, Mapping):
        return None
    now, brandid = live.now, record.brandid
    rows, count = now.rows(brandid), int(held["rows"])

    def errors(share: float) -> Expected:
        return expected_errors(
            now.answers, brandid, rows, HeldOutRecall(count, round(share * count))
        )

    likely = errors(held["recall"] or 0.0)
    low, high = (errors(share).approval for share in held["recall_interval"])
    confirmed = [
        i
        for i in rows.taken
        if now.answers[i].brandid == brandid and now.answers[i].decision is Decision.CONFIRMED
    ]
    return Sureness(
        likely.approval, (min(low, high), max(low, high)) if count else None, likely.rows,
        _factors(likely), _doubts(live, brandid, confirmed), len(set(rows.own) - set(rows.taken)),
    )  # fmt: skip


def _factors(found: Expected) -> tuple[Factor, ...]:
    if not found.rows:
        return ()
    if found.rows < SMALL_BRAND:
        both = found.wrong + found.missed
        fits = poisson_at_most(both, SMALL_ERRORS)
        return (Factor("wrong or missed", both, SMALL_ERRORS, fits),)
    limits = (
        ("wrong", found.wrong, math.floor((1 - WANTED_PRECISION) * found.rows)),
        ("missed", found.missed, math.floor((1 - WANTED_RECALL) * found.rows)),
    )
    return tuple(Factor(n, mean, most, poisson_at_most(mean, most)) for n, mean, most in limits)


def _doubts(live: Live, brandid: str, confirmed: Sequence[int]) -> tuple[Doubt, ...]:
    """What speaks against confirmed rows, the most wrong ones to expect first."""
    found: dict[str, list[float]] = defaultdict(list)
    for place in confirmed:
        answer = live.now.answers[place]
        claim = next(c for c in answer.claims if c.brandid == brandid)
        found[claim.doubt or UNNAMED].append(1 - answer.confidence)
    doubts = (Doubt(said, len(shares), sum(shares)) for said, shares in found.items())
    return tuple(sorted(doubts, key=lambda d: (-d.wrong, d.said))[:MOST_DOUBTS])


def alike(history: History, confidence: float) -> tuple[int, int]:
    """Of versions as sure as this one: how many were approved at first look, and how many looked
    at."""
    sure = {(v.brandid, v.version): v.confidence for v in history.versions}
    looks = [
        deed
        for deed in first_looks(history)
        if abs(sure[deed.brandid, deed.version] - confidence) <= ALIKE
    ]
    return sum(deed.action == "approve" for deed in looks), len(looks)
