"""Reports on reviewing: what they tell, for whom, and in which zone's days."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import analysing, analytics_report, decisions, feedback
from brand_metagen.app.analytics_report import Wanted
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.errors import InputError, NotFound
from brand_metagen.evaluate.wallets import detect
from brand_metagen.ports import JudgedKind, QueueFilter, RunState, Verdict
from brand_metagen.reports.plain import plain
from brand_metagen.store.sql import SqlStore, sqlite_url

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


REVIEWING = (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EXECUTIVE)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_written_in_all_forms(
    workspace: Workspace, kind: Kind, tmp_path: Path
) -> None:
    made = analytics_report.report(workspace, kind)
    written = analytics_report.write(workspace, made, ("html", "pdf", "json"), tmp_path)
    assert [path.suffix for path in written.files] == [".html", ".pdf", ".json"]
    page, pdf, figures = (path.read_bytes() for path in written.files)
    assert pdf.startswith(b"%PDF")
    again = analytics_report.write(workspace, made, ("html", "pdf", "json"), tmp_path / "again")
    assert [p.read_bytes() for p in again.files] == [page, pdf, figures]
    for figure in made.page.figures:
        assert figure.label.encode() in page
    shown = json.loads(figures)
    assert (shown["kind"], shown["title"]) == (kind, made.page.title)
    if kind in REVIEWING:
        found = {m["metric"]: m for m in shown["metrics"]}["approval_rate"]
        assert (found["numerator"], found["denominator"]) == (2, 3)
        assert shown["done"] == {
            "runs": 1, "failed_runs": 0, "brands": 40, "rows": 1_000, "versions": 40,
            "decisions": 3, "approvals": 2, "remarks": 0, "opened": 0, "resolved": 0,
        }  # fmt: skip
    if kind is Kind.EXECUTIVE:
        assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_more_is_told_of_a_longer_period(workspace: Workspace) -> None:
    told = {
        kind: [s.anchor for s in analytics_report.report(workspace, kind).page.sections]
        for kind in REVIEWING
    }
    daily, weekly, monthly, executive = told.values()
    assert daily == ["work", "issues", "metrics", "brands"]
    assert weekly == [*daily, "trends", "plans"]
    assert set(monthly) == {*weekly, "systematic", "resources", "successes"}
    assert executive == ["changed", "asked"]


def test_a_report_on_a_run_says_what_it_left(workspace: Workspace) -> None:
    made = analytics_report.make(workspace, Wanted(Kind.RUN, run_id="RUN-0001"))
    run = workspace.store.run("RUN-0001")
    told = plain(made.figures)["figures"]["run"]
    assert told["decisions"] == run.summary["decisions"]
    assert sum(told["decisions"].values()) == 1_000
    assert sum(told["stages"].values()) == pytest.approx(told["seconds"])
    assert told["memory"] > 10_000_000
    assert told["slowest"]
    assert all(seconds >= 0 for seconds in told["slowest"].values())
    assert made.page.figures[0].value == "completed"
    with pytest.raises(NotFound, match="RUN-0009"):
        analytics_report.make(workspace, Wanted(Kind.RUN, run_id="RUN-0009"))


def test_a_run_that_failed_is_told_of_with_what_it_had_done(workspace: Workspace) -> None:
    store = workspace.store
    store.create_run("data", "{}", ())
    for _ in range(2):
        store.begin_step("RUN-0002", 1, "ingest", "data transformation")
    store.fail_step("RUN-0002", 1, "no room")
    store.set_run("RUN-0002", RunState.FAILED, "no room on <the> disk")
    made = analytics_report.report(workspace, Kind.RUN)
    assert made.name == "run-RUN-0002"
    assert "no room on <the> disk" in made.page.lead
    assert "ingest: begun 2 times" in str(made.page.sections)
    errors = analytics_report.report(workspace, Kind.ERRORS)
    (fault,) = errors.figures["figures"].faults
    assert (fault.kind, fault.what, fault.why) == ("run", "RUN-0002", "no room on <the> disk")
    day_before = date(2020, 1, 2)
    quiet = analytics_report.report(workspace, Kind.ERRORS, day_before)
    assert quiet.page.lead == "Nothing failed. There were 0 before."
    assert not quiet.page.sections


def test_data_and_wallets_are_those_of_the_last_run_by_then(workspace: Workspace) -> None:
    data = analytics_report.report(workspace, Kind.DATA_QUALITY).figures["figures"]
    assert data.in_period
    assert data.run.data.labelled + data.run.data.unlabelled == 1_000
    thin = data.run.data.brands_with_few_rows + data.run.data.brands_without_rows
    assert len(data.thin) == thin > 0
    assert all(rows < 5 for _, _, rows in data.thin)
    wallets = analytics_report.report(workspace, Kind.WALLETS).figures["figures"]
    assert sum(w.rows for w in wallets["run"].wallets.values()) == 1_000
    for counts in wallets["run"].wallets.values():
        assert counts.agreed <= counts.found <= counts.labelled <= counts.rows
        assert counts.agreed + counts.contradicted <= counts.labelled
    assert sum(w.agreed for w in wallets["run"].wallets.values()) == data.run.labels["agreed"]
    shown = {m["metric"] for m in wallets["metrics"]}
    assert shown == {"wallet_effectiveness", "wallet_accuracy", "wallet_detection"}
    for kind in (Kind.DATA_QUALITY, Kind.WALLETS):
        early = analytics_report.report(workspace, kind, date(2020, 1, 1))
        assert "nothing to tell of" in early.page.lead


def test_wallet_rows_that_people_judged_are_counted_by_wallet(workspace: Workspace) -> None:
    _, drawn = analysing.draw(workspace, "anna", JudgedKind.TAKEN, 200)
    for row in drawn:
        analysing.judge(
            workspace, "anna", row.ccid, row.bankid, belongs=detect(row.narrative) is None
        )
    judged = analytics_report.report(workspace, Kind.WALLETS).figures["figures"]["judged"]
    assert judged[""].taken_right == judged[""].taken > 5
    assert sum(j.taken for j in judged.values()) == len(drawn)
    through = [j for name, j in judged.items() if name]
    assert through
    assert not any(j.taken_right for j in through)


def test_remarks_are_timed_and_people_seen_at_work(live: Live) -> None:
    line = max(live.workspace.store.queue(QueueFilter(), 100, None).items, key=lambda b: b.rows)
    feedback.submit(live, "anna", line.brandid, line.version, Submission(text="code 5812 is wrong"))
    told = analytics_report.report(live.workspace, Kind.PERFORMANCE).figures["figures"]
    (seconds,) = told.remarks
    assert 0 < seconds < 60
    assert [run.run_id for run in told.runs] == ["RUN-0001"]
    took = analytics_report.report(live.workspace, Kind.MONTHLY).figures["resources"]
    assert (took.people, took.minutes, took.money) == (1, 0.0, None)


def test_a_clock_an_hour_off_and_a_night_of_25_hours_change_no_figure(copied: Opener) -> None:
    """London, 25 October 2026: from 23:00 UTC of the day before to midnight UTC."""
    plainly = copied()
    ids = [m.brandid for m in plainly.store.latest_versions() if m.rule][:4]
    settings = replace(
        plainly.settings, report=replace(plainly.settings.report, timezone="Europe/London")
    )
    moments = ("2026-10-24T22:59", "2026-10-24T23:00", "2026-10-25T23:59", "2026-10-26T00:00")
    for brandid, moment in zip(ids, moments, strict=True):
        now = datetime.fromisoformat(f"{moment}:00+00:00")
        store = SqlStore(sqlite_url(plainly.folder / DATABASE), clock=lambda now=now: now)
        made = Workspace(plainly.folder, settings, store)
        decisions.decide(made, "anna", brandid, Verdict.APPROVE, 1)
        store.close()
    there = replace(plainly, settings=settings)
    for day, count in ((24, 1), (25, 2), (26, 1)):
        told = [
            analytics_report.report(
                there, Kind.DAILY, date(2026, 10, day), datetime(2026, 10, 27, hour, tzinfo=UTC)
            ).figures
            for hour in (9, 10)
        ]
        assert told[0] == told[1]
        assert told[0]["done"].decisions == count


def test_a_stretch_is_held_against_as_many_days_before(workspace: Workspace) -> None:
    stretch = analysing.period("2026-03-27", "2026-03-30")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    made = analytics_report.make(workspace, Wanted(Kind.DAILY, stretch=stretch), now)
    assert made.name == "reviewing-daily-2026-03-27-to-2026-03-30"
    assert made.page.period == "27 March 2026 to 30 March 2026 (UTC)"
    assert made.figures["begin"] == "2026-03-27T00:00:00.000+00:00"
    assert made.figures["end"] == "2026-03-31T00:00:00.000+00:00"


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
