"""Single narratives get the answers of a classifier over all rules, however they came about."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from brand_metagen.app import answering
from brand_metagen.app.answering import Answering, Asked
from brand_metagen.app.live import Live
from brand_metagen.publish.classifier import Classifier
from brand_metagen.records import Rule


@pytest.fixture
def asked(live: Live) -> list[Asked]:
    combos = live.market.combos
    rows = Random(1).sample(range(len(combos)), 200)
    return [Asked(combos.narrative[i], combos.mccid[i], combos.mid[i]) for i in rows]


def test_latest_answers_are_the_market_s(live: Live, asked: list[Asked]) -> None:
    found = answering.latest(Answering(), live, asked)
    combos = live.market.combos
    known = {
        (t, c, m): answer
        for t, c, m, answer in zip(
            combos.narrative, combos.mccid, combos.mid, live.answers, strict=True
        )
    }
    assert found == [known[(row.narrative, row.mccid, row.mid)] for row in asked]


@pytest.mark.parametrize("most", [0, 100])
def test_changed_rules_count_at_once(
    live: Live, asked: list[Asked], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_CHANGED", most)
    model = live.run.model
    rules: dict[str, Rule] = {b: m.rule for b, m in live.versions.items() if m.rule is not None}
    kept, chance = Answering(), Random(2)
    for _ in range(6):
        one, other = chance.sample(sorted(rules), 2)
        change = chance.randrange(3)
        if change == 0:
            del rules[one]
        elif change == 1:
            rules[one] = replace(rules[other], brandid=one)
        else:
            rules[one] = replace(rules[one], mccids=rules[one].mccids[1:] or rules[other].mccids)
        whole = Classifier(list(rules.values()), model)
        columns = zip(*((row.narrative, row.mccid, row.mid) for row in asked), strict=True)
        assert kept.answer(rules, model, asked) == whole.explained(*map(list, columns))


def test_narratives_are_read_as_banks_write_them(live: Live, asked: list[Asked]) -> None:
    untidy = [Asked(f"  {row.narrative.lower()} ", f" {row.mccid}", row.mid) for row in asked]
    kept = Answering()
    assert answering.latest(kept, live, untidy) == answering.latest(kept, live, asked)
