"""Reports from a store of weeks of cases: files whole, figures that add up, any day of the past."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from brand_metagen.app import escalation_report
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import ReportSettings, Settings
from brand_metagen.errors import InputError
from brand_metagen.ports import Cause
from brand_metagen.reports.periods import Span
from brand_metagen.store.sql import SqlStore, sqlite_url
from case_market import START, Clock, Office, brands, busy_weeks

NOW = START + timedelta(days=53)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("busy")
    clock = Clock()
    store = SqlStore(sqlite_url(folder / DATABASE), clock=clock)
    busy_weeks(store, clock)
    yield Workspace(folder, Settings(), store)
    store.close()


@pytest.mark.parametrize(
    ("span", "name"),
    [
        (Span.DAY, "escalations-daily-2026-11-20"), (Span.WEEK, "escalations-weekly-2026-W47"),
        (Span.MONTH, "escalations-monthly-2026-11"),
    ],
)  # fmt: skip
def test_files_of_a_report(busy: Workspace, tmp_path: Path, span: Span, name: str) -> None:
    made = escalation_report.report(busy, span, date(2026, 11, 20), NOW)
    written = escalation_report.write(busy, made, out=tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        f"{name}.html", f"{name}.json", f"{name}.pdf",
    ]  # fmt: skip
    assert [p.name for p in written.files] == [f"{name}.{f}" for f in ("html", "pdf", "json")]
    figures = json.loads(written.files[2].read_text())["figures"]
    assert figures["counts"]["opened"] == made.figures.counts.opened
    pages = PdfReader(BytesIO(written.files[1].read_bytes())).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for section in made.page.sections:
        assert section.title in words
        assert section.title in written.files[0].read_text()
    assert made.page.lead in words
    assert 2 <= len(pages) <= 6


def test_the_same_store_gives_the_same_bytes(busy: Workspace, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        made = escalation_report.report(busy, Span.WEEK, date(2026, 11, 20), NOW)
        escalation_report.write(busy, made, out=tmp_path / folder)
    one, two = (sorted((tmp_path / folder).iterdir()) for folder in ("a", "b"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_a_report_on_the_past_does_not_change(busy: Workspace) -> None:
    day = date(2026, 10, 21)
    then = escalation_report.report(busy, Span.DAY, day, START + timedelta(days=20))
    now = escalation_report.report(busy, Span.DAY, day, NOW)
    assert then.figures.counts == now.figures.counts
    assert then.figures.trend == now.figures.trend


def test_days_of_a_week_add_up_to_the_week(busy: Workspace) -> None:
    week = escalation_report.report(busy, Span.WEEK, date(2026, 11, 4), NOW).figures
    days = [
        escalation_report.report(busy, Span.DAY, day.first, NOW).figures
        for day in week.period.days()
    ]
    for name in ("opened", "joined", "resolved", "closed", "cancelled", "reopened", "breached"):
        assert sum(getattr(d.counts, name) for d in days) == getattr(week.counts, name), name
    assert days[-1].counts.active == week.counts.active


def test_all_cases_are_read_however_many(busy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = escalation_report.report(busy, Span.MONTH, None, NOW).figures
    monkeypatch.setattr(escalation_report, "PAGE", 7)
    assert escalation_report.report(busy, Span.MONTH, None, NOW).figures == whole


def test_a_report_holds_every_case_s_brand_as_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> #panic() \u202e"
    clock = Clock()
    store = SqlStore(sqlite_url(tmp_path / DATABASE), clock=clock)
    brands(store, [evil])
    Office(store, clock).open(START, "1", evil, Cause.LEGAL)
    made = escalation_report.report(
        Workspace(tmp_path, Settings(), store), Span.DAY, None, START + timedelta(hours=1)
    )
    html, pdf, _ = escalation_report.write(Workspace(tmp_path, Settings(), store), made).files
    store.close()
    assert evil not in html.read_text()
    words = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    letters = "".join(c for c in words if not c.isspace() and c.isprintable())
    assert "<script>alert(1)</script>#panic()⟨202E⟩" in letters
    assert html.parent == tmp_path / "reports"


def test_days_are_those_of_the_zone(busy: Workspace) -> None:
    settings = replace(Settings(), report=ReportSettings(timezone="America/New_York"))
    made = escalation_report.report(replace(busy, settings=settings), Span.DAY, None, NOW)
    assert made.page.period == "Friday, 27 November 2026 (America/New_York)"
    early = NOW.replace(hour=3)
    made = escalation_report.report(replace(busy, settings=settings), Span.DAY, None, early)
    assert made.page.period.startswith("Thursday, 26 November")


def test_the_figures_of_london_s_long_and_short_days(tmp_path: Path) -> None:
    clock = Clock()
    store = SqlStore(sqlite_url(tmp_path / DATABASE), clock=clock)
    brands(store, (str(n) for n in range(60)))
    office = Office(store, clock)
    night = START.replace(month=10, day=24, hour=22, minute=30)
    for hour in range(27):
        when = night + timedelta(hours=hour)
        office.open(when, str(hour + 1), "b", Cause.LEGAL)
    workspace = Workspace(
        tmp_path, replace(Settings(), report=ReportSettings(timezone="Europe/London")), store
    )
    days = [
        escalation_report.report(workspace, Span.DAY, date(2026, 10, day), NOW).figures
        for day in (24, 25, 26)
    ]
    store.close()
    assert [d.counts.opened for d in days] == [1, 25, 1]


def test_a_period_that_has_not_begun_or_an_unknown_format(busy: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has not begun"):
        escalation_report.report(busy, Span.DAY, date(2026, 11, 28), NOW)
    made = escalation_report.report(busy, Span.DAY, None, NOW)
    with pytest.raises(InputError, match="there are html, pdf, json"):
        escalation_report.write(busy, made, ("html", "docx"), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_analyse_from_and_to(busy: Workspace) -> None:
    whole = escalation_report.analyse(busy, now=NOW)
    first = escalation_report.analyse(busy, None, date(2026, 10, 31), NOW)
    rest = escalation_report.analyse(busy, date(2026, 11, 1), None, NOW)
    assert whole.cases == first.cases + rest.cases > 40
    assert {p.name for p in whole.sectors} == {"Food", "Travel"}
    assert sum(p.cases for p in whole.causes) == whole.cases
    assert all(p.cases > 1 or p.joined for p in whole.brands)
    with pytest.raises(InputError, match="later than"):
        escalation_report.analyse(busy, date(2026, 11, 2), date(2026, 11, 1), NOW)


def test_an_empty_store_has_an_empty_report(tmp_path: Path) -> None:
    store = SqlStore(sqlite_url(tmp_path / DATABASE))
    workspace = Workspace(tmp_path, Settings(), store)
    made = escalation_report.report(workspace, Span.MONTH, None, NOW)
    files = escalation_report.write(workspace, made).files
    analysis = escalation_report.analyse(workspace, now=NOW)
    store.close()
    assert all(path.stat().st_size for path in files)
    assert made.page.lead == "0 cases opened, 0 resolved. No case is open."
    assert analysis.cases == 0
