"""Reports on reviewing: what they tell, for whom, and in which zone's days."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import analysing, analytics_report, decisions
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Verdict

Opener = Callable[..., Workspace]


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    made = copied()
    ruled = [m.brandid for m in made.store.latest_versions() if m.rule][:3]
    for brandid, verdict in zip(
        ruled, (Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT), strict=True
    ):
        decisions.decide(made, "anna", brandid, verdict, 1)
    return made


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_written_in_all_forms(
    workspace: Workspace, kind: Kind, tmp_path: Path
) -> None:
    made = analytics_report.report(workspace, kind)
    written = analytics_report.write(workspace, made, ("html", "pdf", "json"), tmp_path)
    assert [path.suffix for path in written.files] == [".html", ".pdf", ".json"]
    page, pdf, figures = (path.read_bytes() for path in written.files)
    assert b"Approved at first look" in page
    assert pdf.startswith(b"%PDF")
    by_key = {m["metric"]: m for m in json.loads(figures)["metrics"]}
    assert (by_key["approval_rate"]["numerator"], by_key["approval_rate"]["denominator"]) == (2, 3)
    again = analytics_report.write(workspace, made, ("html", "pdf", "json"), tmp_path / "again")
    assert [p.read_bytes() for p in again.files] == [page, pdf, figures]
    executive = kind is Kind.EXECUTIVE
    assert (b"Brands that cost most" in page) is not executive


def test_a_report_on_days_to_come_or_without_anything_done(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="has not begun"):
        analytics_report.report(workspace, Kind.DAILY, date(2999, 1, 1))
    quiet = analytics_report.report(workspace, Kind.DAILY, date(2020, 1, 1))
    assert all(m["value"] is None or m["metric"].startswith("wallet")
               for m in quiet.figures["metrics"])  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("UTC", "2026-03-29", 24), ("Europe/London", "2026-03-29", 23),
     ("Europe/London", "2026-10-25", 25)],
)  # fmt: skip
def test_a_day_is_as_long_as_its_zone_makes_it(
    workspace: Workspace, zone: str, day: str, hours: int
) -> None:
    settings = workspace.settings
    there = replace(settings, report=replace(settings.report, timezone=zone))
    found = analysing.period(day, day, analysing.zone(replace(workspace, settings=there)))
    assert (found.end - found.start).total_seconds() == hours * 3600
    stretch = analysing.stretch(found)
    assert stretch.holds(stretch.begin)
    assert not stretch.holds(stretch.end)


def test_a_period_is_the_last_thirty_days_unless_it_is_said(workspace: Workspace) -> None:
    del workspace
    now = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    found = analysing.period("", "", UTC, now)
    assert (found.first, found.last) == (date(2026, 1, 31), date(2026, 3, 1))
    assert analysing.as_long_before(found).last == date(2026, 1, 30)
    assert [s.first.day for s in analysing.steps(found, 14)] == [31, 14, 28]
    with pytest.raises(InputError, match="ends before"):
        analysing.period("2026-03-02", "2026-03-01")
    with pytest.raises(InputError, match="no day"):
        analysing.period("yesterday", "")
