"""A release's answer for a row: match, resolve, confirm. It depends on row and release alone."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.posterior import Opinion, Posterior
from brand_metagen.match.matcher import Matcher, Span
from brand_metagen.records import Decision, Rule
from brand_metagen.resolve.ties import resolve


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a row; `claims` are all brands whose rule takes it, best first."""

    brandid: str
    decision: Decision
    confidence: float
    reason: str
    claims: tuple[Opinion, ...] = ()


UNMATCHED = Answer("", Decision.UNMATCHED, 0.0, "no rule takes this narrative with this code")


class Classifier:
    """Rules and model ready to answer. Not thread-safe while answering; make one per thread."""

    def __init__(self, rules: Sequence[Rule], model: ConfirmModel) -> None:
        rules = sorted(rules, key=lambda rule: rule.brandid)
        self._matcher = Matcher(rules)
        self._brandids = [rule.brandid for rule in rules]
        self._mids = model.mids
        self._limits = model.thresholds
        self._posterior = Posterior(model)
        self._alone: dict[Opinion, Answer] = {}

    def answer(self, narrative: str, mccid: str, mid: str = "") -> Answer:
        """The answer for one row; `narrative` must be normalised."""
        taken = self._matcher.taken(narrative, mccid)
        if not taken:
            return UNMATCHED
        known_mid = self._mids.get(mid)
        if len(taken) > 1:
            return self._contested(narrative, mccid, known_mid, taken)
        rule, span = taken[0]
        claim = self._posterior.opine(self._brandids[rule], narrative, span, mccid, known_mid, 0)
        answer = self._alone.get(claim)
        if answer is None:
            answer = self._alone[claim] = self._decided(claim, (claim,), "")
        return answer

    def answers(self, rows: Iterable[tuple[str, str, str]]) -> list[Answer]:
        """The answers for (normalised narrative, mccid, mid) rows, in order."""
        with _uncollected():
            return [self.answer(*row) for row in rows]

    def _contested(
        self, narrative: str, mccid: str, known_mid: str | None, taken: Sequence[tuple[int, Span]]
    ) -> Answer:
        claims = [
            self._posterior.opine(
                self._brandids[rule], narrative, span, mccid, known_mid, len(taken) - 1
            )
            for rule, span in taken
        ]
        outcome = resolve(claims, self._limits.win, self._limits.lead)
        ranked = tuple(sorted(claims, key=lambda c: (-c.probability, c.brandid)))
        best, second = claims[outcome.best], ranked[1]
        if not outcome.settled and best.probability > self._limits.exclude:
            reason = f"also {second.brandid} at {second.probability:.2f}"
            return Answer(best.brandid, Decision.TIE, best.probability, reason, ranked)
        return self._decided(best, ranked, f"; ahead of {second.brandid} by {outcome.lead:.2f}")

    def _decided(self, best: Opinion, ranked: tuple[Opinion, ...], ahead: str) -> Answer:
        doubt = f"; against it: {best.doubt}" if best.doubt else ""
        if best.probability <= self._limits.exclude:
            decision, reason = Decision.EXCLUDED, f"improbable{doubt}"
        elif best.probability >= self._limits.confirm:
            decision, reason = Decision.CONFIRMED, f"rule and code match{ahead}"
        else:
            decision, reason = Decision.REVIEW, f"not sure{doubt}{ahead}"
        return Answer(best.brandid, decision, best.probability, reason, ranked)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: answers hold no cycles, and looking for them costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
