"""The page of a period: what is in the figures stands on it, with where to look further."""

from __future__ import annotations

from stories import MONDAY, all_of, hour, told

from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.figures import Asked, figures
from brand_metagen.escalate.report import page_of
from brand_metagen.ports import Cause, Method
from brand_metagen.reports.model import Badge, BarChart, Note, Page, ShareChart, Table, TimeChart
from brand_metagen.reports.periods import Span, before, period_of, run_up, zone_of

SETTINGS = EscalateSettings(contact_operations="desk 12")
CASES = all_of(
    told({0: "opened", 40: "assigned"}, number=1, brandid="1"),
    told({1: "opened", 2: "joined"}, number=2, brandid="2", cause=Cause.LEGAL, level=3),
    told({2: "opened", 8: "resolved", 9: "closed"}, number=3, brandid="3", preventive="Look twice.",
         method=Method.BRAND_SPLIT),
)  # fmt: skip


def page(settings: EscalateSettings = SETTINGS, now: float = 50, empty: bool = False) -> Page:
    utc = zone_of("UTC")
    period = period_of(Span.WEEK, MONDAY.date(), utc)
    asked = Asked(period, before(Span.WEEK, period), run_up(Span.WEEK, period, 3), 50)
    found = figures(() if empty else CASES, asked, hour(now), settings)
    return page_of(Span.WEEK, found, "UTC", settings)


def blocks(made: Page, kind: type) -> list[object]:
    return [b for section in made.sections for b in section.blocks if isinstance(b, kind)]


def test_what_a_reader_sees_first() -> None:
    made = page()
    assert made.title == "Escalations, weekly"
    assert made.period == "Week 48 of 2026, 23 November 2026 to 29 November 2026 (UTC)"
    assert made.scope == "All levels; the week is not over"
    assert made.lead == (
        "3 cases opened, 1 resolved. 2 cases are active: 1 past its time, 0 due soon."
    )
    assert page(now=400).scope == "All levels"
    figures_ = {f.label: f for f in made.figures}
    assert figures_["Past their time"].value == "1"
    assert figures_["Brands escalated"].value == "6.0 %"
    assert figures_["Brands escalated"].band == "good: analyse what is behind it"
    assert figures_["Mean time to resolve"].value == "6 h 0 min"
    assert figures_["Opened"].change == "▲ 3 more than the week before (0)"


def test_every_key_figure_says_where_its_rows_are() -> None:
    assert all(f.source.startswith("brand-metagen escalations ") for f in page().figures)


def test_every_section_has_its_chart_or_its_table() -> None:
    made = page()
    assert [s.anchor for s in made.sections] == [
        "active", "time", "trend", "reasons", "methods", "brands", "lessons", "chain",
    ]  # fmt: skip
    titles = {chart.title for chart in blocks(made, BarChart)}  # type: ignore[attr-defined]
    assert titles == {
        "Active cases by level", "Why cases were opened", "How cases were settled",
    }  # fmt: skip
    assert len(blocks(made, ShareChart)) == len(blocks(made, TimeChart)) == 1


def test_a_case_past_its_time_stands_first_with_how_far() -> None:
    table = blocks(page(), Table)[0]
    assert isinstance(table, Table)
    first = table.rows[0]
    assert first[0] == "ESC-2026-001"
    assert isinstance(first[6], Badge)
    assert (first[6].text, first[7]) == ("past its time", "26 h 0 min over")


def test_lessons_and_the_chain() -> None:
    lessons, chain = (section.blocks[-1] for section in page().sections[-2:])
    assert isinstance(lessons, Table)
    assert isinstance(chain, Table)
    assert lessons.rows[0][2:4] == ("brand split", "Look twice.")
    assert [row[2] for row in chain.rows] == ["desk 12", "not set", "not set", "not set"]


def test_nothing_is_said_of_nothing() -> None:
    made = page(empty=True)
    assert made.lead == "0 cases opened, 0 resolved. No case is open."
    assert len(blocks(made, Note)) == 6
    assert len(blocks(made, BarChart)) == 0
