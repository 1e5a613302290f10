"""Rules and model are the same bytes under any hash seed and in any order of the rows."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from brand_metagen.config import Settings
from brand_metagen.confirm.model import model_to_json
from brand_metagen.records import Combos, Market
from brand_metagen.workflow.folds import (
    FOLDS,
    BrandRules,
    fold_of,
    rules_from_json,
    rules_to_json,
)
from brand_metagen.workflow.learning import Learning
from learned import learned_sample

TESTS = Path(__file__).parents[1]

ASK = "from test_same_rules import digest; from learned import learned_sample as s; "
ASK += "print(digest(s().brands, s().model))"


def digest(brands: list[BrandRules], model: object) -> str:
    data = [[rules_to_json(b) for b in brands], model_to_json(model)]  # type: ignore[arg-type]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def shuffled(market: Market) -> Market:
    c = market.combos
    rows = list(zip(c.ccid, c.bankid, c.mid, c.brandid, c.mccid, c.narrative, strict=True))
    Random(11).shuffle(rows)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Market(market.brands, market.mccs, market.to_check, Combos(*columns), market.fingerprint)


def test_the_order_of_rows_and_of_brands_does_not_matter() -> None:
    sample = learned_sample()
    learning = Learning(shuffled(sample.market), (), Settings())
    backwards = [learning.learn(brandid) for brandid in reversed(sample.market.to_check)]
    again = sorted(backwards, key=lambda b: b.brandid)
    model, _ = learning.fit(again)
    assert again == sorted(sample.brands, key=lambda b: b.brandid)
    assert digest(again, model) == digest(again, sample.model)


@pytest.mark.slow
def test_hash_seeds_do_not_matter() -> None:
    paths = [str(TESTS), str(TESTS / "workflow"), *sys.path]
    told = {
        subprocess.run(
            [sys.executable, "-c", ASK],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(paths)},
        ).stdout
        for seed in ("1", "4242")
    }
    assert told == {digest(learned_sample().brands, learned_sample().model) + "\n"}


def test_rules_survive_being_written_down() -> None:
    for brand in learned_sample().brands:
        assert rules_from_json(json.loads(json.dumps(rules_to_json(brand)))) == brand


def test_folds_hold_about_half_each_and_stay_where_they_are() -> None:
    texts = learned_sample().narratives
    share = sum(map(fold_of, texts)) / len(texts)
    assert FOLDS == 2
    assert 0.4 < share < 0.6
    assert [fold_of(text) for text in ("ARGOS", "ARGOS 7", "")] == [0, 1, 0]
