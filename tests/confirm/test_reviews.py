"""What reviewers said of rows is evidence beside the labels, for that brand alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from brand_metagen.confirm.model import (
    BrandFacts,
    ConfirmModel,
    model_from_json,
    model_to_json,
)
from brand_metagen.confirm.posterior import CERTAIN, SAID_SO
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.records import Combos, Decision
from learned import learned_sample, released_rules, reviewed_model

FACTS = BrandFacts("STAR", "Food", {"5812": 2.0}, own=3, other=2)


def model() -> ConfirmModel:
    return replace(learned_sample().model, brands={"1": FACTS, "2": FACTS})


def combos() -> Combos:
    texts = ["STAR 1", "STAR 2", "STAR 3"]
    labels = ["1", "", "2"]
    return Combos(["1", "2", "3"], ["B"] * 3, [""] * 3, labels, ["5812"] * 3, texts)


def said(kind: Kind, text: str, mccid: str = "5812") -> Constraint:
    return Constraint(kind, row=Row("9", "B", text, mccid))


def facts(*constraints: Constraint) -> BrandFacts:
    found = with_reviews(model(), {"1": constraints}, combos())
    assert found.brands["2"] == FACTS
    return found.brands["1"]


def test_a_row_that_belongs_counts_as_own_with_its_code() -> None:
    now = facts(said(Kind.BELONGS, "STAR 2", "5999"), said(Kind.BELONGS, "STAR 3"))
    assert (now.own, now.other) == (5, 0)
    assert now.codes == {"5812": 3.0, "5999": 1.0}


def test_a_row_that_does_not_counts_against() -> None:
    now = facts(said(Kind.DOES_NOT_BELONG, "STAR 1"))
    assert (now.own, now.other, now.codes) == (2, 3, {"5812": 1.0})


def test_what_labels_say_already_changes_nothing() -> None:
    same = facts(said(Kind.BELONGS, "STAR 1"), said(Kind.DOES_NOT_BELONG, "STAR 2"))
    assert same == FACTS
    assert facts(Constraint(Kind.MCC_IN, "5812")) == FACTS


def test_counts_never_fall_below_nothing_and_order_does_not_matter() -> None:
    many = [said(Kind.BELONGS, f"NEW {n}") for n in range(9)]
    assert facts(*many) == facts(*reversed(many))
    assert facts(*many).other == 0


def test_a_brand_that_the_model_does_not_know_is_left_alone() -> None:
    asked = {"nobody": [said(Kind.BELONGS, "STAR 1")]}
    assert with_reviews(model(), asked, combos()).brands == model().brands


def test_what_belongs_is_vouched_for_unless_two_brands_claim_it() -> None:
    asked = {
        "1": [said(Kind.BELONGS, "STAR 2"), said(Kind.BELONGS, "BOTH"), said(Kind.BELONGS, "A")],
        "2": [said(Kind.BELONGS, "BOTH"), said(Kind.BELONGS, "A", "5999")],
        "3": [said(Kind.DOES_NOT_BELONG, "STAR 2"), Constraint(Kind.MCC_IN, "5812")],
    }
    told = with_reviews(model(), asked, combos()).vouched
    assert told == (("A", "5812", "1"), ("A", "5999", "2"), ("STAR 2", "5812", "1"))
    assert with_reviews(model(), {"1": asked["1"]}, combos(), asked).vouched == told


@pytest.mark.parametrize(
    ("inside", "outside", "lift"),
    [(0, 0, 0.0), (1, 0, 0.2), (2, 0, 0.4), (3, 0, 0.6), (9, 0, 0.6), (3, 1, 0.4), (1, 2, 0.0)],
)
def test_rows_that_belong_lift_the_others(inside: int, outside: int, lift: float) -> None:
    rows = [said(Kind.BELONGS, f"IN {n}") for n in range(inside)]
    rows += [said(Kind.DOES_NOT_BELONG, f"OUT {n}") for n in range(outside)]
    assert facts(*rows).lift == lift


def answered(of: ConfirmModel) -> dict[tuple[str, str, str], Answer]:
    combos = learned_sample().market.combos
    columns = (combos.narrative, combos.mccid, combos.mid)
    found = Classifier(released_rules(), of).explained(*columns)
    rows = zip(*columns, strict=True)
    return {row: a for row, a in zip(rows, found, strict=True) if a.claims}


def test_a_vouched_row_is_decided_whoever_else_claims_it() -> None:
    before, after = answered(learned_sample().model), answered(reviewed_model())
    by = {(text, mccid): brandid for text, mccid, brandid in reviewed_model().vouched}
    assert by
    moved = set()
    for row, answer in after.items():
        brandid = by.get(row[:2])
        if brandid is None:
            continue
        assert (answer.brandid, answer.decision, answer.reason) == (
            brandid, Decision.CONFIRMED, SAID_SO,
        )  # fmt: skip
        assert answer.confidence == answer.claims[0].probability == CERTAIN
        assert [c.brandid for c in answer.claims].count(brandid) == 1
        moved.add(before[row].decision)
    assert moved >= {Decision.REVIEW, Decision.TIE}


def test_a_row_that_no_rule_takes_stays_untaken() -> None:
    sample = learned_sample()
    brandid = sample.rules[0].brandid
    vouched = replace(sample.model, vouched=(("NOTHING OF THE KIND 1", "5812", brandid),))
    answer = Classifier(sample.rules, vouched).answer("NOTHING OF THE KIND 1", "5812")
    assert answer.decision is Decision.UNMATCHED


def test_reviews_survive_being_written_down() -> None:
    model = reviewed_model()
    assert model_from_json(json.loads(json.dumps(model_to_json(model)))) == model
    older = model_to_json(model)
    del older["vouched"]
    assert model_from_json(json.loads(json.dumps(older))) == replace(model, vouched=())
