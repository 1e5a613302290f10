"""When another round is not worth it: each reason on its own, and none without cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from brand_metagen.config import ReviewSettings
from brand_metagen.ports import Remark, RemarkOutcome
from brand_metagen.records import Metadata, Rule, Status
from brand_metagen.review.iterations import (
    Iteration,
    Stop,
    advise,
    counter_stuck,
    iterations,
)

SURE = 0.75


def version(number: int, include: str, confidence: float, taken: int) -> Metadata:
    return Metadata(
        "1", "Star", "Food", number, Status.CANDIDATE, Rule("1", include, None, ("5411",)),
        confidence, False, (), {"taken": taken, "decisions": {"confirmed": taken}},
    )  # fmt: skip


def remark(on: int, made: int, outcome: RemarkOutcome = RemarkOutcome.APPLIED) -> Remark:
    return Remark(
        "1", on, "ana", "x", {}, "regex_too_broad", (), (), outcome, feedback_id=f"FB-{on}",
        round=on, made=made, given_at=f"2026-05-0{on}",
    )  # fmt: skip


def rounds(*versions: tuple[str, float, int]) -> list[Iteration]:
    made = [version(n, *one) for n, one in enumerate(versions, start=1)]
    return iterations([remark(n, n + 1) for n in range(1, len(made))], made)


def stops(
    found: Sequence[Iteration], counter: int = 1, confidence: float = 0.6, **more: Any
) -> list[Stop]:
    given: dict[str, Any] = {"issues": (), "remarks": (), **more}
    advice = advise(
        found, counter, confidence, given["issues"], given["remarks"], SURE, ReviewSettings()
    )
    assert all(one.says and one.do for one in advice)
    return [one.stop for one in advice]


def test_a_round_says_what_it_changed() -> None:
    (first, second) = rounds(("A", 0.5, 10), ("B", 0.6, 12), ("B", 0.6, 12))
    assert (first.round, first.made, first.taken, first.same_as) == (1, 2, (10, 12), 0)
    assert first.gain == pytest.approx(0.1)
    assert second.same_as == 2
    assert iterations([remark(1, 0, RemarkOutcome.UNCLEAR), remark(9, 10)], []) == []


GROWING = (("A", 0.5, 10), ("B", 0.6, 12), ("C", 0.7, 14))


@pytest.mark.parametrize(
    ("versions", "counter", "confidence", "expected"),
    [
        (GROWING, 2, 0.7, []),
        (GROWING, 2, SURE, [Stop.GOOD_ENOUGH]),
        (GROWING[:1], 0, 0.99, []),
        (GROWING, 7, 0.7, []),
        (GROWING, 8, 0.7, [Stop.NEAR_LIMIT]),
        (GROWING, 9, 0.8, [Stop.NEAR_LIMIT, Stop.GOOD_ENOUGH]),
        ((("A", 0.5, 9), ("B", 0.505, 10), ("C", 0.51, 11)), 2, 0.51, [Stop.DIMINISHING]),
        ((("A", 0.5, 9), ("B", 0.511, 10), ("C", 0.512, 11)), 2, 0.512, []),
        ((("A", 0.5, 9), ("B", 0.505, 10)), 1, 0.505, []),
        ((("A", 0.5, 9), ("B", 0.5, 9), ("C", 0.5, 9)), 2, 0.5, [Stop.UNCHANGED]),
        ((("A", 0.5, 9), ("B", 0.6, 10), ("A", 0.5, 9)), 2, 0.5, [Stop.UNCHANGED]),
    ],
)
def test_every_reason_to_stop(
    versions: Sequence[tuple[str, float, int]], counter: int, confidence: float,
    expected: list[Stop],
) -> None:  # fmt: skip
    assert stops(rounds(*versions), counter, confidence) == expected


def test_bad_rows_and_contradictions_are_not_mended_by_rounds() -> None:
    grown = rounds(*GROWING)
    assert stops(grown, issues=("label noise", "high variance")) == [Stop.DATA_PROBLEM]
    assert stops(grown, issues=("high variance",)) == []
    assert stops(grown, confidence=0.9, issues=("label noise",)) == [Stop.GOOD_ENOUGH]
    against = remark(1, 0, RemarkOutcome.CONTRADICTED)
    assert stops(grown, remarks=(against,)) == [Stop.DATA_PROBLEM]


def test_a_counter_that_does_not_follow_the_log_is_named_with_its_cure() -> None:
    assert counter_stuck(2, 2) is None
    found = counter_stuck(7, 1)
    assert found is not None
    assert found.stop is Stop.COUNTER
    assert "review round BRAND 1" in found.do
