"""The market in memory answers as a classifier over all rules would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.conftest import Opener
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.errors import InputError
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.records import Rule


def whole(live: Live, changed: Rule | None, brandid: str) -> list[Answer]:
    """The answers of a classifier over all rules, one of them changed."""
    rules = {b: m.rule for b, m in live.versions.items() if m.rule is not None}
    rules.pop(brandid, None)
    if changed is not None:
        rules[brandid] = changed
    combos = live.market.combos
    model = with_reviews(live.run.fitted, live.asked, combos)
    classifier = Classifier(list(rules.values()), model)
    return classifier.explained(combos.narrative, combos.mccid, combos.mid)


def variants(rule: Rule) -> list[Rule | None]:
    return [
        rule,
        replace(rule, mccids=rule.mccids[:1]),
        replace(rule, exclude=r"\b[0-9]"),
        replace(rule, include=r"\b[A-Z]{3}[ -]?[A-Z]"),
        None,
    ]


@pytest.mark.slow
def test_a_trial_answers_as_all_rules_would(live: Live) -> None:
    for brandid in sorted(live.versions)[:6]:
        rule = live.versions[brandid].rule
        assert rule is not None
        for changed in variants(rule):
            trial = live.trial(brandid, changed)
            answers = list(live.answers)
            for row, answer in zip(trial.rows, trial.after, strict=True):
                answers[row] = answer
            assert answers == whole(live, changed, brandid)


def test_a_trial_changes_nothing(live: Live) -> None:
    before = list(live.answers)
    brandid = min(live.versions)
    live.trial(brandid, None)
    assert live.answers == before


def test_an_adopted_version_stands(live: Live) -> None:
    brandid = max(live.versions, key=lambda b: len(live.rows(b).taken))
    record = live.versions[brandid]
    assert record.rule is not None
    narrower = replace(record.rule, mccids=record.rule.mccids[:2])
    trial = live.trial(brandid, narrower)
    live.adopt(replace(record, version=2, rule=narrower), trial)
    assert live.answers == whole(live, narrower, brandid)
    assert live.rows(brandid).taken == trial.taken


def test_changes_of_others_are_taken_over(copied: Opener) -> None:
    here, there = Live(copied()), Live(copied())
    brandid = max(here.versions, key=lambda b: len(here.rows(b).taken))
    row = here.rows(brandid).taken[0]
    key = (here.market.combos.ccid[row], here.market.combos.bankid[row])
    submit(there, "ana", brandid, 1, Submission(does_not_belong=(key,)))
    assert here.versions[brandid].version == 1
    assert here.refreshed() is here
    assert here.versions[brandid] == there.versions[brandid]
    assert here.answers == there.answers
    again = Live(here.workspace)
    assert (again.answers, again.versions) == (here.answers, here.versions)


def test_a_combo_is_found_by_number_where_one_bank_has_it(live: Live) -> None:
    combos = live.market.combos
    alone = next(c for c in combos.ccid if combos.ccid.count(c) == 1)
    doubled = next(c for c in combos.ccid if combos.ccid.count(c) > 1)
    assert combos.ccid[live.place(alone, "")] == alone
    for ccid, bankid, said in (
        (doubled, "", "several banks"),
        ("no", "", "no combo"),
        (alone, "no", "of bank"),
    ):
        with pytest.raises(InputError, match=said):
            live.place(ccid, bankid)
