"""A release's answer for a row: match, resolve, confirm. Depends on the row and the release alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.posterior import Opinion, find, opine
from brand_metagen.match.matcher import Matcher
from brand_metagen.match.reducer import Reducer
from brand_metagen.records import Decision, Rule
from brand_metagen.resolve.ties import Outcome, resolve


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a row; `claims` are all brands whose rule takes it, best first."""

    brandid: str
    decision: Decision
    confidence: float
    reason: str
    claims: tuple[Opinion, ...] = ()


UNMATCHED = Answer("", Decision.UNMATCHED, 0.0, "no rule takes this narrative with this code")


@dataclass(frozen=True, slots=True)
class _Found:
    """Rules that take a narrative, with the span each matched."""

    rule: int
    span: tuple[int, int]


class Classifier:
    """Rules and model ready to answer; memoised, because reduced narratives repeat.

    Not thread-safe while answering; make one per thread.
    """

    def __init__(self, rules: Sequence[Rule], model: ConfirmModel) -> None:
        rules = sorted(rules, key=lambda rule: rule.brandid)
        self._matcher = Matcher(rules)
        self._model = model
        self._includes = [re.compile(rule.include) for rule in rules]
        self._codes = [frozenset(rule.mccids) for rule in rules]
        self._reducer = Reducer(rules, model.words.worth)
        self._found: dict[str, tuple[_Found, ...]] = {}
        self._answers: dict[tuple[str, str, str | None], Answer] = {}

    def answer(self, narrative: str, mccid: str, mid: str = "") -> Answer:
        """The answer for one row; `narrative` must be normalised."""
        return self._answer(self._reducer.reduce(narrative), mccid, self._model.mids.get(mid))

    def answers(self, rows: Iterable[tuple[str, str, str]]) -> list[Answer]:
        """The answers for (normalised narrative, mccid, mid) rows, in order."""
        reduce, known, mids = self._reducer.reduce, self._answers, self._model.mids
        results: list[Answer] = []
        for narrative, mccid, mid in rows:
            key = (reduce(narrative), mccid, mids.get(mid))
            found = known.get(key)
            results.append(self._answer(*key) if found is None else found)
        return results

    def _answer(self, text: str, mccid: str, known_mid: str | None) -> Answer:
        key = (text, mccid, known_mid)
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= MOST_REMEMBERED:
                self._answers.clear()
            answer = self._answers[key] = self._decide(text, mccid, known_mid)
        return answer

    def _matches(self, text: str) -> tuple[_Found, ...]:
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            found = self._found[text] = tuple(
                _Found(i, find(self._includes[i], text)) for i in self._matcher.match(text)
            )
        return found

    def _decide(self, text: str, mccid: str, known_mid: str | None) -> Answer:
        rules = self._matcher.rules
        taken = [f for f in self._matches(text) if mccid in self._codes[f.rule]]
        if not taken:
            return UNMATCHED
        claims = [
            opine(self._model, rules[f.rule].brandid, text, f.span, mccid, known_mid, len(taken) - 1)
            for f in taken
        ]
        limits = self._model.thresholds
        outcome = resolve(claims, limits.win, limits.lead)
        return self._worded(claims, outcome)

    def _worded(self, claims: list[Opinion], outcome: Outcome) -> Answer:
        best = claims[outcome.best]
        ranked = tuple(sorted(claims, key=lambda c: (-c.probability, c.brandid)))
        limits = self._model.thresholds
        doubt = f"; against it: {best.doubt}" if best.doubt else ""
        if best.probability <= limits.exclude:
            decision, reason = Decision.EXCLUDED, f"improbable{doubt}"
        elif not outcome.settled:
            second = ranked[1]
            decision = Decision.TIE
            reason = f"also {second.brandid} at {second.probability:.2f}"
        elif best.probability >= limits.confirm:
            decision, reason = Decision.CONFIRMED, "rule and code match"
            if len(claims) > 1:
                reason += f"; ahead of {ranked[1].brandid} by {outcome.lead:.2f}"
        else:
            decision, reason = Decision.REVIEW, f"not sure{doubt}"
        return Answer(best.brandid, decision, best.probability, reason, ranked)


MOST_REMEMBERED = 1_000_000
"""Distinct reduced rows kept; some 300 MB at the most."""
