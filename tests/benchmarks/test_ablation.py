"""The learner with parts switched off: each switch does what it says, and is undone."""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from benchmarks.ablation import jobs, main, measure
from benchmarks.charts import bars
from benchmarks.sets import open_set
from benchmarks.variants import PARTS, VARIED, WHOLE, Variant, varied

from brand_metagen.config import LearnSettings
from brand_metagen.sample.market import make_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("made") / "data", 40, 800, 3).out


def test_every_switch_finds_its_part_and_is_undone() -> None:
    for variant in PARTS:
        before = [getattr(where, name) for where, name, _ in variant.patches]
        with variant.in_place():
            for where, name, instead in variant.patches:
                assert getattr(where, name) is instead
        assert [getattr(where, name) for where, name, _ in variant.patches] == before
        assert variant.patches or variant.settings != WHOLE.settings or not variant.public_names


@pytest.mark.parametrize("variant", PARTS, ids=lambda variant: variant.name)
def test_what_stands_in_takes_what_its_part_takes(variant: Variant) -> None:
    for where, name, instead in variant.patches:
        part = getattr(where, name)
        if callable(part):
            asked = list(inspect.signature(part).parameters.values())
            inspect.signature(instead).bind(
                *(p.name for p in asked if p.kind is p.POSITIONAL_OR_KEYWORD)
            )


def test_every_setting_of_the_learner_is_varied_both_ways() -> None:
    usual = LearnSettings()
    assert len(varied()) == 2 * len(VARIED)
    for name, (lower, higher) in VARIED.items():
        assert lower < getattr(usual, name) < higher


def test_a_part_less_shows(sample: Path, tmp_path: Path) -> None:
    asked = jobs(open_set(sample, tmp_path), 0)
    parts = {variant.name: variant for variant in PARTS}
    whole, jointless = measure(WHOLE, asked), measure(parts["flexible joints"], asked)
    assert jointless.rules.f1_all < whole.rules.f1_all
    assert measure(parts["confirmation"], asked).confirmed.recall >= whole.confirmed.recall
    assert measure(WHOLE, asked) == whole


def test_folds_ask_every_row_learned_from_once(sample: Path, tmp_path: Path) -> None:
    one = open_set(sample, tmp_path)
    folds = jobs(one, 3)
    assert sorted(row.key for job in folds for row in job.rows) == sorted(r.key for r in one.train)
    for job in folds:
        assert {row.narrative for row in job.rows}.isdisjoint(job.market.combos.narrative)
        assert {t.key for t in job.truth} == {row.key for row in job.rows}


def test_a_folder_that_is_no_set_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_the_picture_is_well_formed() -> None:
    text = bars({"A & <B>": [1.5, -0.25], "C": [0.0, 2.0]}, ["x", "y"], "lost")
    root = ElementTree.fromstring(text)
    assert len(root.findall("{*}rect")) == 1 + 2 + 4
    assert "A & <B>" in [node.text for node in root.findall("{*}text")]
