"""What becomes of rows that rules take: ties between them, and what confirmation stops or loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.counting import NONE, Answered, Predictions, Share
from benchmarks.sets import Key, Truth

CONFIRMED, EXCLUDED = "confirmed", "excluded"
HUMANS = ("review", "tie")


@dataclass(frozen=True, slots=True)
class Ties:
    """Rows of one split that rules of two brands or more take.

    `settled` were confirmed for one brand, `right` of these are that brand's; `left` went to
    humans, `refused` to nobody.
    """

    split: str
    contested: Share
    settled: Share
    right: Share
    left: Share
    refused: Share


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of candidates of one sort."""

    confirmed: Share
    left: Share
    excluded: Share


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Candidates on rows of one split that a rule takes: the wrong ones and the true ones."""

    split: str
    wrong: Outcomes
    true: Outcomes


def ties(
    truth: Iterable[Truth], every: Predictions, answers: Mapping[Key, Answered], split: str
) -> Ties:
    """How the contested rows of a split ended; `every` holds all brands whose rules take a row."""
    rows = [t for t in truth if t.split == split]
    contested = [t for t in rows if len(every.get(t.key, NONE)) > 1]
    taken = sum(bool(every.get(t.key, NONE)) for t in rows)
    ends = Counter(answers[t.key].decision for t in contested if t.key in answers)
    settled = [t for t in contested if _decision(answers, t) == CONFIRMED]
    n = len(contested)
    left = sum(ends[decision] for decision in HUMANS)
    return Ties(
        split=split,
        contested=Share(n, taken),
        settled=Share(len(settled), n),
        right=Share(sum(answers[t.key].brandid == t.brandid for t in settled), len(settled)),
        left=Share(left, n),
        refused=Share(n - len(settled) - left, n),
    )


def confirmation(
    truth: Iterable[Truth], every: Predictions, answers: Mapping[Key, Answered], split: str
) -> Confirmation:
    """How wrong and true candidates of a split ended, on rows that a rule takes.

    A row's candidate is the brand of its answer; it is true when the row is that brand's.
    """
    ends: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for t in truth:
        answer = answers.get(t.key)
        if t.split == split and every.get(t.key, NONE) and answer and answer.brandid:
            ends[answer.brandid == t.brandid][answer.decision] += 1
    return Confirmation(split, wrong=_outcomes(ends[False]), true=_outcomes(ends[True]))


def _outcomes(ends: Counter[str]) -> Outcomes:
    n = ends.total()
    return Outcomes(
        confirmed=Share(ends[CONFIRMED], n),
        left=Share(sum(ends[decision] for decision in HUMANS), n),
        excluded=Share(ends[EXCLUDED], n),
    )


def _decision(answers: Mapping[Key, Answered], row: Truth) -> str:
    answer = answers.get(row.key)
    return answer.decision if answer else ""
