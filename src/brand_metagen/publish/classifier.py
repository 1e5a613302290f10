"""A release's answer for a row: match, resolve, confirm. It depends on row and release alone."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from brand_metagen.confirm.calibration import Floats
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.posterior import DOUBTS, SAID_SO, Opinions, Posterior
from brand_metagen.match.matcher import Matcher, Matches
from brand_metagen.match.recall import Ints
from brand_metagen.publish.answers import Answers, Memory, Row
from brand_metagen.records import Decision, Rule
from brand_metagen.resolve.ties import resolve

BATCH = 32_768
"""Rows worked on at once: enough to spread what a batch costs, few enough to stay in the cache."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A brand's claim on a row: its probability and the strongest reason against it, if any.

    `doubt` is SAID_SO where a reviewer has said that the row is theirs.
    """

    brandid: str
    probability: float
    doubt: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a row; `claims` are all brands whose rule takes it, best first."""

    brandid: str
    decision: Decision
    confidence: float
    reason: str
    claims: tuple[Opinion, ...] = ()


ALONE = (Decision.EXCLUDED, Decision.CONFIRMED, Decision.REVIEW)
"""What may become of a row that one brand claims."""
VOUCHED_AT = DOUBTS.index(SAID_SO)
UNMATCHED = Answer("", Decision.UNMATCHED, 0.0, "no rule takes this narrative with this code")


class Classifier:
    """Rules and model ready to answer. Not thread-safe while answering; make one per thread.

    A `matcher` of the same rules in order of brands is used instead of making one.
    """

    def __init__(
        self, rules: Sequence[Rule], model: ConfirmModel, matcher: Matcher | None = None
    ) -> None:
        rules = sorted(rules, key=lambda rule: rule.brandid)
        same = matcher is not None and matcher.rules == tuple(rules)
        self._matcher = matcher if matcher is not None and same else Matcher(rules)
        self._posterior = Posterior(model, self._matcher)
        self._limits = model.thresholds
        numbers = {rule.brandid: number for number, rule in enumerate(rules)}
        self._vouched = {
            (text, mccid): numbers[brandid]
            for text, mccid, brandid in model.vouched
            if brandid in numbers
        }
        self._vouched_texts = {text for text, _ in self._vouched}
        self._memory = Memory(self._ask)
        self._brandids = np.array([*(rule.brandid for rule in rules), ""], object)
        outcomes = [worded(decision, doubt) for decision in ALONE for doubt in DOUBTS]
        outcomes.append((UNMATCHED.decision, UNMATCHED.reason))
        self._decisions, self._reasons = (
            np.array(column, object) for column in zip(*outcomes, strict=True)
        )

    def answer(self, narrative: str, mccid: str, mid: str = "") -> Answer:
        """The answer for one row; `narrative` must be normalised."""
        return self.explained([narrative], [mccid], [mid])[0]

    def answers(
        self, narratives: Sequence[str], mccids: Sequence[str], mids: Sequence[str]
    ) -> Answers:
        """The answers for rows given as columns; `narratives` must be normalised."""
        answers = Answers()
        for part in _parts(len(narratives)):
            with uncollected():
                rows = list(zip(narratives[part], mccids[part], mids[part], strict=True))
                answers.extend(self._memory.of(rows))
        return answers

    def explained(
        self, narratives: Sequence[str], mccids: Sequence[str], mids: Sequence[str]
    ) -> list[Answer]:
        """The same row by row, with every brand's claim."""
        explained: list[Answer] = []
        for part in _parts(len(narratives)):
            matches, opinions = self._weighed(narratives[part], mccids[part], mids[part])
            answers = self._answers(len(narratives[part]), matches, opinions)
            claims: list[tuple[Opinion, ...]] = [()] * len(answers)
            for row, claimed in self._claims(matches, opinions):
                claims[row] = _ranked(claimed)
            explained += map(Answer, *answers.columns(), claims)
        return explained

    def _ask(self, rows: Sequence[Row]) -> Answers:
        narratives, mccids, mids = zip(*rows, strict=True)
        return self._answers(len(rows), *self._weighed(narratives, mccids, mids))

    def _weighed(
        self, narratives: Sequence[str], mccids: Sequence[str], mids: Sequence[str]
    ) -> tuple[Matches, Opinions]:
        """What matches some rows, and the opinion on every match."""
        with uncollected():
            words = self._matcher.lexicon.read(narratives)
            matches = self._matcher.matches(words, self._matcher.code_numbers(mccids))
            opinions = self._posterior.opine(words, matches, mids)
        asked = {i for i, text in enumerate(narratives) if text in self._vouched_texts}
        if asked:
            pairs = enumerate(zip(matches.text.tolist(), matches.rule.tolist(), strict=True))
            said = (
                at
                for at, (i, rule) in pairs
                if i in asked and self._vouched.get((narratives[i], mccids[i])) == rule
            )
            opinions.decided(list(said))
        return matches, opinions

    def _answers(self, rows: int, matches: Matches, opinions: Opinions) -> Answers:
        brand, outcome = np.full(rows, -1), np.full(rows, -1)
        confidence = np.zeros(rows)
        alone = matches.rivals() == 0
        text, probability = matches.text[alone], opinions.probability[alone]
        brand[text], confidence[text] = matches.rule[alone], probability
        doubt = opinions.doubt[alone]
        outcome[text] = self._place(probability, doubt) * len(DOUBTS) + doubt
        answers = Answers(
            self._brandids[brand].tolist(),
            self._decisions[outcome].tolist(),
            confidence.tolist(),
            self._reasons[outcome].tolist(),
        )
        for row, claims in self._claims(matches.where(~alone), opinions.where(~alone)):
            answers.put(row, *self._contested(claims))
        return answers

    def _claims(self, matches: Matches, opinions: Opinions) -> Iterator[tuple[int, list[Opinion]]]:
        """Row by row, what its brands claim, in order of the brands."""
        columns = (
            matches.text,
            self._brandids[matches.rule],
            opinions.probability,
            opinions.doubt,
        )
        pairs = zip(*(column.tolist() for column in columns), strict=True)
        for row, claims in groupby(pairs, itemgetter(0)):
            yield row, [Opinion(brandid, p, DOUBTS[doubt]) for _, brandid, p, doubt in claims]

    def _contested(self, claims: Sequence[Opinion]) -> tuple[str, Decision, float, str]:
        best, second = _ranked(claims)[:2]
        if best.doubt == SAID_SO:
            return best.brandid, Decision.CONFIRMED, best.probability, SAID_SO
        outcome = resolve(claims, self._limits.win, self._limits.lead)
        if not outcome.settled and best.probability > self._limits.exclude:
            decision, reason = Decision.TIE, f"also {second.brandid} at {second.probability:.2f}"
        else:
            place = int(self._place(np.array([best.probability]), np.zeros(1))[0])
            decision, reason = worded(ALONE[place], best.doubt)
            if decision is not Decision.EXCLUDED:
                reason += f"; ahead of {second.brandid} by {outcome.lead:.2f}"
        return best.brandid, decision, best.probability, reason

    def _place(self, probability: Floats, doubt: Ints | Floats) -> Ints:
        """The place in ALONE of what becomes of rows so probable, and doubted so."""
        sure, not_it = probability >= self._limits.confirm, probability <= self._limits.exclude
        return np.where(doubt == VOUCHED_AT, 1, np.where(not_it, 0, np.where(sure, 1, 2)))


def _parts(rows: int) -> Iterator[slice]:
    """Rows as batches."""
    for at in range(0, rows, BATCH):
        yield slice(at, at + BATCH)


def _ranked(claims: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Best first: whom a reviewer gave the row, then by probability."""
    return tuple(sorted(claims, key=lambda c: (c.doubt != SAID_SO, -c.probability, c.brandid)))


def worded(decision: Decision, doubt: str) -> tuple[Decision, str]:
    """The decision on a brand's claim, and the reason in words."""
    if decision is Decision.CONFIRMED:
        return decision, SAID_SO if doubt == SAID_SO else "rule and code match"
    told = "improbable" if decision is Decision.EXCLUDED else "not sure"
    return decision, f"{told}; against it: {doubt}" if doubt else told


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: a batch holds no cycles, and looking for them costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
