"""Figures that are counted in columns, and periods that are found by halves, against the plain way:
every row told, put in order, added up one by one; every thing looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_metrics import case, judged, remark, through_wallets

from brand_metagen.analytics.counting import Counted, Evidence
from brand_metagen.analytics.evidence import FIGURES
from brand_metagen.analytics.history import Deed, History, Stretch, latest, made, within
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.stats import Interval, ratio_interval, wilson
from brand_metagen.ports import VersionLine

RATIOS = {
    "average_rounds", "improvement_rate", "seconds_per_brand", "corrected_rows", "calibration_error"
}  # fmt: skip
OF_BRANDS = {"reviewer_effort", "remarks_per_brand", "review_minutes"}
"""Ratios in which what is one brand's goes together; all others with a denominator are shares."""
HOURS = st.integers(0, 23)
ACTIONS = ("approve", "undo", "reject", "flag", "feedback", "create", "rollback", "round")


def moment(hour: int) -> str:
    return f"2026-05-02T{hour:02d}:00:00.000+00:00"


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A record of some brands, in which clocks may go back."""
    brands, hours = st.sampled_from("abc"), draw(st.lists(HOURS, min_size=30, max_size=30))
    if draw(st.booleans()):
        hours = sorted(hours)
    deeds = [
        Deed(
            n, moment(hour), draw(st.sampled_from(("anna", "ben"))), draw(st.sampled_from(ACTIONS)),
            draw(brands), draw(st.integers(1, 3)), draw(st.integers(0, 3)),
            made=draw(st.sampled_from((0, 2, 3))), gained=n % 3, lost=n % 2, pending=n % 7 == 0,
        )
        for n, hour in enumerate(hours[:20], 1)
    ]  # fmt: skip
    confidence = st.floats(0, 1, allow_subnormal=False)
    versions = [
        VersionLine(
            brand, number, moment(hour), draw(st.sampled_from(("", "anna"))), draw(confidence)
        )
        for (brand, number), hour in zip(
            ((b, n) for b in "abc" for n in (1, 2, 3)), hours[20:], strict=False
        )
    ]  # fmt: skip
    if hours == sorted(hours):
        versions.sort(key=lambda version: version.made_at)
    return History(
        deeds=tuple(deeds), versions=tuple(versions), cases=(case("a"), case("b", 4)),
        remarks=(remark("general", "a", 2), remark("wallet_handling", "c", 2)),
        judgements=(judged(True), judged(False)), wallet_rows=lambda _: FOUND,
        wallet_of=lambda text: "Square" if text else "",
    )  # fmt: skip


FOUND = through_wallets()
SPANS = st.builds(
    lambda begin, hours: Stretch(moment(begin), moment(min(23, begin + hours))), HOURS, HOURS
)


def plainly(key: str, rows: Sequence[Evidence]) -> tuple[float, float, Interval | None]:
    """The sums of some rows and their interval, one row after the other."""
    kept = sorted(rows, key=lambda row: (row.at, row.brandid, row.kind, row.id))
    top, bottom = fsum(row.top for row in kept), fsum(row.bottom for row in kept)
    if key in RATIOS | OF_BRANDS:
        units: dict[str, list[Evidence]] = defaultdict(list)
        for place, row in enumerate(kept):
            units[row.brandid if key in OF_BRANDS else str(place)].append(row)
        pairs = [(fsum(r.top for r in u), fsum(r.bottom for r in u)) for u in units.values()]
        return top, bottom, ratio_interval(pairs)
    return top, bottom, wilson(round(top), round(bottom)) if bottom else None


@settings(max_examples=25, deadline=None)
@given(histories(), SPANS)
def test_figures_are_those_of_the_rows_added_up_plainly(history: History, span: Stretch) -> None:
    for key, figure in FIGURES.items():
        found = figure.count(history, span)
        rows = found.rows()
        top, bottom, interval = plainly(key, rows)
        assert (found.top, found.bottom) == (top, bottom), key
        assert found.interval == interval or key == "wallet_effectiveness", key
        assert found.brands == tuple(sorted({r.brandid for r in rows if r.bottom and r.brandid}))


@settings(max_examples=50, deadline=None)
@given(histories(), SPANS)
def test_periods_hold_what_looking_at_everything_finds(history: History, span: Stretch) -> None:
    deeds = [deed for deed in history.deeds if span.holds(deed.at)]
    assert within(history, span) == deeds
    assert within(history, span, "approve", "undo") == [
        deed for deed in deeds if deed.action in ("approve", "undo")
    ]
    assert made(history, span) == [v for v in history.versions if span.holds(v.made_at)]


@settings(max_examples=50, deadline=None)
@given(histories(), st.lists(HOURS, min_size=1, max_size=6))
def test_versions_stand_the_same_whatever_was_asked_before(
    history: History, hours: list[int]
) -> None:
    for hour in hours:
        highest: dict[str, VersionLine] = {}
        for version in sorted(history.versions, key=lambda version: version.version):
            if version.made_at < moment(hour):
                highest[version.brandid] = version
        found = latest(history, moment(hour))
        assert sorted(found, key=str) == sorted(highest.values(), key=str)


def figures(history: History, span: Stretch) -> list[Counted]:
    return [measure(metric, history, span).counted for metric in METRICS.values()]


@settings(max_examples=25, deadline=None)
@given(histories(), st.lists(SPANS, min_size=2, max_size=4))
def test_what_is_kept_beside_a_record_changes_no_figure(
    history: History, spans: list[Stretch]
) -> None:
    for span in spans:
        assert figures(history, span) == figures(replace(history), span)


def test_wallet_rows_are_counted_once_per_run_and_by_their_run() -> None:
    other = replace(FOUND, rows=FOUND.rows[:3])
    span = Stretch(moment(0), moment(9))
    for rows in (FOUND, other, FOUND):
        history = History(wallet_rows=lambda _, found=rows: found)
        counted = METRICS["wallet_effectiveness"].count(history, span)
        confirmed = sum(row.confirmed for row in rows.rows)
        assert counted.top == confirmed
        assert counted.bottom == pytest.approx(len(rows.rows) * 38 / 40)
        low, high = wilson(confirmed, len(rows.rows))
        assert counted.interval == (low / (38 / 40), high / (38 / 40))
