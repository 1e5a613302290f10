"""Commands in texts lead to the pages that do them, and moments are the reader's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI

import brand_metagen
from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import analysing, analytics_report, diagnosing
from brand_metagen.config import AlarmSettings
from brand_metagen.console import downloads
from brand_metagen.console.analytics import Span, _days
from brand_metagen.console.door import COOKIE, Seat
from brand_metagen.console.linked import linked
from brand_metagen.console.places import role_of
from brand_metagen.console.pointing import WAYS, page_of
from brand_metagen.console.screens import PAGES
from brand_metagen.console.system import WHAT
from brand_metagen.console.text import coded, command, moments
from brand_metagen.monitoring.alarms import Alarm, alarms
from brand_metagen.ports import Role
from brand_metagen.reports.html import render_html
from brand_metagen.reports.periods import Period

Seats = Mapping[Role, Seat]
SOURCES = Path(brand_metagen.__file__).parent
TOLD = re.compile(r"`(brand-metagen [^`{}]+)`")
NO_PAGE = (
    "mcp serve", "publish", "restore", "backup", "classify", "export", "verify --", "cache warm",
    "run --", "demo", "sample", "serve", "metadata", "registry", "brands split", "logs",
)  # fmt: skip
"""Commands that texts name and that are not done on a page."""


def exists(path: str) -> bool:
    """Whether a page is served at an address."""
    plain = path.split("?")[0]
    return any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", page), plain) for page in PAGES)


@pytest.mark.parametrize("words", sorted(WAYS))
def test_every_way_leads_to_a_page(words: str) -> None:
    line = f"brand-metagen {words.replace('*', 'show')}"
    for text in (line, f"{line} NAME", f"{line} some-name", f"{line} --json"):
        path = page_of(text, Role.ADMIN)
        assert exists(path), (text, path)


@pytest.mark.parametrize("alarm", alarms(AlarmSettings()).values(), ids=lambda a: a.name)
def test_each_step_of_an_alarm_is_a_link(alarm: Alarm) -> None:
    for step in alarm.steps:
        for told in TOLD.findall(step):
            assert page_of(told, Role.OPERATOR), told
    assert "/console/alarm/" in str(coded(alarm.steps[0], Role.OPERATOR))


def test_what_is_told_to_do_has_a_page_or_is_known_to_have_none() -> None:
    texts = [path.read_text("utf-8") for part in ("app", "console/templates")
             for path in (SOURCES / part).iterdir() if path.suffix in (".py", ".j2")]  # fmt: skip
    told = {found for text in texts for found in TOLD.findall(text)}
    assert len(told) > 10
    lost = [
        t for t in told if not page_of(t, Role.ADMIN) and not t.split(" ", 1)[1].startswith(NO_PAGE)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("brand-metagen runs show RUN-0002 --json", "/runs?run=RUN-0002"),
        ("brand-metagen diagnose slow", "/diagnose?name=slow"),
        ("brand-metagen brands list --state failed", "/queue?state=failed"),
        ("brand-metagen logs show --level error --agent AGENT", "/logs?level=error"),
        ("brand-metagen analytics evidence issue:wallet", "/metric/issue:wallet"),
        (
            "brand-metagen analytics evidence approval_rate --from 2026-11-16 --to 2026-11-22",
            "/metric/approval_rate?from=2026-11-16&to=2026-11-22",
        ),
        ("brand-metagen review flag 1001 --note 'it''s'", "/brand/1001"),
        ("brand-metagen escalations show ../../x", "/case/..%2F..%2Fx"),
        ("brand-metagen review flag 'half", ""),
        ("brand-metagen", ""),
        ("rm -rf runs", ""),
        ("", ""),
    ],
)
def test_a_command_leads_to_its_page(told: str, path: str) -> None:
    assert page_of(told, Role.ADMIN) == path


def test_nobody_is_led_where_they_may_not_go() -> None:
    for told, needed in (
        ("brand-metagen logs query slow-calls", Role.OPERATOR),
        ("brand-metagen incidents show INC-0001", Role.OPERATOR),
        ("brand-metagen users token eve", Role.ADMIN),
        ("brand-metagen audit verify", Role.ADMIN),
    ):
        for role in Role:
            assert bool(page_of(told, role)) is role.may(needed), told
            assert ("<a " in command(told, role)) is role.may(needed)
    assert role_of("/nowhere") is Role.VIEWER


def test_a_text_stays_a_text() -> None:
    assert str(coded("a ` b <i>")) == "a ` b &lt;i&gt;"
    assert "<a" not in coded("`brand-metagen runs show <b>`") or "&lt;b&gt;" in coded(
        "`brand-metagen runs show <b>`"
    )
    assert str(moments("10:30 2026-11-26 v2026-11-26T99:99")) == (
        "10:30 2026-11-26 v2026-11-26T99:99"
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("above 50 from 2026-11-26T23:00: 60", "2026-11-26T23:00+00:00"),
        ("2026-11-26 23:54 UTC", "2026-11-26T23:54+00:00"),
        ("at 2026-11-26T23:00:01.5+00:00.", "2026-11-26T23:00:01.5+00:00"),
        ("at 2026-11-26T23:00:01Z", "2026-11-26T23:00:01Z"),
    ],
)
def test_moments_in_a_text_are_written_by_the_browser(text: str, moment: str) -> None:
    found = str(moments(text))
    assert f'<time datetime="{moment}">' in found
    assert " UTC</time>" in found


def test_every_trouble_is_named_in_words() -> None:
    assert set(WHAT) == set(diagnosing.SCENARIOS)


def test_figures_of_a_report_lead_to_the_rows_behind_them(shared: Seats) -> None:
    workspace = shared[Role.ADMIN].server.workspace
    made = analytics_report.report(workspace, Kind.WEEKLY, None)
    page = render_html(made.page)
    assert "brand-metagen" in page
    read = linked(page, Role.VIEWER)
    assert re.search(r'<a href="/console/metric/approval_rate\?from=[0-9-]{10}&amp;to=', read)
    assert re.sub(r'<a href="/console/[^"]*">(<code.*?</code>)</a>', r"\1", read) == page
    forged = page.replace("brand-metagen", '&lt;code class="from"&gt;')
    assert linked(forged, Role.ADMIN) == forged


def test_a_report_is_given_with_its_links_to_who_is_in(shared: Seats) -> None:
    seat = shared[Role.VIEWER]
    folder = seat.server.workspace.folder / "reports"
    folder.mkdir(exist_ok=True)
    told = '<code class="from">brand-metagen analytics evidence approval_rate</code>'
    (folder / "x.html").write_text(f"<p>{told}</p>", encoding="utf-8")

    async def asked(**cookies: str) -> httpx.Response:
        app = FastAPI()
        app.state.server = seat.server
        app.include_router(downloads.router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", cookies=cookies
        ) as client:
            return await client.get("/console/file/report/x.html")

    given = asyncio.run(asked(**{COOKIE: seat.secret}))
    assert given.text == f'<p><a href="/console/metric/approval_rate">{told}</a></p>'
    assert given.headers["content-type"].startswith("text/html")
    assert asyncio.run(asked()).status_code == 303


def test_steps_of_a_course_are_days_of_the_zone() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    period = Period(date(2026, 3, 1), date(2026, 3, 8), zone)
    steps = [SimpleNamespace(span=analysing.stretch(day)) for day in period.days()]
    span = Span(period, "", (), 1)
    found = _days(SimpleNamespace(steps=steps), span)  # type: ignore[arg-type]
    assert found == [f"2026-03-0{n}" for n in range(1, 8)]
    assert steps[0].span.begin.startswith("2026-02-28"), "in UTC the day has another name"
