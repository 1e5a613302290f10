"""Counting the rows behind a figure gives the figure, for every one there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import fsum
from typing import Any

import pytest
from test_metrics import MAY, at, case, deed, judged, remark, through_wallets, version

from brand_metagen.analytics.brands import by_brand
from brand_metagen.analytics.counting import Of
from brand_metagen.analytics.evidence import FIGURES, behind, figure_of
from brand_metagen.analytics.history import History, RunLine
from brand_metagen.analytics.issues import ADVICE
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import InputError
from brand_metagen.ports import JudgedKind, Remark, RemarkOutcome
from brand_metagen.review.reading import Category


def said(number: int, category: str, brandid: str, narrative: str = "") -> Remark:
    """A remark that points at a row."""
    row = Row(str(number), "1", narrative, "5411")
    return Remark(
        brandid, 1, "anna", "x", {}, category, (Constraint(Kind.BELONGS, row=row),), (),
        RemarkOutcome.APPLIED, feedback_id=f"FB-{number}", given_at=at(number),
    )  # fmt: skip


HISTORY = History(
    deeds=(
        deed("feedback", "a", day=2, made=2, gained=7, lost=1),
        deed("feedback", "a", 2, day=3, made=3, gained=0, lost=2, round=1),
        deed("approve", "a", 3, day=4, round=2),
        deed("approve", "b", day=5),
        deed("reject", "c", day=6),
        deed("approve", "c", day=7),
        deed("approve", "d", month=4),
    ),
    versions=(
        *(version(b, 1, c) for b, c in zip("abcd", (0.5, 0.9, 0.7, 0.8), strict=True)),
        version("a", 2, 0.55, author="anna", day=2),
        version("a", 3, 0.85, author="anna", day=3),
    ),
    runs=(
        RunLine("R1", at(1), 30.0, 300, 9, False), RunLine("R2", at(4), 5.0, 300, 9, True),
        RunLine("R3", at(5), 60.0, 150, 9, False), RunLine("R4", at(5, 6), 60.0, 150, 9, False),
    ),
    cases=(case("a"), case("a", 4), case("c", 5), case("")),
    remarks=(
        said(2, "regex_too_broad", "a"), said(3, "wallet_handling", "a", "SQ *STAR"),
        said(4, "wallet_handling", "b", "STAR"), remark("general", "c", 5),
    ),
    judgements=(
        judged(True), judged(False), judged(None), judged(False, kind=JudgedKind.LEFT),
    ),
    wallet_rows=lambda _: through_wallets(),
    wallet_of=lambda text: "Square" if text.startswith(("SQ ", "STAR")) else "",
)  # fmt: skip
EXPECTED: dict[str, tuple[float, float]] = {
    "approval_rate": (1, 3),
    "average_rounds": (3 + 1 + 1, 3),
    "escalation_rate": (2, 4),
    "high_confidence": (2, 4),
    "medium_confidence": (2, 4),
    "low_confidence": (0, 4),
    "improvement_rate": (0.05 + 0.3, 0.5 + 0.55),
    "false_positive_rate": (1, 2),
    "false_negative_rate": (1, 1),
    "seconds_per_brand": (90, 450),
    "failed_runs": (1, 3),
    "reviewer_effort": (6, 3),
    "remarks_per_brand": (4, 3),
    "review_minutes": (0, 0),
    "corrected_rows": (10, 2),
    "wallet_effectiveness": (8, 19),
    "wallet_accuracy": (1, 3),
    "wallet_detection": (2, 2),
    "calibration_error": (0.5 + 0.1 + 0.7, 3),
    "remarks": (4, 0),
    "acts": (6, 0),
    "moved_rows": (10, 0),
    "cases": (4, 0),
    "versions": (6, 0),
    **{f"issue:{c}": (0, 4) for c in ADVICE},
    "issue:regex_too_broad": (1, 4),
    "issue:wallet_handling": (2, 4),
    "issue:general": (1, 4),
}
"""Worked out by hand from HISTORY: a figure that is not here has no evidence."""


def test_every_figure_is_here_and_every_category_has_one() -> None:
    assert set(EXPECTED) == set(FIGURES)
    assert METRICS.keys() <= FIGURES.keys()
    assert set(ADVICE) == {category.value for category in Category}
    with pytest.raises(InputError, match="approval_rate"):
        figure_of("weather")


@pytest.mark.parametrize("key", EXPECTED)
def test_counting_the_rows_gives_the_figure(key: str) -> None:
    found = behind(FIGURES[key], HISTORY, MAY)
    sums = (fsum(row.top for row in found.rows()), fsum(row.bottom for row in found.rows()))
    assert sums == pytest.approx(EXPECTED[key])
    assert (found.top, found.bottom) == sums
    assert all(row.top or row.bottom for row in found.rows())
    assert len({(row.kind, row.id) for row in found.rows()}) == len(found.rows()) or key in TWICE
    if key in METRICS:
        shown = measure(METRICS[key], HISTORY, MAY).counted
        assert (shown.top, shown.bottom, shown.value) == (*sums, found.value)


TWICE = {"false_positive_rate", "wallet_accuracy", "cases", "remarks_per_brand"}
"""Where the made-up rows of `judged` and `case` share an id."""


@pytest.mark.parametrize("key", EXPECTED)
def test_rows_of_brands_add_up_to_the_whole(key: str) -> None:
    whole = behind(FIGURES[key], HISTORY, MAY)
    parts = [behind(FIGURES[key], HISTORY, MAY, b) for b in "abcd"]
    alone = [row for row in whole.rows() if not row.brandid]
    for name in ("top", "bottom"):
        total = fsum(getattr(p, name) for p in (*parts, *alone))
        assert total == pytest.approx(getattr(whole, name))


def test_rows_stand_in_order_of_time_whatever_order_the_record_has() -> None:
    def behind_all(history: History) -> list[Any]:
        return [behind(f, history, MAY).rows() for f in FIGURES.values()]

    turned = {name: tuple(reversed(getattr(HISTORY, name))) for name in ("remarks", "judgements")}
    again = replace(HISTORY, **turned)
    for rows, other in zip(behind_all(HISTORY), behind_all(again), strict=True):
        assert sorted(rows, key=str) == sorted(other, key=str)
        assert [r.at for r in other] == sorted(r.at for r in other)
    assert {row.kind for rows in behind_all(HISTORY) for row in rows} == set(Of)


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("key", EXPECTED)
def test_a_machine_whose_clock_is_an_hour_off_changes_no_figure(key: str, hours: int) -> None:
    """All that one person did, and the versions that came of it, on another machine's clock."""

    def off(moment: str) -> str:
        there = datetime.fromisoformat(moment) + timedelta(hours=hours)
        return there.isoformat(timespec="milliseconds")

    skewed = replace(
        HISTORY,
        deeds=tuple(replace(d, at=off(d.at)) for d in HISTORY.deeds),
        versions=tuple(
            sorted(
                (replace(v, made_at=off(v.made_at) if v.author else v.made_at)
                 for v in HISTORY.versions),
                key=lambda v: v.made_at,
            )
        ),
        remarks=tuple(replace(r, given_at=off(r.given_at)) for r in HISTORY.remarks),
    )  # fmt: skip
    found = behind(FIGURES[key], skewed, MAY)
    assert (found.top, found.bottom) == pytest.approx(EXPECTED[key])


def test_of_two_versions_the_higher_number_is_the_latest_whatever_the_clocks_said() -> None:
    history = History(
        versions=(version("a", 2, 0.9, author="ana", day=3), version("a", 1, 0.1, day=4))
    )
    assert behind(FIGURES["high_confidence"], history, MAY).top == 1
    assert [b.confidence for b in by_brand(replace(history, cases=(case("a"),)), MAY)] == [0.9]
