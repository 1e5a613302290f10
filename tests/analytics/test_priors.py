"""Settings are doubted where the whole interval speaks against them and n is large enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_metrics import at, deed, judged, remark, version

from brand_metagen.analytics.history import Deed, History
from brand_metagen.analytics.priors import JudgedRow, Priors, doubts
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.ports import Draw, JudgedKind, Remark

PRIORS = Priors(
    confirm=0.8, precision=0.95, threshold=0.75, second_approver=False, round_limit=10,
    codes={"5812": "Food", "5411": "Food"},
)  # fmt: skip


def rows(confidence: float, right: int, wrong: int) -> list[JudgedRow]:
    return [JudgedRow(confidence, n < right) for n in range(right + wrong)]


def found(history: History, priors: Priors = PRIORS) -> list[tuple[str, str]]:
    return [(d.setting, d.suggested) for d in doubts(history, priors)]


@pytest.mark.parametrize(
    ("judged_rows", "expected"),
    [
        (rows(0.82, 15, 15) + rows(0.93, 40, 0), [("confirm.confirm", "0.85")]),
        (rows(0.82, 15, 15), [("confirm.confirm", "0.99")]),
        (rows(0.82, 10, 10), [("confirm.confirm", "0.99")]),
        (rows(0.82, 9, 10), []),
        (rows(0.82, 28, 2), []),
        (rows(0.75, 100, 0), [("confirm.confirm", "0.7")]),
        (rows(0.75, 60, 0), []),
        (rows(0.69, 100, 0), []),
        (rows(0.91, 15, 15), []),
    ],
)
def test_the_cut_off_of_confirmed_rows(
    judged_rows: list[JudgedRow], expected: list[tuple[str, str]]
) -> None:
    assert found(History(), replace(PRIORS, judged=judged_rows)) == expected


def looks(confidence: float, approved: int, others: int) -> History:
    brands = [f"b{n}" for n in range(approved + others)]
    return History(
        deeds=tuple(
            Deed(n, at(2), "ana", "approve" if n < approved else "reject", b, 1, 0)
            for n, b in enumerate(brands)
        ),
        versions=tuple(version(b, 1, confidence) for b in brands),
    )


@pytest.mark.parametrize(
    ("confidence", "approved", "others", "expected"),
    [
        (0.8, 10, 15, [("workflow.confidence_threshold", "0.85")]),
        (0.8, 10, 10, [("workflow.confidence_threshold", "0.85")]),
        (0.8, 10, 9, []),
        (0.8, 24, 1, []),
        (0.7, 50, 0, [("workflow.confidence_threshold", "0.65")]),
        (0.7, 25, 0, []),
        (0.5, 50, 0, []),
    ],
)
def test_the_confidence_that_needs_no_confirmation(
    confidence: float, approved: int, others: int, expected: list[tuple[str, str]]
) -> None:
    assert found(looks(confidence, approved, others)) == expected


def taken_back(approvals: int, by_others: int, actor: str = "ben") -> History:
    deeds = [Deed(n, at(2), "ana", "approve", f"b{n}", 1, 0) for n in range(approvals)]
    deeds += [Deed(500 + n, at(3), actor, "undo", f"b{n}", 1, 0) for n in range(by_others)]
    return History(deeds=tuple(deeds))


@pytest.mark.parametrize(
    ("history", "second", "expected"),
    [
        (taken_back(40, 10), False, [("review.second_approver", "true")]),
        (taken_back(40, 10, "ana"), False, []),
        (taken_back(40, 10), True, []),
        (taken_back(20, 10), False, [("review.second_approver", "true")]),
        (taken_back(19, 10), False, []),
        (taken_back(400, 0), True, [("review.second_approver", "false")]),
        (taken_back(40, 0), True, []),
    ],
)
def test_a_second_look_is_worth_what_it_finds(
    history: History, second: bool, expected: list[tuple[str, str]]
) -> None:
    assert found(history, replace(PRIORS, second_approver=second)) == expected


def long_reviews(brands: int, rounds: int, approved: int) -> History:
    deeds = [
        Deed(100 * n + r, at(2), "ana", "feedback", f"b{n}", r + 1, r, made=r + 2)
        for n in range(brands)
        for r in range(rounds)
    ]
    deeds += [
        Deed(100 * n + 99, at(3), "ana", "approve", f"b{n}", rounds + 1, rounds)
        for n in range(approved)
    ]
    return History(deeds=tuple(deeds))


@pytest.mark.parametrize(
    ("brands", "rounds", "approved", "expected"),
    [
        (30, 6, 0, [("review.round_limit", "3")]),
        (30, 6, 20, []),
        (20, 6, 0, [("review.round_limit", "3")]),
        (19, 6, 0, []),
        (30, 3, 0, []),
    ],
)
def test_rounds_that_lead_nowhere(
    brands: int, rounds: int, approved: int, expected: list[tuple[str, str]]
) -> None:
    assert found(long_reviews(brands, rounds, approved)) == expected


@pytest.mark.parametrize(("wrong", "doubted"), [(15, True), (3, False)])
def test_a_wallet_whose_rows_are_decided_wrongly(wrong: int, doubted: bool) -> None:
    history = History(
        judgements=tuple(judged(n >= wrong) for n in range(30)),
        wallet_of=lambda _: "Square",
    )
    assert [s for s, _ in found(history)] == (["wallets.toml: Square"] if doubted else [])
    pointed = tuple(replace(j, how=Draw.POINTED) for j in history.judgements)
    assert not found(replace(history, judgements=pointed))


def shut_out(brandid: str, code: str) -> Remark:
    return replace(remark("mccid_incorrect", brandid), understood=(Constraint(Kind.MCC_OUT, code),))


@pytest.mark.parametrize(
    ("brands", "code", "doubted"),
    [(5, "5812", True), (4, "5812", False), (5, "5999", False)],
)
def test_a_code_that_most_brands_of_its_sector_shut_out(
    brands: int, code: str, doubted: bool
) -> None:
    ids = [f"b{n}" for n in range(brands)]
    history = History(
        remarks=tuple(shut_out(b, code) for b in ids), sectors=dict.fromkeys([*ids, "c"], "Food")
    )
    assert [s for s, _ in found(history)] == ([f"mcc table: {code}"] if doubted else [])
    others = tuple(deed("approve", f"c{n}", day=n + 1) for n in range(9))
    kept = replace(
        history, deeds=others, versions=tuple(version(d.brandid, 1, 0.95) for d in others),
        sectors={**history.sectors, **{d.brandid: "Food" for d in others}},
    )  # fmt: skip
    assert not found(kept)


def test_an_empty_record_says_nothing() -> None:
    assert found(History()) == []
    left = replace(judged(True), kind=JudgedKind.LEFT)
    assert found(History(judgements=(left,) * 5)) == []
