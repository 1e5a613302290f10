"""How a market stands at one moment: rules, what was asked, and every row's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.constraints import Constraint
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Decision, Metadata, Rule
from brand_metagen.workflow.evidence import BrandRows


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule tried on the market: the rows that it or the rule before takes, and their answers.

    `asked` are the brand's constraints that it was tried under.
    """

    brandid: str
    rule: Rule | None
    asked: tuple[Constraint, ...]
    rows: tuple[int, ...]
    before: tuple[Answer, ...]
    after: tuple[Answer, ...]

    @property
    def taken(self) -> list[int]:
        """The rows that the new rule takes."""
        pairs = zip(self.rows, self.after, strict=True)
        return [row for row, answer in pairs if _claims(answer, self.brandid)]


def _claims(answer: Answer, brandid: str) -> bool:
    return any(claim.brandid == brandid for claim in answer.claims)


@dataclass(frozen=True, slots=True)
class Standing:
    """Never changed: what comes next is another one, so that whoever reads needs no lock.

    `model` is the fitted one with what reviewers said; `answers` are by place of the row.
    """

    versions: Mapping[str, Metadata]
    asked: Mapping[str, Sequence[Constraint]]
    """What reviewers have asked of each brand."""
    answers: Sequence[Answer]
    brands: Mapping[str, BrandRows]
    model: ConfirmModel

    def rows(self, brandid: str) -> BrandRows:
        """The rows labelled to a brand and those its rule takes, in order."""
        return self.brands[brandid] if brandid in self.brands else BrandRows()

    @property
    def rules(self) -> dict[str, Rule]:
        """The rule of every brand that has one."""
        return {b: m.rule for b, m in self.versions.items() if m.rule is not None}


def given(brandid: str, answers: Iterable[tuple[int, Answer]]) -> list[int]:
    """Of some rows with their answers, those confirmed for a brand or left to humans."""
    return [
        row
        for row, answer in answers
        if answer.brandid == brandid and answer.decision is not Decision.EXCLUDED
    ]
