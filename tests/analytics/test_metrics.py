"""Metrics: what each counts, in which band it lies, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from brand_metagen.analytics.bands import IMPROVEMENT, ROUNDS, SHARE_BAD, SHARE_GOOD
from brand_metagen.analytics.brands import by_brand, correlate
from brand_metagen.analytics.counting import Counted
from brand_metagen.analytics.history import (
    Deed,
    History,
    RunLine,
    Stretch,
    WalletRow,
    WalletRows,
    first_looks,
)
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.trend import trend
from brand_metagen.analytics.wallets import by_wallet
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.ports import (
    Case,
    CaseState,
    Cause,
    Draw,
    JudgedKind,
    Judgement,
    Level,
    Remark,
    RemarkOutcome,
    VersionLine,
)

MAY = Stretch("2026-05-01T00:00:00.000+00:00", "2026-06-01T00:00:00.000+00:00")


def at(day: int, month: int = 5) -> str:
    return f"2026-{month:02d}-{day:02d}T12:00:00.000+00:00"


def version(brandid: str, number: int, confidence: float, *, author: str = "", day: int = 1) -> Any:
    return VersionLine(brandid, number, at(day), author, confidence)


def deed(action: str, brandid: str, number: int = 1, day: int = 2, **more: Any) -> Deed:
    given = {"round": 0, "made": 0, **more}
    return Deed(day, at(day, more.pop("month", 5)), "anna", action, brandid, number, **{
        name: value for name, value in given.items() if name != "month"
    })  # fmt: skip


def counted(key: str, history: History, span: Stretch = MAY) -> Counted:
    return METRICS[key].count(history, span)


LINES = tuple(version(b, 1, 0.9) for b in "abcd")


def test_only_the_first_decision_on_a_runs_version_is_a_first_look() -> None:
    history = History(
        deeds=(
            deed("feedback", "a", made=2),
            deed("approve", "a", 2, day=3, round=1),
            deed("approve", "b", day=4),
            deed("undo", "c", day=4),
            deed("approve", "c", day=5),
            deed("reject", "c", day=6),
        ),
        versions=(*LINES, version("a", 2, 0.95, author="anna", day=2)),
    )
    assert [(d.brandid, d.action) for d in first_looks(history)] == [
        ("a", "feedback"), ("b", "approve"), ("c", "approve")
    ]  # fmt: skip
    found = counted("approval_rate", history)
    assert (found.top, found.bottom, found.brands) == (2, 3, ("a", "b", "c"))


def test_what_happened_outside_the_period_is_not_counted() -> None:
    history = History(deeds=(deed("approve", "a", month=4), deed("reject", "b")), versions=LINES)
    found = counted("approval_rate", history)
    assert (found.top, found.bottom) == (0, 1)
    edge = Deed(1, MAY.begin, "anna", "approve", "a", 1, 0)
    late = Deed(2, MAY.end, "anna", "approve", "b", 1, 0)
    both = History(deeds=(edge, late), versions=LINES)
    assert counted("approval_rate", both).bottom == 1


def test_looks_count_the_approval_and_every_round_before_it() -> None:
    history = History(
        deeds=(
            deed("approve", "a"),
            deed("approve", "b", 3, round=2),
            deed("approve", "c", pending=True),
        ),
        versions=LINES,
    )
    found = counted("average_rounds", history)
    assert (found.top, found.bottom, found.value) == (4.0, 2, 2.0)


def case(brandid: str, day: int = 3) -> Case:
    return Case(
        f"ESC-2026-{day:03d}", brandid, brandid, Cause.LEGAL, Level.PRODUCT, CaseState.OPEN, "",
        0, 1, 0.5, "anna", at(day),
    )  # fmt: skip


def test_a_brand_escalates_once_however_many_cases_it_has() -> None:
    history = History(cases=(case("a"), case("a", 4), case("")), versions=LINES)
    found = counted("escalation_rate", history)
    assert (found.top, found.bottom) == (1, 4)


def test_confidence_is_that_of_the_latest_version_at_the_end() -> None:
    history = History(
        versions=(
            version("a", 1, 0.9),
            version("b", 1, 0.8),
            version("c", 1, 0.3),
            version("d", 1, 0.805),
            version("a", 2, 0.55, author="anna", day=20),
            VersionLine("c", 2, at(1, 6), "", 0.99),
        )
    )
    assert counted("high_confidence", history).top == 1
    assert counted("low_confidence", history).brands == ("a", "b", "c", "d")
    assert counted("low_confidence", history).top == 2
    assert counted("medium_confidence", history).top == 1


def test_improvement_is_a_ratio_of_sums() -> None:
    history = History(
        deeds=(
            deed("feedback", "a", made=2),
            deed("feedback", "b", made=2),
            deed("feedback", "c"),
        ),
        versions=(
            *(version(b, 1, c) for b, c in (("a", 0.5), ("b", 0.01), ("c", 0.9))),
            version("a", 2, 0.6, author="x"),
            version("b", 2, 0.5, author="x"),
        ),
    )
    found = counted("improvement_rate", history)
    assert found.value == pytest.approx(0.59 / 0.51)
    assert found.interval is not None
    assert found.interval[0] < 0.59 / 0.51 < found.interval[1]


def judged(right: bool | None, how: Draw = Draw.DRAWN, kind: JudgedKind = JudgedKind.TAKEN) -> Any:
    moment = "" if right is None else at(9)
    return Judgement("SMP-1", "a", "1", "1", kind, how, "STAR", at(8), right, "anna", moment)


def test_error_rates_are_made_of_rows_drawn_by_lot_only() -> None:
    history = History(
        judgements=(
            judged(True), judged(True), judged(False), judged(None),
            judged(False, Draw.POINTED), judged(False, kind=JudgedKind.LEFT),
        )
    )  # fmt: skip
    found = counted("false_positive_rate", history)
    assert (found.top, found.bottom) == (1, 3)
    assert "pointed at 1" in found.note
    assert counted("false_negative_rate", history).value == 1.0


def test_runs_time_and_failures() -> None:
    runs = (RunLine("R1", at(3), 30.0, 300, 9, False), RunLine("R2", at(4), 5.0, 300, 9, True))
    history = History(runs=runs)
    assert counted("seconds_per_brand", history).value == 0.1
    assert counted("failed_runs", history).value == 0.5


def test_effort_and_corrected_rows() -> None:
    history = History(
        deeds=(
            deed("feedback", "a", made=2, gained=7, lost=1),
            deed("feedback", "a", 2, day=3, made=3, gained=0, lost=2),
            deed("approve", "a", 3, day=4, round=2),
            deed("round", "a", 3, day=5),
        )
    )
    assert counted("reviewer_effort", history).value == 3.0
    assert counted("corrected_rows", history).value == 5.0


def test_minutes_are_those_between_two_acts_of_one_person() -> None:
    def then(sequence: int, minute: int, action: str, actor: str = "anna") -> Deed:
        moment = f"2026-05-02T12:{minute:02d}:00.000+00:00"
        return Deed(sequence, moment, actor, action, "a", 1, 0)

    deeds = (
        then(1, 0, "feedback"), then(2, 2, "feedback"), then(3, 3, "reject", "ben"),
        then(4, 6, "approve"), then(5, 30, "reject"),
    )  # fmt: skip
    found = counted("review_minutes", History(deeds=deeds))
    # Two and four minutes are known; three acts began a sitting and take the usual three.
    assert (found.top, found.bottom) == (2 + 4 + 3 * 3, 1)
    assert "2 of 5 acts timed" in found.note
    assert counted("review_minutes", History(deeds=deeds[:1])).value is None
    edge = (then(1, 0, "feedback"), then(2, 10, "approve"))
    assert counted("review_minutes", History(deeds=edge)).value == 20.0
    assert counted("review_minutes", History(deeds=(edge[0], then(2, 11, "approve")))).top == 0


def wallet_row(number: int, wallet: str, confirmed: bool) -> WalletRow:
    return WalletRow(str(number), "1", "a", wallet, f"{wallet} *STAR", confirmed)


def through_wallets(squares: int = 6, paypals: int = 2) -> WalletRows:
    """Ten rows of each wallet, of which so many are confirmed, and 38 of 40 others."""
    rows = [wallet_row(n, "Square", n < squares) for n in range(10)]
    rows += [wallet_row(n + 10, "PayPal", n < paypals) for n in range(10)]
    return WalletRows("RUN-0001", at(1), tuple(rows), 40, 38)


def test_wallet_rows_are_compared_with_all_others() -> None:
    history = History(wallet_rows=lambda _: through_wallets())
    found = counted("wallet_effectiveness", history)
    assert (found.top, found.bottom) == pytest.approx((8, 20 * 0.95))
    assert found.value == pytest.approx(0.4 / 0.95)
    assert found.interval is not None
    assert found.interval[0] < 0.4 / 0.95 < found.interval[1]
    assert counted("wallet_effectiveness", History()).value is None


def test_each_wallet_has_its_own_figures() -> None:
    def which(narrative: str) -> str:
        return next((w for w in ("Square", "PayPal") if narrative.startswith(w)), "")

    def row_judged(narrative: str, right: bool) -> Judgement:
        return replace(judged(right), narrative=narrative)

    history = History(
        judgements=(
            row_judged("Square *A", True), row_judged("Square *B", False), row_judged("STAR", False)
        ),
        wallet_rows=lambda _: through_wallets(),
        wallet_of=which,
    )  # fmt: skip
    paypal, square = by_wallet(history, MAY)
    assert (square.wallet, square.rows, square.confirmed) == ("Square", 10, 6)
    assert (square.judged, square.wrong) == (2, 1)
    assert paypal.against_others == pytest.approx(0.2 / 0.95)
    assert (paypal.judged, paypal.wrong) == (0, 0)
    found = counted("wallet_accuracy", history)
    assert (found.top, found.bottom) == (1, 2)


def test_wallets_that_reviewers_spoke_of_are_looked_for_in_the_rows_they_pointed_at() -> None:
    def about(category: str, *narratives: str) -> Remark:
        rows = tuple(
            Constraint(Kind.BELONGS, row=Row(str(n), "1", text, "5411"))
            for n, text in enumerate(narratives)
        )
        return replace(remark(category, "a"), understood=rows)

    history = History(
        remarks=(
            about("wallet_handling", "SQ *STAR", "NEWPAY STAR"), about("general", "OTHERPAY STAR")
        ),
        wallet_of=lambda text: "Square" if text.startswith("SQ ") else "",
    )  # fmt: skip
    found = counted("wallet_detection", history)
    assert (found.top, found.bottom) == (1, 2)


def test_calibration_is_the_gap_between_saying_and_doing() -> None:
    history = History(
        deeds=(deed("approve", "a"), deed("reject", "b"), deed("reject", "c")),
        versions=(version("a", 1, 0.95), version("b", 1, 0.95), version("c", 1, 0.15)),
    )
    found = counted("calibration_error", history)
    assert found.value == pytest.approx((2 * 0.45 + 0.15) / 3)
    apart = replace(history, versions=(version("a", 1, 0.85), *history.versions[1:]))
    assert counted("calibration_error", apart).value == pytest.approx((0.15 + 0.95 + 0.15) / 3)


@pytest.mark.parametrize(
    ("bands", "value", "name", "action"),
    [
        (SHARE_GOOD, 0.81, "excellent", "keep as it is"),
        (SHARE_GOOD, 0.8, "good", "analyse what is behind it"),
        (SHARE_GOOD, 0.6, "good", "analyse what is behind it"),
        (SHARE_GOOD, 0.4, "fair", "review process and settings"),
        (SHARE_GOOD, 0.399, "poor", "escalate: something is wrong"),
        (SHARE_BAD, 0.049, "excellent", "keep as it is"),
        (SHARE_BAD, 0.05, "good", "analyse what is behind it"),
        (SHARE_BAD, 0.1, "good", "analyse what is behind it"),
        (SHARE_BAD, 0.2, "fair", "review process and settings"),
        (SHARE_BAD, 0.201, "poor", "escalate: something is wrong"),
        (ROUNDS, 2.0, "excellent", "keep as it is"),
        (ROUNDS, 2.01, "good", "analyse what is behind it"),
        (ROUNDS, 6.0, "fair", "review process and settings"),
        (ROUNDS, 6.01, "poor", "escalate: something is wrong"),
        (IMPROVEMENT, 0.21, "excellent", "keep as it is"),
        (IMPROVEMENT, 0.2, "good", "analyse what is behind it"),
        (IMPROVEMENT, 0.05, "fair", "review process and settings"),
        (IMPROVEMENT, 0.049, "poor", "escalate: something is wrong"),
    ],
)
def test_every_edge_has_its_side(bands: Any, value: float, name: str, action: str) -> None:
    found = bands.of(value)
    assert (found.name, found.action) == (name, action)


@pytest.mark.parametrize(("opened", "alarmed"), [(1, False), (2, True)])
def test_an_alarm_rings_beyond_its_bound_only(opened: int, alarmed: bool) -> None:
    ids = [f"b{n}" for n in range(10)]
    history = History(
        cases=tuple(case(b) for b in ids[:opened]), versions=tuple(version(b, 1, 0.9) for b in ids)
    )
    assert measure(METRICS["escalation_rate"], history, MAY).alarmed is alarmed


def test_nothing_to_count_has_no_value_no_band_and_no_alarm() -> None:
    for metric in METRICS.values():
        found = measure(metric, History(), MAY)
        assert found.counted.value is None
        assert found.band is None
        assert not found.alarmed


def remark(category: str, brandid: str, day: int = 3) -> Remark:
    return Remark(
        brandid, 1, "anna", "x", {}, category, (), (), RemarkOutcome.APPLIED, given_at=at(day)
    )


def test_issues_name_where_they_come_from() -> None:
    history = History(
        remarks=(
            *(remark("regex_too_broad", b) for b in "aab"),
            remark("mccid_incorrect", "c"),
            remark("mccid_incorrect", "d", 40 - 10),
        ),
        sectors={"a": "Food", "b": "Food", "c": "Fuel", "d": "Toys"},
    )
    first, second = issues(history, MAY)
    assert (first.category, first.remarks, first.share, first.sector) == (
        "regex_too_broad", 3, 0.6, "Food"
    )  # fmt: skip
    assert first.examples == ("a", "b")
    assert second.sector == ""
    assert issues(history, MAY, least=3) == [first]


def test_figures_of_brands_and_how_they_go_together() -> None:
    deeds = tuple(
        deed("feedback", b, made=2, round=n, gained=10 * n) for n, b in enumerate("abcdef")
    )
    history = History(deeds=deeds, versions=tuple(version(b, 1, 0.5) for b in "abcdef"))
    found = {b.brandid: b for b in by_brand(history, MAY)}
    assert (found["c"].rounds, found["c"].moved_rows) == (3, 20)
    together = correlate(history, MAY, "rounds", "moved_rows")
    assert (together.brands, together.says) == (6, "strong")
    assert correlate(history, MAY, "rounds", "confidence").rho is None


def test_a_trend_is_named_only_when_chance_would_not_make_it() -> None:
    spans = [Stretch(at(d)[:10], at(d + 1)[:10]) for d in range(1, 11)]

    def daily(values: list[int]) -> History:
        return History(
            deeds=tuple(
                deed("feedback", "a", made=2, day=d, gained=v) for d, v in enumerate(values, 1)
            )
        )

    metric = METRICS["corrected_rows"]
    rising = trend(metric, daily([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), spans)
    assert (rising.direction, rising.better) == ("up", True)
    falling = trend(metric, daily([9, 9, 8, 7, 6, 5, 4, 3, 2, 1]), spans)
    assert (falling.direction, falling.better) == ("down", False)
    assert trend(metric, daily([1, 9, 2, 8, 3, 7, 4, 6, 5, 5]), spans).direction == "stable"
    assert trend(metric, daily([1, 2, 3]), spans).direction == "stable"
