"""Opinions on rows: worth nothing until reviews show what they are worth, and never beyond it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.confirm.model import Thresholds, model_from_json, model_to_json
from brand_metagen.confirm.opinions import Opinion, Verdict, row_key, shifted, shifts, worth
from brand_metagen.publish.classifier import Classifier
from brand_metagen.records import Decision
from learned import learned_sample

BAND = Thresholds(0.8, 0.4, 0.8, 0.2)
RIGHT = [(Verdict.THEIRS, True)] * 27 + [(Verdict.THEIRS, False)] * 3
RIGHT += [(Verdict.NOT_THEIRS, False)] * 18 + [(Verdict.NOT_THEIRS, True)] * 2
CHANCE = [(v, b) for v in (Verdict.THEIRS, Verdict.NOT_THEIRS) for b in (True, False)] * 13


def test_nothing_is_worth_anything_before_enough_reviews() -> None:
    assert worth(RIGHT[:49], 50) is None
    assert worth(RIGHT, 50) is not None
    assert worth([(Verdict.THEIRS, True)] * 60, 50) is None
    assert shifts([Opinion("1", "A", "5812", Verdict.THEIRS)], None) == {}


def test_opinions_are_worth_what_reviews_show() -> None:
    good, idle = worth(RIGHT, 50), worth(CHANCE, 50)
    assert good is not None
    assert idle is not None
    assert good.shift[Verdict.THEIRS] > 1.3
    assert good.shift[Verdict.NOT_THEIRS] < -1.3
    assert good.shift[Verdict.UNSURE] == 0
    assert idle.shift == dict.fromkeys(Verdict, 0.0)
    wrong = worth([(v, not b) for v, b in RIGHT], 50)
    assert wrong is not None
    assert wrong.shift[Verdict.THEIRS] < 0  # a liar found out is useful, too


@given(st.floats(0, 1), st.floats(-20, 20))
def test_only_rows_inside_the_band_move(p: float, shift: float) -> None:
    moved = shifted(p, shift, BAND)
    assert 0 <= moved <= 1
    if not BAND.exclude < p < BAND.confirm:
        assert moved == p


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_release_with_opinions_moves_these_rows_alone(side: float) -> None:
    sample = learned_sample()
    combos = sample.market.combos
    columns = (combos.narrative, combos.mccid, combos.mid)
    before = Classifier(sample.rules, sample.model).explained(*columns)
    unsure = [i for i, a in enumerate(before) if a.decision is Decision.REVIEW and not a.claims[1:]]
    assert unsure
    row = unsure[0]
    key = row_key(before[row].brandid, combos.narrative[row], combos.mccid[row])
    model = replace(sample.model, advised={key: 3 * side})
    assert model_from_json(model_to_json(model)).advised == {key: 3 * side}
    after = Classifier(sample.rules, model).explained(*columns)
    moved = {i for i in range(len(before)) if before[i] != after[i]}
    same = {
        i for i in range(len(before))
        if (combos.narrative[i], combos.mccid[i]) == (combos.narrative[row], combos.mccid[row])
    }  # fmt: skip
    assert row in moved
    assert moved <= same
    wanted = Decision.CONFIRMED if side > 0 else Decision.EXCLUDED
    assert after[row].decision is wanted
    assert "advised" not in model_to_json(sample.model)
