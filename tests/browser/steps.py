"""What somebody at the console does, by keyboard where a person would."""

from __future__ import annotations

import json

from chrome import Tab

PASSWORD = "correct horse battery"


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
    """Wait for a page, until its keys decide; its name. A page that goes meanwhile starts anew."""
    here = "document.querySelector('[data-came]').dataset.screen"
    tab.js("delete window.at")
    tab.until(
        f"{here}.startsWith({json.dumps(screen)}) && Date.now() - (window.at ??= Date.now()) > 450"
    )
    return str(tab.js("document.querySelector('[data-screen]').dataset.screen"))


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


MOST_STOPS = 300


def focus_on(tab: Tab, selector: str) -> None:
    """Go with the Tab key until the focus is on something."""
    for _ in range(MOST_STOPS):
        if tab.js(f"document.activeElement.matches({json.dumps(selector)})"):
            return
        tab.key("Tab")
    raise AssertionError(f"the Tab key does not come to {selector}")


def use(tab: Tab, selector: str) -> None:
    """Go to a button or a link with the Tab key and press Enter."""
    tab.until(f"document.querySelector({json.dumps(selector)})")
    focus_on(tab, selector)
    tab.key("Enter")
