"""Who has no mouse: what can be pressed can be come to, is seen to have the focus, and is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chrome import Tab
from steps import MOST_STOPS, arrived, enter

import brand_metagen.console

pytestmark = pytest.mark.browser
SCRIPT = Path(brand_metagen.console.__file__).parent / "static" / "console.js"
SPOKEN = {"Escape": "Esc", "ArrowDown": "↓", "ArrowUp": "↑"}
"""Keys that help calls otherwise than browsers do."""
TOGETHER = {"Ctrl", "g"}
"""Keys that do something with another one only."""
USABLE = (
    "[...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]"
    ".filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled)"
)


HIDDEN = (
    "e => { const { outlineStyle, outlineWidth } = getComputedStyle(e);"
    "const seen = outlineStyle !== 'none' && parseInt(outlineWidth) >= 2;"
    "return e === document.body || seen ? '' : e.outerHTML.slice(0, 200); }"
)
"""What has the focus without showing it, empty = it shows."""


def test_what_can_be_pressed_can_be_come_to(tab: Tab, busy: str) -> None:
    enter(tab, busy, "ada")
    for path in ("queue", "brand/1010", "ties", "cases", "chat", "incidents", "users"):
        tab.open(f"{busy}/console/{path}")
        tab.until(f"location.pathname.endsWith('{path}')")
        arrived(tab)
        tab.js(f"window.left = new Set({USABLE}); window.stops = 0; document.body.tabIndex = -1")
        tab.js("document.body.focus()")
        tab.js("document.body.removeAttribute('tabindex')")
        for _ in range(MOST_STOPS):
            tab.key("Tab")
            shown = tab.js(
                f"left.delete(document.activeElement); ({HIDDEN})(document.activeElement)"
            )
            assert shown == "", f"{path}: the focus is not seen"
            if not tab.js("left.size"):
                break
        assert tab.js("[...left].map(e => e.outerHTML.slice(0, 200))") == [], path


def test_the_focus_comes_back_after_a_dialog(tab: Tab, busy: str) -> None:
    enter(tab, busy, "ada", "/console/brand/1010")
    arrived(tab, "brand/")
    tab.js("document.querySelector('[role=tab]').focus(); window.had = document.activeElement")
    for key, name in (("?", "help"), ("r", "reject"), ("f", "flag")):
        for leave in ("Escape", "button"):
            tab.key(key)
            tab.until(f"document.getElementById('{name}').open")
            if leave == "Escape":
                tab.key("Escape")
            else:
                tab.js(f"document.querySelector('#{name} [data-closes]').click()")
            tab.until(f"!document.getElementById('{name}').open")
            assert tab.js("document.activeElement === window.had"), (key, leave)


def test_help_tells_every_key_and_no_other(tab: Tab, busy: str) -> None:
    enter(tab, busy, "ada")
    tab.key("?")
    tab.until("document.getElementById('help').open")
    shown = "[...document.querySelectorAll('#help {}')].map(e => e.textContent)"
    told = set(tab.js(shown.format("kbd")))
    first, last = 1, 6
    assert {str(first), str(last)} <= told
    told |= {str(n) for n in range(first, last + 1)}
    handled = set(tab.js("[...document.querySelectorAll('[data-goes]')].map(e => e.dataset.goes)"))
    for path in ("queue", "brand/1010", "brand/1001", "chat", "cases", "try?brand=1010"):
        tab.open(f"{busy}/console/{path}")
        arrived(tab)
        handled |= set(
            tab.js("[...document.querySelectorAll('[data-key]')].map(e => e.dataset.key)")
        )
    literal = re.findall(r'\bkey === "([^"]+)"', SCRIPT.read_text(encoding="utf-8"))
    handled |= {SPOKEN.get(key, key) for key in literal}
    assert told - TOGETHER == handled - TOGETHER
