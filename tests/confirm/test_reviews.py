"""What reviewers said of rows is evidence beside the labels, for that brand alone."""

from __future__ import annotations

from dataclasses import replace

from brand_metagen.confirm.model import BrandFacts, ConfirmModel
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.records import Combos
from learned import learned_sample

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
    assert facts(said(Kind.BELONGS, "STAR 1"), said(Kind.DOES_NOT_BELONG, "STAR 2")) == FACTS
    assert facts(Constraint(Kind.MCC_IN, "5812")) == FACTS


def test_counts_never_fall_below_nothing_and_order_does_not_matter() -> None:
    many = [said(Kind.BELONGS, f"NEW {n}") for n in range(9)]
    assert facts(*many) == facts(*reversed(many))
    assert facts(*many).other == 0


def test_a_brand_that_the_model_does_not_know_is_left_alone() -> None:
    asked = {"nobody": [said(Kind.BELONGS, "STAR 1")]}
    assert with_reviews(model(), asked, combos()).brands == model().brands
