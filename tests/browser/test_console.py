"""A reviewer and an operator at work, by keyboard, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from chrome import Tab, browser
from steps import arrived, enter, moved_on, press

pytestmark = pytest.mark.browser
NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script> \u202eSKCUB"


def test_a_reviewer_clears_the_queue_by_keyboard(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("j")
    tab.key("Enter")
    name = arrived(tab, "brand/")
    seen = []
    for key in ("a", "n", "a", "a", "a", "n", "a", "a", "a", "a"):
        seen.append(name)
        tab.key(key)
        name = moved_on(tab, name)
    assert len(set(seen)) == len(seen)
    tab.shows("Approved:")
    tab.key("u")
    tab.shows("Approval taken back")


def test_keys_decide_nothing_by_mistake(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    before = arrived(tab, "brand/")
    for key in ("Backspace", " ", "Delete"):
        tab.key(key)
    tab.key("a", ctrl=True)
    tab.key("w")
    tab.until("document.activeElement.id === 'remark'")
    for key in "aaa":
        tab.key(key)
    assert tab.js("document.getElementById('remark').value") == "aaa"
    assert tab.js("document.querySelector('[data-screen]').dataset.screen") == before
    assert tab.js("document.getElementById('say').textContent") == ""


def test_feedback_makes_a_version_with_its_blast_radius(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    before = arrived(tab, "brand/")
    tab.key("w")
    tab.until("document.activeElement.id === 'remark'")
    tab.write(f"please fix it {NASTY}")
    tab.key("Enter", ctrl=True)
    tab.shows("I understood nothing I can act on")
    assert tab.js("document.querySelectorAll('#understood img, #understood script').length") == 0
    tab.key("Escape")
    tab.key("5")
    tab.key("j")
    tab.key("x")
    tab.shows("Ticked: 1 do not")
    tab.key("w")
    tab.js("document.getElementById('remark').value = ''")
    tab.key("Enter", ctrl=True)
    tab.shows("is not theirs")
    tab.shows("What I would do")
    tab.key("Enter", ctrl=True)
    name = moved_on(tab, before)
    assert name.split("/")[:3] == [*before.split("/")[:2], "2"]
    tab.shows("v1 → v2")
    tab.until("document.querySelector('[data-act=approve]').innerText.includes('Approve v2')")
    tab.key("a")
    moved_on(tab, name)
    tab.shows("Approved:")


def test_who_is_late_sees_both_sides(tab: Tab, address: str, tmp_path: Path) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    name = arrived(tab, "brand/")
    with browser(tmp_path / "other") as other:
        enter(other, address, "rolf", f"/console/{'/'.join(name.split('/')[:2])}")
        arrived(other, "brand/")
        other.shows("rita works on this brand")
        other.key("x")
        other.key("r")
        other.until("document.querySelector('#reject').open")
        other.js("document.querySelector('#reject [data-closes]').click()")
        other.key("a")
        moved_on(other, name)
    tab.key("w")
    tab.write("hotels are not theirs")
    tab.key("Escape")
    tab.key("a")
    tab.shows("Somebody was faster")
    tab.shows("rolf")
    press(tab, ".conflict a")
    assert moved_on(tab, name).endswith("/approved")
    press(tab, "[data-act=undo]")
    tab.shows("Approval taken back")
    tab.until("document.querySelector('#remark').value === 'hotels are not theirs'")


def test_who_signs_out_is_out(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    cookies = tab.send("Network.getCookies", urls=[f"{address}/console/"])["cookies"]
    (session,) = [cookie for cookie in cookies if cookie["name"] == "console_session"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"
    press(tab, "form[action$=leave] button")
    tab.until("document.querySelector('[name=password]')")
    tab.send("Network.setCookie", **{k: session[k] for k in ("name", "value", "domain", "path")})
    tab.open(f"{address}/console/queue")
    tab.until("document.querySelector('[name=password]')")
