"""Pages that follow what goes on: what changed comes, what somebody is at stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chrome import Tab
from steps import arrived, enter, focus_on, press

from program import good, inside

pytestmark = pytest.mark.browser
HERE = "document.querySelector('[data-screen]')"


def follow(tab: Tab) -> None:
    """Ask for the page as it is now, as the page itself does after a while."""
    tab.js(f"emitEvent('act', {{ act: 'live', at: {HERE}.dataset.screen }}); 0")


def test_a_page_follows_and_nothing_under_the_hand_moves(
    tab: Tab, address: str, tmp_path: Path
) -> None:
    enter(tab, address, "oona", "/console/cases")
    arrived(tab, "cases")
    assert tab.js(f"{HERE}.dataset.again")
    tab.js("document.querySelector('[name=owner]').value = 'half typ'; 0")
    made = ("escalations", "create", "--reason", "the till says so", "--as", "oona")
    good(inside(*made, "--workspace", tmp_path / "w"))
    follow(tab)
    tab.shows("the till says so")
    tab.js("window.had = document.querySelector('.ticket a'); had.focus(); 0")
    good(
        inside(
            "escalations",
            "create",
            "1001",
            "--reason",
            "why",
            "--workspace",
            tmp_path / "w",
            "--as",
            "oona",
        )
    )
    follow(tab)
    tab.until("document.querySelectorAll('.ticket').length === 2")
    assert tab.js("document.activeElement === window.had"), "the focus went elsewhere"
    assert tab.js("had.closest('.ticket').innerText.includes('the till says so')")
    assert tab.js("document.querySelector('[name=owner]').value") == "half typ"


def test_a_page_that_follows_keeps_its_scroll_and_its_times(
    tab: Tab, address: str, tmp_path: Path
) -> None:
    enter(tab, address, "oona", "/console/")
    arrived(tab, "home")
    tab.size(1280, 400)
    tab.js("scrollTo(0, 120); window.had = document.querySelector('.acts time'); 0")
    stood = tab.js("scrollY")
    assert stood > 100
    good(inside("review", "reject", "1003", "--note", "no", "--workspace", tmp_path / "w",
                "--as", "rita"))  # fmt: skip
    follow(tab)
    tab.until("document.querySelector('.acts li').innerText.includes('reject')")
    assert tab.js("scrollY") == stood
    times = "[...document.querySelectorAll('time')]"
    assert tab.js(f"{times}.every(e => 'local' in e.dataset && !e.innerText.includes('UTC'))")
    assert tab.js("had.isConnected"), "lines that are as they were are left alone"


def test_who_wants_no_page_that_moves_gets_none(tab: Tab, address: str) -> None:
    enter(tab, address, "oona", "/console/runs")
    arrived(tab, "runs")
    tab.key("?")
    tab.js("document.querySelector('[data-follows]').click()")
    assert json.loads(tab.js("JSON.stringify([localStorage.follows, localStorage.letters])")) == [
        "off", None
    ]  # fmt: skip


def test_a_moment_is_said_and_read_in_the_readers_zone(tab: Tab, address: str) -> None:
    tab.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
    enter(tab, address, "oona", "/console/incidents")
    arrived(tab, "incidents")
    for name, value in (("title", "late"), ("affected", "all"), ("since", "2026-03-29T08:30")):
        tab.js(f"document.querySelector('[name={name}]').value = {json.dumps(value)}; 0")
    press(tab, "[data-act=incident_open]")
    arrived(tab, "incident/")
    moment = tab.js("document.querySelector('.ledger time').dateTime")
    assert moment.startswith("2026-03-28T23:30")
    assert tab.js("document.querySelector('.ledger time').innerText").endswith("08:30")


def test_the_steps_of_an_alarm_lead_to_the_pages_that_do_them(tab: Tab, address: str) -> None:
    enter(tab, address, "oona", "/console/alarm/run-failed")
    arrived(tab, "alarm/")
    focus_on(tab, ".steps li:nth-child(2) a")
    tab.key("Enter")
    arrived(tab, "runs")


def test_a_case_is_taken_on_the_board_by_keyboard(tab: Tab, address: str, tmp_path: Path) -> None:
    made = ("escalations", "create", "--reason", "why", "--workspace", tmp_path / "w")
    good(inside(*made, "--as", "rita"))
    enter(tab, address, "oona", "/console/cases")
    arrived(tab, "cases")
    focus_on(tab, ".ticket [data-act=assign]")
    tab.key("Enter")
    tab.shows("oona has the case now")
    tab.until("document.querySelectorAll('.lane')[1].querySelectorAll('.ticket').length === 1")
