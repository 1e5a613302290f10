"""Rounds of a brand and what they brought; when another is not worth it, and why (ITR-04…06)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.config import ReviewSettings
from brand_metagen.ports import Remark, RemarkOutcome
from brand_metagen.records import Metadata, Rule

STILL = 2
"""Rounds without effect after which somebody is told."""
GAIN = 0.01
"""Confidence that counts as a gain."""
BAD_DATA = ("no rows", "insufficient data", "label noise")
"""Issues of a brand's own rows that no rule mends, as evaluation names them."""


class Stop(StrEnum):
    """Why another round is not worth it."""

    GOOD_ENOUGH = "good enough"
    DIMINISHING = "diminishing returns"
    UNCHANGED = "unchanged"
    """The rule is one that was there before, or takes and decides the same rows: a stuck loop."""
    COUNTER = "counter stuck"
    """The round counter does not follow the rounds: a stuck loop."""
    NEAR_LIMIT = "near the limit"
    DATA_PROBLEM = "data problem"


@dataclass(frozen=True, slots=True)
class Advice:
    """A reason to stop, in words, and what to do instead."""

    stop: Stop
    says: str
    do: str


@dataclass(frozen=True, slots=True)
class Iteration:
    """One round: the remark, the version it was on and the one it led to, confidence and rows taken
    before and after; `same_as` is the version whose rule or rows it brought back (0 = none)."""

    round: int
    feedback_id: str
    author: str
    given_at: str
    category: str
    version: int
    made: int
    confidence: tuple[float, float]
    taken: tuple[int, int]
    same_as: int

    @property
    def gain(self) -> float:
        """Confidence gained."""
        return self.confidence[1] - self.confidence[0]


def same_rule(one: Rule | None, other: Rule | None) -> bool:
    """Whether two rules take the same rows by the same words: include, exclude and codes."""
    if one is None or other is None:
        return one is other
    return (one.include, one.exclude, one.mccids) == (other.include, other.exclude, other.mccids)


def moved(evidence: Mapping[str, object]) -> str:
    """What a round may move: the rows taken, and what becomes of them."""
    return json.dumps([evidence.get("taken"), evidence.get("decisions")], sort_keys=True)


def iterations(remarks: Sequence[Remark], versions: Sequence[Metadata]) -> list[Iteration]:
    """The rounds of a brand from its remarks and versions, both oldest first.

    A remark that was withdrawn later was a round all the same.
    """
    by_number = {version.version: version for version in versions}
    found = []
    for remark in remarks:
        before, after = by_number.get(remark.version), by_number.get(remark.made)
        if before is None or after is None:
            continue
        found.append(
            Iteration(
                remark.round, remark.feedback_id, remark.author, remark.given_at, remark.category,
                remark.version, remark.made, (before.confidence, after.confidence),
                (_taken(before), _taken(after)), _same(versions, before, after),
            )
        )  # fmt: skip
    return found


def _taken(version: Metadata) -> int:
    taken = version.evidence.get("taken", 0)
    return taken if isinstance(taken, int) else 0


def _same(versions: Sequence[Metadata], before: Metadata, after: Metadata) -> int:
    """The version that a round brought back: the one before it where nothing moved."""
    if moved(before.evidence) == moved(after.evidence):
        return before.version
    for version in versions:
        if version.version < before.version and same_rule(version.rule, after.rule):
            return version.version
    return 0


def advise(
    rounds: Sequence[Iteration],
    counter: int,
    confidence: float,
    issues: Sequence[str],
    remarks: Sequence[Remark],
    sure: float,
    settings: ReviewSettings,
) -> list[Advice]:
    """Every reason there is to stop, the gravest first.

    `counter` is the brand's round counter, `confidence` its latest version's, `issues` those that
    evaluation found in its rows, `sure` the confidence that needs no confirmation.
    """
    found = [*_stuck(rounds), *_data(issues if confidence < sure else (), remarks)]
    if counter >= settings.near_limit:
        found.append(
            Advice(
                Stop.NEAR_LIMIT,
                f"round {counter} of {settings.round_limit}: the brand escalates at the limit",
                "hand it to experts while there is a round left: review flag",
            )
        )
    last = rounds[-STILL:]
    if len(last) == STILL and all(r.gain < GAIN for r in last) and not _still(last):
        found.append(
            Advice(
                Stop.DIMINISHING,
                f"the last {STILL} rounds brought {sum(r.gain for r in last):+.3f} confidence",
                "decide on it as it is: approve, or review flag",
            )
        )
    if rounds and confidence >= sure:
        found.append(
            Advice(
                Stop.GOOD_ENOUGH,
                f"its confidence is {confidence:.2f}; from {sure:.2f} on none is asked for",
                "look at its rows and approve it",
            )
        )
    return found


def _still(rounds: Sequence[Iteration]) -> bool:
    return len(rounds) == STILL and all(r.same_as == r.version for r in rounds)


def _stuck(rounds: Sequence[Iteration]) -> list[Advice]:
    if not rounds:
        return []
    last, do = rounds[-1], "say it otherwise, point at rows, or hand it over: review flag"
    if _still(rounds[-STILL:]):
        return [Advice(Stop.UNCHANGED, f"the last {STILL} rounds moved no row", do)]
    if last.same_as and last.same_as != last.version:
        says = f"version {last.made} has the rule of version {last.same_as} again"
        return [Advice(Stop.UNCHANGED, says, do)]
    return []


def _data(issues: Sequence[str], remarks: Sequence[Remark]) -> list[Advice]:
    bad = [name for name in issues if name in BAD_DATA]
    against = sum(remark.outcome is RemarkOutcome.CONTRADICTED for remark in remarks)
    if against:
        bad.append(f"{against} remarks that contradict others" if against > 1 else
                   "a remark that contradicts another")  # fmt: skip
    if not bad:
        return []
    do = "mend the rows first: brands combos, brands reassign, or escalations create"
    return [Advice(Stop.DATA_PROBLEM, "no rule mends this: " + ", ".join(bad), do)]


def counter_stuck(counter: int, counted: int) -> Advice | None:
    """Whether a round counter does not say what the log says (`counted`)."""
    if counter == counted:
        return None
    return Advice(
        Stop.COUNTER,
        f"the counter says {counter}, the log has {counted} rounds",
        f"correct it: review round BRAND {counted} --note WHY",
    )
