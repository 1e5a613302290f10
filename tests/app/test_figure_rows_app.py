"""The ids of evidence lead to the things themselves; two clocks and a changing night change
nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.analytics.counting import Of
from brand_metagen.analytics.evidence import FIGURES
from brand_metagen.analytics.history import History
from brand_metagen.analytics.metrics import METRICS
from brand_metagen.app import analysing, decisions, figure_rows
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import Cause, JudgedKind, Level, Opening, Remark, RemarkOutcome, Verdict
from brand_metagen.ports import Change as Act
from brand_metagen.reports.periods import zone_of

Opener = Callable[..., Workspace]


@pytest.fixture
def worked(copied: Opener) -> Workspace:
    """A workspace in which a little of everything was done."""
    made = copied()
    store = made.store
    first, second, third = [m.brandid for m in store.latest_versions() if m.rule][:3]
    decisions.decide(made, "anna", first, Verdict.APPROVE, 1)
    decisions.decide(made, "anna", second, Verdict.REJECT, 1)
    record = store.versions(third)[-1]
    remark = Remark(
        third, 1, "ben", "too broad", {}, "regex_too_broad", (), (), RemarkOutcome.APPLIED
    )
    store.change(
        Act(
            "ben", third, 1, Verdict.FEEDBACK, made=replace(record, confidence=0.99),
            remark=remark, detail={"gained": 2, "lost": 1},
        )
    )  # fmt: skip
    store.open_case(Opening(second, "", Cause.LEGAL, Level.PRODUCT, "x"), "anna")
    for kind in JudgedKind:
        _, rows = analysing.draw(made, "anna", kind, 2)
        for row in rows:
            analysing.judge(made, "anna", row.ccid, row.bankid, belongs=True)
    return made


def known(workspace: Workspace) -> dict[Of, set[str]]:
    """All ids of the store, by kind."""
    store = workspace.store
    history = gather(workspace)
    return {
        Of.ACT: {str(row.sequence) for row in store.audit(0, 1000).items},
        Of.VERSION: {f"{v.brandid} v{v.version}" for v in store.version_lines()},
        Of.CASE: {case.case_id for case in history.cases},
        Of.REMARK: {r.feedback_id for r in history.remarks},
        Of.JUDGED: {f"{j.ccid}@{j.bankid}" for j in store.judgements()},
        Of.COMBO: {f"{r.ccid}@{r.bankid}" for r in history.wallet_rows("9").rows},
        Of.RUN: {run.run_id for run in store.runs()},
        Of.BRAND: {brand.brandid for brand in store.brands()},
    }


def test_every_row_of_evidence_is_in_the_store(worked: Workspace) -> None:
    ids, wanted, empty = known(worked), analysing.period("", ""), set()
    for key in FIGURES:
        found = figure_rows.trace(worked, key, wanted, limit=100_000)
        assert found.after is None
        for row in found.rows:
            assert row.id in ids[row.kind], (key, row)
        if not found.rows:
            empty.add(key)
    silent = {"wallet_detection", "review_minutes", "wallet_accuracy"}
    assert empty <= silent | {k for k in FIGURES if k.startswith("issue:")}


def test_pages_hold_every_row_once(worked: Workspace) -> None:
    wanted = analysing.period("", "")
    whole = figure_rows.trace(worked, "high_confidence", wanted, limit=100_000)
    pages, first = [], 0
    while True:
        page = figure_rows.trace(worked, "high_confidence", wanted, "", first, 7)
        pages += page.rows
        assert page.whole == whole.whole
        if page.after is None:
            break
        first = page.after
    assert tuple(pages) == whole.rows


def figures(workspace: Workspace, begin: str, end: str, zone: str) -> list[Any]:
    history, period = gather(workspace), analysing.period(begin, end, zone_of(zone))
    pairs = analysing.measured(history, list(METRICS.values()), period)
    return [analysing.plain(now, before) for now, before in pairs]


def test_two_clocks_an_hour_apart_change_no_figure(
    worked: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day is named, or the zone's: the machine's own clock and zone say nothing."""
    day = datetime.now(UTC).date().isoformat()
    before = figures(worked, day, day, "UTC")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert figures(worked, day, day, "UTC") == before
    now = datetime.now(UTC)
    there = now.astimezone(timezone(timedelta(hours=1)))
    assert analysing.period("", "", UTC, now) == analysing.period("", "", UTC, there)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-28", "2026-03-30"), ("2026-10-24", "2026-10-26")]
)
@given(minute=st.integers(0, 4 * 1440), zone=st.sampled_from(["Europe/London", "UTC"]))
def test_a_changing_night_loses_no_moment_and_counts_none_twice(
    first: str, last: str, minute: int, zone: str
) -> None:
    moment = datetime.fromisoformat(first).replace(tzinfo=UTC) + timedelta(minutes=minute - 720)
    at = moment.isoformat(timespec="milliseconds")
    whole = analysing.period(first, last, zone_of(zone))
    days = [analysing.stretch(day).holds(at) for day in analysing.steps(whole, 1)]
    assert sum(days) == analysing.stretch(whole).holds(at)


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
def test_a_trend_has_a_step_for_each_of_thirty_days_on_either_side_of_a_changing_night(
    zone: str,
) -> None:
    now = datetime(2026, 3, 30, 12, tzinfo=UTC)
    whole = analysing.period("", "", zone_of(zone), now)
    found = analysing.trends(History(), [METRICS["approval_rate"]], whole, 1)
    spans = [step.span for step in found[0].steps]
    assert len(spans) == 30
    assert all(a.end == b.begin for a, b in pairwise(spans))
