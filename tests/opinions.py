"""What a model thinks of rows: every rule's claim on every one, as the classifier weighs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.posterior import DOUBTS, Posterior
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule

Row = tuple[str, str, str]
"""Narrative, code, merchant id."""


@dataclass(frozen=True)
class Held:
    """One rule's claim on one row, and what came of it."""

    row: int
    brandid: str
    span: tuple[int, int]
    rivals: int
    probability: float
    doubt: str


class Opinionated:
    """A model with rules, asked again and again."""

    def __init__(self, rules: Sequence[Rule], model: ConfirmModel) -> None:
        self._matcher = Matcher(rules)
        self._posterior = Posterior(model, self._matcher)

    def on(self, rows: Sequence[Row]) -> list[Held]:
        texts, codes, mids = ([row[i] for row in rows] for i in range(3))
        words = self._matcher.lexicon.read(texts)
        matches = self._matcher.matches(words, self._matcher.code_numbers(codes))
        opinions = self._posterior.opine(words, matches, mids)
        origin, rivals = words.text_begin[matches.text], matches.rivals()
        return [
            Held(
                int(matches.text[i]),
                self._matcher.rules[matches.rule[i]].brandid,
                (int(matches.begin[i] - origin[i]), int(matches.end[i] - origin[i])),
                int(rivals[i]),
                float(opinions.probability[i]),
                DOUBTS[opinions.doubt[i]],
            )
            for i in range(len(matches.text))
        ]
