"""Opinions depend on their arguments and the model alone, and lie where they are told to."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.confirm import posterior as module
from brand_metagen.confirm.calibration import calibration_error, reliability
from brand_metagen.confirm.features import NAMES, of_claim, of_row, surroundings
from brand_metagen.confirm.model import model_from_json, model_to_json
from brand_metagen.confirm.posterior import CERTAIN, Opinion, Posterior
from brand_metagen.confirm.words import residue
from brand_metagen.match.matcher import Matcher
from brand_metagen.publish.classifier import Classifier
from brand_metagen.records import Decision
from learned import learned_sample

Question = tuple[str, str, tuple[int, int], str, str | None, int]


def questions() -> list[Question]:
    sample = learned_sample()
    matcher, asked = Matcher(sample.rules), []
    for row in sample.unseen:
        for rule, span in matcher.taken(row.narrative, row.mccid):
            brandid = sample.rules[rule].brandid
            for mid in (None, brandid, "another"):
                asked.append((brandid, row.narrative, span, row.mccid, mid, len(asked) % 3))
    return asked


def test_what_is_remembered_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model, asked = learned_sample().model, questions()[::3]
    used = Posterior(model)
    first = [used.opine(*q) for q in asked]
    assert [used.opine(*q) for q in asked] == first
    order = list(range(len(asked)))
    Random(1).shuffle(order)
    other = Posterior(model)
    shuffled = {i: other.opine(*asked[i]) for i in order}
    assert [shuffled[i] for i in range(len(asked))] == first
    assert [Posterior(model).opine(*q) for q in asked[:100]] == first[:100]
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    forgetful = Posterior(model)
    assert [forgetful.opine(*q) for q in asked] == first


def plainly(q: Question) -> float:
    """The same probability, every feature computed from the narrative as it stands."""
    model = learned_sample().model
    brandid, text, span, mccid, known_mid, rivals = q
    facts, matched = model.brands[brandid], text[span[0] : span[1]]
    mcc = model.mcc_evidence(brandid, mccid)
    around = surroundings(residue(text, *span), model.words.worth)
    mid = 0 if known_mid is None else 1 if known_mid == brandid else -1
    short = sum(map(str.isalnum, matched)) < 7
    claim = of_claim(matched, facts.letters, mcc, facts.own, facts.other, model.label_rate)
    features = claim + of_row(rivals, mid, around, short)
    assert len(features) == len(NAMES)
    score = model.weights[0] + float(np.dot(model.weights[1:], features))
    return min(CERTAIN, max(1 - CERTAIN, model.curve(score) / model.label_rate))


def among_unknown_words(q: Question) -> Question:
    brandid, text, (start, end), *rest = q
    before = "QQZX JJXQ "
    span = (start + len(before), end + len(before))
    return brandid, f"{before}{text} XXQJ", span, *rest


def test_fast_and_plain_ways_agree() -> None:
    opinions = Posterior(learned_sample().model)
    for q in [*questions(), *map(among_unknown_words, questions()[::3])]:
        assert opinions.opine(*q).probability == pytest.approx(plainly(q), abs=2e-6)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    st.text("ABCDE -", max_size=12),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    st.integers(0, 9),
)
def test_any_row_has_a_probability_within_bounds(
    before: str, matched: str, after: str, rivals: int
) -> None:
    sample = learned_sample()
    brandid = sample.rules[0].brandid
    text, span = before + matched + after, (len(before), len(before) + len(matched))
    opinion = Posterior(sample.model).opine(brandid, text, span, "no such code", None, rivals)
    assert 1 - CERTAIN - 1e-9 <= opinion.probability <= CERTAIN
    assert opinion.doubt in {"", *NAMES}


def test_the_model_survives_being_written_down() -> None:
    model = learned_sample().model
    again = model_from_json(json.loads(json.dumps(model_to_json(model))))
    asked = questions()[::17]
    opinions = [Posterior(again).opine(*q) for q in asked]
    assert opinions == [Posterior(model).opine(*q) for q in asked]


def test_an_odd_code_never_helps() -> None:
    sample = learned_sample()
    worse = 0
    for rule in sample.rules[:40]:
        codes = sample.model.brands[rule.brandid].codes
        if not codes:
            continue
        usual, name = max(codes, key=codes.__getitem__), sample.model.brands[rule.brandid].letters
        ask = Posterior(sample.model).opine
        with_usual = ask(rule.brandid, name, (0, len(name)), usual, None, 0)
        with_odd = ask(rule.brandid, name, (0, len(name)), "0763", None, 0)
        assert with_odd.probability <= with_usual.probability
        worse += with_odd.probability < with_usual.probability
    assert worse >= 10


def claims_on_unseen() -> list[tuple[Opinion, bool]]:
    sample = learned_sample()
    classifier = Classifier(sample.rules, sample.model)
    found = []
    for row in sample.unseen:
        answer = classifier.answer(row.narrative, row.mccid, row.mid)
        found += [(claim, claim.brandid == row.true_brandid) for claim in answer.claims]
    return found


def test_probabilities_keep_their_word_on_unseen_rows() -> None:
    claims = claims_on_unseen()
    predicted = np.array([claim.probability for claim, _ in claims])
    observed = np.array([float(right) for _, right in claims])
    assert len(claims) > 800
    assert calibration_error(reliability(predicted, observed)) < 0.03
    assert predicted[observed == 0].mean() < predicted[observed == 1].mean()


def test_unseen_rows_find_their_brand() -> None:
    sample = learned_sample()
    answers = Classifier(sample.rules, sample.model).answers(
        [(row.narrative, row.mccid, row.mid) for row in sample.unseen]
    )
    decided = Counter(
        answer.brandid == row.true_brandid
        for answer, row in zip(answers, sample.unseen, strict=True)
        if answer.decision is Decision.CONFIRMED
    )
    rows = sum(bool(row.true_brandid) for row in sample.unseen)
    assert decided[True] / rows > 0.9
    assert decided[True] / decided.total() > 0.97
