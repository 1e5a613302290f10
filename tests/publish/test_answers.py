"""Answers given from memory are those that would be worked out; memory is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.match.matcher import Matcher
from brand_metagen.publish import answers as answers_module
from brand_metagen.publish import classifier as classifier_module
from brand_metagen.publish.answers import Answers, Memory, Row
from brand_metagen.publish.classifier import Classifier
from brand_metagen.records import Decision
from learned import learned_sample
from transactions import rows


class Counted:
    """Says of every row what it is, and how often it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[Row] = Counter()

    def __call__(self, rows: Sequence[Row]) -> Answers:
        self.asked.update(rows)
        told = ["/".join(row) for row in rows]
        return Answers(told, [Decision.REVIEW] * len(rows), list(map(float, map(len, told))), told)


LETTER = st.sampled_from("ABC")
BATCHES = st.lists(st.lists(st.tuples(LETTER, LETTER, st.just("")), max_size=9), max_size=9)


@settings(max_examples=200, deadline=None)
@given(BATCHES, st.sampled_from([1, 3, 20]))
def test_every_row_gets_its_own_answer(batches: list[list[Row]], slots: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers_module, "SLOTS", slots)
        counted = Counted()
        memory = Memory(counted)
        for batch in batches:
            counted.asked.clear()
            told = memory.of(batch)
            assert told.brandid == told.reason == ["/".join(row) for row in batch]
            assert told.confidence == [float(len(reason)) for reason in told.reason]
            assert set(counted.asked.values()) <= {1}


def test_what_is_remembered_is_not_asked_again() -> None:
    counted = Counted()
    memory = Memory(counted)
    batch = [(str(i), "", "") for i in range(1_000)]
    for _ in range(5):
        memory.of(batch * 2)
    # Rows that want one slot are asked for in turns: two of a thousand are to be expected.
    assert 1_000 <= counted.asked.total() < 1_100


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "MOST_ROWS", 50)
    counted = Counted()
    memory = Memory(counted)
    for at in range(0, 1_000, 10):
        batch = [(str(i), "", "") for i in range(at, at + 10)]
        assert memory.of(batch).brandid == [f"{i}//" for i in range(at, at + 10)]
        assert len(memory) <= 60
    memory.of([("0", "", "")])
    assert counted.asked["0", "", ""] == 2


def columns(asked: Sequence[Row]) -> tuple[list[str], list[str], list[str]]:
    narratives, mccids, mids = zip(*asked, strict=True)
    return list(narratives), list(mccids), list(mids)


@pytest.mark.slow
def test_no_answer_depends_on_what_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, asked = learned_sample(), rows()
    told = Classifier(sample.rules, sample.model).answers(*columns(asked))
    expected = dict(zip(asked, zip(*told.columns(), strict=True), strict=True))
    assert len({decision for _, decision, _, _ in expected.values()}) >= 3
    monkeypatch.setattr(classifier_module, "BATCH", 700)
    monkeypatch.setattr(answers_module, "MOST_ROWS", 2_000)
    random, used = Random(5), Classifier(sample.rules, sample.model)
    for size in (1, 5, 3_000, 2, 9_000):
        some = random.choices(asked, k=size)
        told = used.answers(*columns(some))
        assert list(zip(*told.columns(), strict=True)) == [expected[row] for row in some]


def test_explained_says_the_same() -> None:
    sample, asked = learned_sample(), rows()
    used = Classifier(sample.rules, sample.model)
    told, explained = used.answers(*columns(asked)), used.explained(*columns(asked))
    assert told.columns() == (
        [answer.brandid for answer in explained],
        [answer.decision for answer in explained],
        [answer.confidence for answer in explained],
        [answer.reason for answer in explained],
    )


def test_a_matcher_of_the_same_rules_may_be_given_and_no_other_is_used() -> None:
    sample = learned_sample()
    rules = sorted(sample.rules, key=lambda rule: rule.brandid)
    asked = columns(rows()[:500])
    expected = Classifier(rules, sample.model).explained(*asked)
    used, other = Matcher(rules), Matcher(rules[1:])
    used.matches(used.lexicon.read(sample.narratives))
    for matcher in (used, other):
        answers = Classifier(rules[::-1], sample.model, matcher).explained(*asked)
        assert answers == expected
    assert used.lexicon.listed
    assert not other.lexicon.listed
