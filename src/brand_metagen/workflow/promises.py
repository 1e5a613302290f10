"""Rules learned anew keep every promise made to a reviewer before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.constraints import Constraint
from brand_metagen.errors import RuleError
from brand_metagen.publish.classifier import Answer
from brand_metagen.publish.whatif import answers_with
from brand_metagen.records import Decision, Rule
from brand_metagen.review.draft import blank
from brand_metagen.review.regenerate import regenerate
from brand_metagen.review.wanted import matches
from brand_metagen.synthesise.learn import Learned
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.folds import BrandRules

Key = tuple[str, str]


def keep_promises(run: RunContext) -> list[tuple[BrandRules, HeldOutRecall]]:
    """The rules of brands that reviewers spoke of, changed where they would break a promise, and
    the recall to expect of each.

    Where no change of the rule learned keeps all of them, the version before stays, which did; a
    brand without one has the rule learned.
    """
    asked = run.store.constraints()
    wanted = [rules for rules in run.rules if asked.get(rules.brandid)]
    if not wanted:
        return []
    keeper = _Keeper(run)
    kept = [keeper.kept(rules, asked[rules.brandid]) for rules in wanted]
    return [(new, keeper.recall(old, new.full.rule)) for old, new in zip(wanted, kept, strict=True)]


class _Keeper:
    """The market under the rules as learned."""

    def __init__(self, run: RunContext) -> None:
        self.run = run
        self.rules = {r.brandid: r.full.rule for r in run.rules if r.full.rule is not None}
        self.answers = run.answers_under(run.rules)
        combos = run.market.combos
        keys = zip(combos.ccid, combos.bankid, strict=True)
        self.places = {key: row for row, key in enumerate(keys)}

    def kept(self, rules: BrandRules, asked: Sequence[Constraint]) -> BrandRules:
        knowledge, model = self.run.learning.knowledge(), self.run.model
        brandid, learned = rules.brandid, rules.full
        rows = self._pointed(asked)
        before = [self.answers[row] for row in rows]
        now = self._given(brandid, rows, before)

        def given(rule: Rule) -> set[Key]:
            combos = self.run.market.combos
            after = answers_with(self.rules, model, combos, rows, before, brandid, rule)
            return self._given(brandid, rows, after)

        rule = learned.rule or blank(brandid, knowledge)
        try:
            amended = regenerate(knowledge, rule, asked, model.words.worth, now, given)
        except RuleError as error:
            return replace(rules, full=self._before(learned, str(error)))
        if amended.unmet:
            why = "the rule learned anew could not keep " + "; ".join(map(str, amended.unmet))
            return replace(rules, full=self._before(learned, why))
        return replace(rules, full=replace(learned, rule=amended.rule))

    def recall(self, learned: BrandRules, kept: Rule | None) -> HeldOutRecall:
        """Held-out recall, raised by what the changed rule newly takes of the brand's own rows."""
        own = [i for i, b in enumerate(self.run.market.combos.brandid) if b == learned.brandid]
        missed = [i for i in own if not self._takes(learned.full.rule, i)]
        found = sum(self._takes(kept, i) for i in missed)
        return self.run.recalls[learned.brandid].after(len(missed), found)

    def _takes(self, rule: Rule | None, row: int) -> bool:
        combos = self.run.market.combos
        text, mccid = combos.narrative[row], combos.mccid[row]
        return rule is not None and mccid in rule.mccids and matches(rule, text)

    def _before(self, learned: Learned, why: str) -> Learned:
        versions = self.run.store.versions(learned.brandid)
        rule = versions[-1].rule if versions else learned.rule
        return replace(learned, rule=rule, reasons=(*learned.reasons, why))

    def _pointed(self, asked: Iterable[Constraint]) -> list[int]:
        """The rows of this market that constraints point at."""
        keys = {(c.row.ccid, c.row.bankid) for c in asked if c.row is not None}
        return sorted(self.places[key] for key in keys if key in self.places)

    def _given(self, brandid: str, rows: Sequence[int], answers: Sequence[Answer]) -> set[Key]:
        combos = self.run.market.combos
        return {
            (combos.ccid[row], combos.bankid[row])
            for row, answer in zip(rows, answers, strict=True)
            if answer.brandid == brandid and answer.decision is not Decision.EXCLUDED
        }
