"""Every page, in both themes: axe finds nothing grave, nothing hostile runs, nothing overflows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from axe import look, script
from chrome import Tab, quiet
from spoilt import NASTY, RUNS
from steps import enter

from brand_metagen.console.screens import PAGES

pytestmark = pytest.mark.browser
WIDTHS = (1280, 820, 768)
"""A small desk screen, and tablets."""
DETAILS: Mapping[str, tuple[str, ...]] = {
    "/brand/{id}": ("brand/9001", "brand/1001", "brand/1005", "brand/1010", "brand/none"),
    "/try": ("try?brand=9001",),
    "/ties": ("ties", "ties?show=all"),
    "/queue": ("queue", "queue?search=EVIL&state=", "queue?state=approved"),
    "/quality": ("quality", "quality?kind=ambiguous%20name"),
    "/metric/{key}": ("metric/approval_rate",),
    "/alarm/{name}": ("alarm/run-failed",),
    "/agent/{slug}": ("agent/tiebreaker",),
    "/server/{name}": ("server/registry",),
    "/user/{name}": ("user/rita",),
    "/routines": ("routines?name=morning",),
}
"""Where pages with something on them are; those not named need nothing in their address."""
NOTHING = {"brand/none"}
"""Addresses of nothing: what says so is for everybody too."""
FOUND_BY_LINK = {
    "/case/{id}": "cases",
    "/incident/{id}": "incidents",
    "/tie/{ccid}/{bankid}": "ties?show=all",
}
"""Pages whose address a list tells."""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, busy: str) -> Iterator[Tab]:
    """An admin who only looks, with axe at hand."""
    with quiet(tmp_path_factory.mktemp("reader") / "profile") as made:
        made.first(script())
        enter(made, busy, "ada")
        yield made


def go(tab: Tab, address: str, path: str) -> None:
    """Load a page and wait until it stands."""
    tab.open(f"{address}/console/{path}")
    tab.until(f"location.href.endsWith({json.dumps('/console/' + path)})")
    tab.until("document.querySelector('[data-came]')")


def addresses(tab: Tab, address: str, page: str) -> list[str]:
    """Where a page is looked at."""
    if page in FOUND_BY_LINK:
        go(tab, address, FOUND_BY_LINK[page])
        start = f"/console/{page.split('/')[1]}/"
        links = tab.js(
            f"[...document.querySelectorAll('a[href^=\"{start}\"]')].map(a => a.pathname)"
        )
        assert links
        return [link.removeprefix("/console/") for link in links][:2]
    return list(DETAILS.get(page, (page.lstrip("/"),)))


def themed(tab: Tab, theme: str) -> None:
    """Change the colours of the page that is shown."""
    tab.js(f"document.documentElement.dataset.theme = '{theme}'")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_for_everybody(reader: Tab, busy: str, page: str) -> None:
    for path in addresses(reader, busy, page):
        go(reader, busy, path)
        shown = reader.js("document.querySelector('[data-screen]').dataset.screen")
        assert (shown == "error") is (path in NOTHING), (path, reader.text())
        themed(reader, "light")
        assert look(reader) == [], path
        themed(reader, "dark")
        assert look(reader, "color-contrast", "link-in-text-block") == [], path
        assert reader.js("document.querySelectorAll('h1').length") == 1
        for width in WIDTHS:
            reader.size(width, 900)
            assert reader.js("document.documentElement.scrollWidth") <= width, (path, width)
        reader.size(1280, 900)
        assert reader.js("window.ran") is None, path
        assert not [url for url in reader.urls if url.endswith("/x")], path
    assert reader.complaints == []


def test_dialogs_and_the_door_are_for_everybody(reader: Tab, busy: str) -> None:
    go(reader, busy, "brand/1010")
    for name in ("help", "reject", "flag"):
        reader.js(f"document.getElementById('{name}').showModal()")
        for theme in ("light", "dark"):
            themed(reader, theme)
            assert look(reader) == [], (name, theme)
        reader.js(f"document.getElementById('{name}').close()")
    reader.send("Network.clearBrowserCookies")
    reader.open(f"{busy}/console/sign-in")
    reader.until("document.querySelector('[name=password]')")
    for theme in ("light", "dark"):
        themed(reader, theme)
        assert look(reader) == [], theme
    enter(reader, busy, "ada")


def test_axe_sees_what_is_wrong(reader: Tab, busy: str) -> None:
    go(reader, busy, "users")
    for markup, rule in (
        ("<button></button>", "button-name (critical)"),
        ("<p style='color: #999; background: #eee'>pale</p>", "color-contrast (serious)"),
        ("<img src='data:,'>", "image-alt (critical)"),
    ):
        reader.js(f"document.querySelector('#page h1').innerHTML = {json.dumps(markup)}")
        assert [found for found in look(reader) if found.startswith(rule)], rule


def test_hostile_names_are_shown_as_text(reader: Tab, busy: str) -> None:
    for path in ("brand/9001", "queue?search=EVIL&state=", "chat"):
        go(reader, busy, path)
        if path == "chat":
            reader.js("document.querySelector('[data-sends]').focus()")
            reader.write(NASTY)
            reader.key("Enter")
        reader.until("document.querySelector('#page').textContent.includes('</script>')")
        shown = str(reader.js("document.querySelector('#page').textContent"))
        assert f"<script>{RUNS}</script>" in shown
        assert "\u202e" not in shown, "a mark that turns the line around"
        assert "\u27e8202E\u27e9" in shown
        assert reader.js("window.ran") is None
