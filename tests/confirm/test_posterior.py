"""Opinions depend on their row and the model alone, and lie where they are told to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.confirm.calibration import calibration_error, reliability
from brand_metagen.confirm.features import NAMES, of_code, of_match, of_row, surroundings
from brand_metagen.confirm.model import model_from_json, model_to_json
from brand_metagen.confirm.posterior import CERTAIN
from brand_metagen.confirm.words import residue
from brand_metagen.match import lexicon
from brand_metagen.publish.classifier import Classifier, Opinion
from brand_metagen.records import Decision, Rule
from learned import learned_sample
from opinions import Held, Opinionated, Row


def rows() -> list[Row]:
    """Unseen rows as they are, with a merchant id that is known, and among words nobody knows."""
    sample = learned_sample()
    known = sorted(sample.model.mids)
    plain = [(r.narrative, r.mccid, r.mid) for r in sample.unseen]
    told = [(text, code, known[i % len(known)]) for i, (text, code, _) in enumerate(plain)]
    odd = [(f"QQZX JJXQ {text} XXQJ", code, mid) for text, code, mid in plain[::3]]
    return plain + told + odd


def opinionated() -> Opinionated:
    return Opinionated(learned_sample().rules, learned_sample().model)


def test_what_is_remembered_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, used = rows(), opinionated()
    first = used.on(asked)
    assert used.on(asked) == first
    order = list(range(len(asked)))
    Random(1).shuffle(order)
    shuffled = opinionated().on([asked[i] for i in order])
    again = [(order[h.row], h.brandid, h.probability, h.doubt) for h in shuffled]
    assert sorted(again) == sorted((h.row, h.brandid, h.probability, h.doubt) for h in first)
    one_by_one = opinionated()
    for i in range(0, len(asked), 37):
        alone = [(h.brandid, h.span, h.probability, h.doubt) for h in one_by_one.on([asked[i]])]
        here = [(h.brandid, h.span, h.probability, h.doubt) for h in first if h.row == i]
        assert alone == here
    monkeypatch.setattr(lexicon, "MOST_NUMBERS", 50)
    forgetful = opinionated()
    halves = [forgetful.on(asked[:900]), forgetful.on(asked[:900])]
    assert halves == [[h for h in first if h.row < 900]] * 2


def plainly(row: Row, held: Held) -> float:
    """The same probability, every feature computed from the narrative as it stands."""
    model = learned_sample().model
    (text, mccid, mid), (start, end) = row, held.span
    facts, matched, known = model.brands[held.brandid], text[start:end], model.mids.get(mid)
    sign = 0 if known is None else 1 if known == held.brandid else -1
    match = of_match(matched, facts.letters, facts.own, facts.other, model.label_rate)
    words = model.words
    around = surroundings(residue(text, start, end), words.worth, words.strange)
    short = sum(map(str.isalnum, matched)) < 7
    code = of_code(model.mcc_evidence(held.brandid, mccid))
    features = match + code + of_row(held.rivals, sign, around, short)
    assert len(features) == len(NAMES)
    score = model.weights[0] + float(np.dot(model.weights[1:], features))
    return min(CERTAIN, max(1 - CERTAIN, model.curve(score) / model.label_rate))


def test_many_at_once_and_each_plainly_agree() -> None:
    sample, asked = learned_sample(), rows()
    # Some brands' rows are claimed by another brand as well.
    claimed = zip(sample.rules[:30], sample.rules[30:60], strict=True)
    rivals = [replace(rule, brandid=other.brandid) for rule, other in claimed]
    found = Opinionated([*sample.rules, *rivals], sample.model).on(asked)
    assert len(found) > 2_000
    assert {held.rivals for held in found} > {0}
    for held in found:
        assert held.probability == pytest.approx(plainly(asked[held.row], held), abs=2e-6)


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).map(str.upper)


@settings(max_examples=200, deadline=None)
@given(PRINTABLE, PRINTABLE, st.sampled_from(["", "nobody's"]))
def test_any_row_has_a_probability_within_bounds(before: str, after: str, mid: str) -> None:
    sample = learned_sample()
    brandid = sample.rules[0].brandid
    name = sample.model.brands[brandid].letters
    asked = Opinionated([Rule(brandid, name, None, ("no such code",))], sample.model)
    (held,) = asked.on([(f"{before}{name}{after}", "no such code", mid)])
    assert 1 - CERTAIN - 1e-9 <= held.probability <= CERTAIN
    assert held.doubt in {"", *NAMES}


def test_the_model_survives_being_written_down() -> None:
    sample = learned_sample()
    again = model_from_json(json.loads(json.dumps(model_to_json(sample.model))))
    assert Opinionated(sample.rules, again).on(rows()) == opinionated().on(rows())


def test_an_odd_code_never_helps() -> None:
    sample = learned_sample()
    weights = list(sample.model.weights)
    place = 1 + NAMES.index("merchant category code")
    assert min(weights[place : place + 2]) >= 0
    # In a market as small as this one it may not matter at all; where it does:
    weights[place] = 1.0
    model, worse = replace(sample.model, weights=tuple(weights)), 0
    for rule in sample.rules[:40]:
        codes = sample.model.brands[rule.brandid].codes
        if not codes:
            continue
        usual, name = max(codes, key=codes.__getitem__), model.brands[rule.brandid].letters
        asked = Opinionated([Rule(rule.brandid, name, None, (usual, "0763"))], model)
        with_usual, with_odd = asked.on([(name, usual, ""), (name, "0763", "")])
        assert with_odd.probability <= with_usual.probability
        worse += with_odd.probability < with_usual.probability
    assert worse >= 10


def claims_on_unseen() -> list[tuple[Opinion, bool]]:
    sample = learned_sample()
    answers = Classifier(sample.rules, sample.model).explained(
        [row.narrative for row in sample.unseen],
        [row.mccid for row in sample.unseen],
        [row.mid for row in sample.unseen],
    )
    return [
        (claim, claim.brandid == row.true_brandid)
        for answer, row in zip(answers, sample.unseen, strict=True)
        for claim in answer.claims
    ]


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
        [row.narrative for row in sample.unseen],
        [row.mccid for row in sample.unseen],
        [row.mid for row in sample.unseen],
    )
    decided = Counter(
        brandid == row.true_brandid
        for brandid, decision, row in zip(
            answers.brandid, answers.decision, sample.unseen, strict=True
        )
        if decision is Decision.CONFIRMED
    )
    rows = sum(bool(row.true_brandid) for row in sample.unseen)
    assert decided[True] / rows > 0.9
    assert decided[True] / decided.total() > 0.97
