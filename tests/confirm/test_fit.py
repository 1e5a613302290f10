"""The fitted model: merchant ids that agree, labels' noise, and what settings make of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from brand_metagen.config import ConfirmSettings
from brand_metagen.confirm.fit import OUT_OF_REACH, HeldOut, cut_off, fit, known_mids
from brand_metagen.confirm.model import BrandFacts, ConfirmModel
from brand_metagen.confirm.posterior import CERTAIN
from brand_metagen.records import Rule
from brand_metagen.synthesise.mccs import fit_mccs
from opinions import Opinionated

TOWNS = ("LEEDS", "YORK", "BATH", "DERBY")
IDS = [str(i) for i in range(30)]
FACTS = {b: BrandFacts(f"STORE{b}", "Food", {"5812": 20.0}, 20, 2) for b in IDS}
MCCS = fit_mccs(
    {b: {"5812": 20.0} for b in IDS}, dict.fromkeys(IDS, "Food"), ("5812", "8111", "5411")
)


def row(brandid: str, rest: str, label: str, known_mid: str | None = None) -> HeldOut:
    name = f"STORE{brandid}"
    return HeldOut(brandid, f"{name} {rest}", (0, len(name)), "5812", known_mid, 0, 10, 1, label)


def market() -> list[HeldOut]:
    """Of eighteen true rows two lack a label; two look-alikes that nobody labels."""
    rows = []
    for b in IDS:
        rows += [row(b, f"{i} {town}", b) for i, town in enumerate(TOWNS * 4)]
        rows += [row(b, f"9{i} {town}", "") for i, town in enumerate(TOWNS[:2])]
        rows += [row(b, f"SOLICITORS {town}", "") for town in TOWNS[2:]]
    return rows


def fitted(rows: list[HeldOut], **changed: float) -> ConfirmModel:
    settings = replace(ConfirmSettings(), **changed)  # type: ignore[arg-type]
    return fit(rows, MCCS, FACTS, {}, "market", settings)


def asked(model: ConfirmModel, text: str, known_mid: str | None = None) -> float:
    knowing = replace(model, mids={"M": known_mid} if known_mid else {})
    asked = Opinionated([Rule("1", text[:6], None, ("5812",))], knowing)
    (held,) = asked.on([(text, "5812", "M")])
    return held.probability


MODEL = fitted(market())


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        ([("m", "A", "1"), ("m", "B", "1")], {"m": "1"}),
        # The same narrative twice is one witness.
        ([("m", "A", "1"), ("m", "A", "1")], {}),
        ([("m", "A", "1"), ("m", "B", "")], {}),
        ([("", "A", "1"), ("", "B", "1")], {}),
        # Four of five agree, which is enough; three of four do not.
        ([("m", c, "1") for c in "ABCD"] + [("m", "E", "2")], {"m": "1"}),
        ([("m", c, "1") for c in "ABC"] + [("m", "E", "2")], {}),
        ([("m", "A", "1"), ("m", "B", "2")], {}),
        # A narrative labelled to two brands counts for one of them, whatever the order.
        ([("m", "A", "2"), ("m", "A", "1"), ("m", "B", "1")], {"m": "1"}),
    ],
)
def test_known_mids(rows: list[tuple[str, str, str]], known: dict[str, str]) -> None:
    assert known_mids(rows) == known
    assert known_mids(reversed(rows)) == known


def test_look_alikes_score_below_true_rows() -> None:
    true, alike = asked(MODEL, "STORE1 77 LEEDS"), asked(MODEL, "STORE1 SOLICITORS BATH")
    assert true > 0.8
    assert alike < 0.2
    assert asked(MODEL, "STORE1 SOLICITORS") < 0.2


def test_words_of_other_merchants_speak_against_a_row() -> None:
    shops = [f"{name} LAUNDRY {i}" for i in range(20) for name in ("SMITH", "JONES")]
    rows = market() + [row(b, f"{i} LAUNDRY", "") for b in IDS for i in range(2)]
    knowing = fit(rows, MCCS, FACTS, {}, "market", ConfirmSettings(), shops)
    assert knowing == fit(rows, MCCS, FACTS, {}, "market", ConfirmSettings(), reversed(shops))
    assert knowing.words.strange("SMITH") < 0 == knowing.words.strange("LEEDS")
    assert asked(knowing, "STORE1 SMITH") < asked(knowing, "STORE1 ALFRED")


def test_missing_labels_do_not_count_against_true_rows() -> None:
    """The share of labelled rows among the best is read off, and divided out."""
    assert 16 / 18 <= MODEL.label_rate < 0.95
    assert asked(MODEL, "STORE1 77 LEEDS") > 0.8


@pytest.mark.parametrize("right", [True, False])
def test_labels_without_exception_make_a_model_too(right: bool) -> None:
    rows = [replace(of, label=of.brandid if right else "") for of in market()]
    probability = asked(fitted(rows), "STORE1 LEEDS")
    assert probability > 0.9 if right else probability < 0.1


def test_the_order_of_rows_does_not_matter() -> None:
    rows = market()
    Random(5).shuffle(rows)
    assert fitted(rows) == MODEL


def test_too_few_rows_make_no_model() -> None:
    rows = market()[:49]
    assert not any(fitted(rows).weights)
    assert any(fitted(rows, least_rows=49).weights)
    nothing = fitted([])
    assert nothing.reliability == ()
    assert fitted([], least_rows=0) == nothing
    assert asked(nothing, "STORE1 77 LEEDS") == CERTAIN


def test_settings_become_thresholds() -> None:
    limits = fitted([], confirm=0.9, exclude=0.3, win=0.7, lead=0.1).thresholds
    assert (limits.confirm, limits.exclude, limits.win, limits.lead) == (0.9, 0.3, 0.7, 0.1)
    off = fitted([], enabled=False, tiebreaker=False).thresholds
    assert (off.confirm, off.exclude, off.win) == (0.0, 0.0, OUT_OF_REACH)


def test_merchant_ids_speak() -> None:
    rows = market()
    rows += [row(b, f"{i} SOLICITORS", b, b) for b in IDS for i in range(10, 14)]
    rows += [row(b, f"{i} SOLICITORS", "", "x") for b in IDS for i in range(14, 18)]
    model, text = fitted(rows), "STORE1 SOLICITORS"
    assert asked(model, text, "1") > asked(model, text) > asked(model, text, "2")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(0.0, 0.5), (0.7, 0.5), (0.75, 0.6), (0.85, 0.8), (0.95, 0.9), (1.0, 0.9)],
)
def test_the_cut_off_rises_to_the_wanted_precision(wanted: float, expected: float) -> None:
    assert cut_off(np.array([0.6, 0.9, 0.5, 0.8, 0.2]), 0.5, wanted, 9) == expected


@pytest.mark.parametrize(("spare", "expected"), [(0, 0.5), (1, 0.6), (2, 0.8), (3, 0.9)])
def test_the_cut_off_spares_humans(spare: int, expected: float) -> None:
    assert cut_off(np.array([0.6, 0.9, 0.5, 0.8, 0.2]), 0.5, 0.99, spare) == expected


def test_a_model_is_cut_off_where_its_rows_are_right_enough() -> None:
    doubtful = [row(b, f"{i} PERHAPS", b if i % 3 else "") for b in IDS for i in range(6)]
    doubtful += [row(b, f"{i} OR SO", b if i % 2 else "") for b in IDS for i in range(6)]

    def at(**changed: float) -> float:
        model = fitted(market() + doubtful, confirm=0.3, exclude=0.2, **changed)
        return model.thresholds.confirm

    assert at(precision=0.9999, human_share=0.5) > at(precision=0.5, human_share=0.5) == 0.3
    assert at(precision=0.9999, human_share=0.0) == 0.3
    assert fitted(market(), enabled=False).thresholds.confirm == 0.0
