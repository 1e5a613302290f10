"""A reviewer and an operator at work, by keyboard, in a real Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chrome import SECONDS, Tab, browser

from brand_metagen.console.screens import PAGES
from program import environ, good, inside

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script> \u202eSKCUB"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a finished run and two accounts; nothing may be written here."""
    folder = tmp_path_factory.mktemp("console")
    good(inside("sample", "--out", folder / "data", "--brands", 30, "--rows", 900))
    workspace = ("--workspace", folder / "w")
    good(inside("run", "--data", folder / "data", *workspace))
    for name, role in (
        ("rita", "reviewer"),
        ("rolf", "reviewer"),
        ("oona", "operator"),
        ("ada", "admin"),
    ):
        password = f"{PASSWORD}\n".encode()
        good(inside("users", "add", name, "--role", role, *workspace, stdin=password))
    return folder / "w"


@pytest.fixture
def address(finished: Path, tmp_path: Path) -> Iterator[str]:
    """A server in a process of its own over a copy."""
    shutil.copytree(finished, tmp_path / "w")
    command = [sys.executable, "-m", "brand_metagen", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--workspace", str(tmp_path / "w")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ({}),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        out = process.stdout
        told = "".join(iter(lambda: out.readline().decode(), "}\n")) + "}"
        yield json.loads(told)["url"]
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=SECONDS)
    assert b"Traceback" not in complaints, complaints.decode()


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    """A browser that has to stay on this machine, and quiet."""
    with browser(tmp_path / "profile") as made:
        made.size(1280, 900)
        yield made
        hosts = {urlsplit(url).hostname for url in made.urls if not url.startswith("data:")}
        assert hosts <= {"127.0.0.1"}
        assert made.complaints == []


def enter(tab: Tab, address: str, name: str, path: str = "/console/queue") -> None:
    """Sign in by keyboard."""
    tab.open(address + path)
    tab.until("document.activeElement.name === 'name'")
    tab.write(name)
    tab.js("document.querySelector('[type=password]').focus()")
    tab.write(PASSWORD)
    tab.key("Enter")
    arrived(tab)


def arrived(tab: Tab, screen: str = "") -> str:
    """Wait for a page, until its keys decide; its name."""
    here = "document.querySelector('[data-came]').dataset.screen"
    tab.until(f"{here}.startsWith({json.dumps(screen)})")
    name = str(tab.js("document.querySelector('[data-screen]').dataset.screen"))
    tab.js("window.at = Date.now()")
    tab.until("Date.now() - window.at > 450")
    return name


def moved_on(tab: Tab, before: str) -> str:
    """Wait until another brand is shown."""
    tab.until(
        "document.querySelector('[data-came]') && "
        f"document.querySelector('[data-screen]').dataset.screen !== {json.dumps(before)}"
    )
    return arrived(tab)


def press(tab: Tab, selector: str) -> None:
    """Press a button once it is there."""
    tab.until(f"document.querySelector({json.dumps(selector)})")
    tab.js(f"document.querySelector({json.dumps(selector)}).click()")


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


def test_an_operator_follows_a_case_to_its_end(tab: Tab, address: str) -> None:
    enter(tab, address, "oona")
    tab.key("n")
    name = arrived(tab, "brand/")
    tab.key("f")
    tab.until("document.querySelector('#flag').open")
    tab.js("document.querySelector('#flag [data-act=flag]').click()")
    moved_on(tab, name)
    tab.key("g")
    tab.key("e")
    arrived(tab, "cases")
    tab.key("j")
    tab.key("Enter")
    arrived(tab, "case/")
    press(tab, "[data-act=assign]")
    tab.shows("oona has the case now")
    for point in ("evidence", "cause", "impact", "duplicate", "level", "owner"):
        press(tab, f"[data-point={point}][aria-checked=false]")
        tab.until(f"document.querySelector('[data-point={point}][aria-checked=true]')")
    tab.until("document.querySelector('.stepper [aria-current]').innerText.includes('Investig')")
    press(tab, ".ways a[href$=no_change]")
    arrived(tab, "case/")
    tab.until("document.querySelector('#why-none')")
    tab.js("document.querySelector('#why-none').value = 'the rule is right'")
    press(tab, "[data-act=settle_none]")
    tab.shows("Approve, check, close")
    for point in ("metadata", "matches", "others", "confidence", "told", "learned"):
        press(tab, f"[data-point={point}][aria-checked=false]")
        tab.until(f"document.querySelector('[data-point={point}][aria-checked=true]')")
    tab.js(
        "(f => { f.preventive.value = 'none needed'; f.lessons.value = 'look twice'; })"
        "(document.querySelector('[data-form-act=close]'))"
    )
    press(tab, "[data-act=close]")
    tab.shows("Closed.")


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


def test_every_page_in_both_themes_and_widths(tab: Tab, address: str) -> None:
    enter(tab, address, "ada")
    tab.key("n")
    brand = "/".join(arrived(tab, "brand/").split("/")[:2])
    fixed = [p.lstrip("/") for p in PAGES if "{" not in p]
    detail = [brand, f"try?brand={brand[6:]}", "metric/approval_rate", "agent/tiebreaker"]
    for path in (*fixed, *detail, "server/registry", "user/rita", "brand/none", "nowhere"):
        for theme, width in (("light", 1280), ("dark", 768)):
            tab.size(width, 900)
            tab.js(f"localStorage.setItem('theme', '{theme}')")
            tab.open(f"{address}/console/{path}")
            arrived(tab)
            assert tab.js("document.documentElement.dataset.theme") == theme
            assert tab.js("document.querySelectorAll('h1').length") == 1
            assert tab.js("document.documentElement.scrollWidth") <= width
            unlabelled = tab.js(
                "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
                ".filter(e => !e.labels.length).map(e => e.name)"
            )
            assert unlabelled == []
