"""Pictures of the console for docs/console.md: a sample market, a run, a few acts, a real browser.

`make screenshots` needs Chromium. The sample is the same each time, its dates are not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))
from chrome import Tab, browser  # noqa: E402

OUT = HERE / "console"
PASSWORD = "correct horse battery"
SIZE = (1280, 900)
SETTLED = 0.6
"""Seconds until a page stands still."""


def program(*args: object, stdin: str = "") -> None:
    """Run one command of the program."""
    command = [sys.executable, "-m", "brand_metagen", *map(str, args)]
    subprocess.run(command, check=True, input=stdin, text=True, capture_output=True)


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The address of a server over a workspace."""
    command = [sys.executable, "-m", "brand_metagen", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--workspace", str(workspace)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield str(json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")["url"])
    finally:
        process.terminate()
        process.wait()


class Photographer:
    """Walks through the console and keeps what is seen."""

    def __init__(self, tab: Tab, address: str) -> None:
        self.tab, self.address = tab, address
        tab.size(*SIZE)

    def visit(self, path: str, theme: str = "light") -> None:
        """Open a page and wait for it."""
        self.tab.js(f"localStorage.setItem('theme', '{theme}')")
        self.tab.open(f"{self.address}/console/{path}")
        self.settle()

    def settle(self) -> None:
        """Wait for a page to stand still."""
        self.tab.until("document.querySelector('[data-came]')")
        time.sleep(SETTLED)

    def keep(self, name: str) -> None:
        """Keep the picture."""
        self.tab.picture(OUT / f"{name}.png")

    def press(self, selector: str) -> None:
        """Press a button."""
        self.tab.until(f"document.querySelector({json.dumps(selector)})")
        self.tab.js(f"document.querySelector({json.dumps(selector)}).click()")

    def sign_in(self, name: str) -> None:
        """Come in."""
        self.tab.open(f"{self.address}/console/sign-in")
        self.tab.until("document.querySelector('[name=name]')")
        time.sleep(SETTLED)
        self.keep("sign-in")
        fields = {"name": name, "password": PASSWORD}
        for field, value in fields.items():
            self.tab.js(f"document.querySelector('[name={field}]').value = {json.dumps(value)}")
        self.tab.js("document.querySelector('form').submit()")
        self.settle()


def walk(at: Photographer) -> None:
    """Every page once, with something on it."""
    tab = at.tab
    at.sign_in("oona")
    at.visit("queue")
    at.keep("queue")
    tab.key("n")
    tab.until("document.querySelector('[data-came][data-brand]')")
    brand = str(tab.js("document.querySelector('[data-brand]').dataset.brand"))
    time.sleep(SETTLED)
    at.keep("brand")
    for key in ("5", "j", "x"):
        tab.key(key)
    at.press("[data-act=understand]")
    tab.until("document.querySelector('[data-feedback-submit]')")
    tab.js("document.querySelector('#understood').scrollIntoView({block: 'center'})")
    time.sleep(SETTLED)
    at.keep("understood")
    at.press("[data-feedback-submit]")
    tab.shows("v1 → v2")
    tab.js("scrollTo(0, 0)")
    time.sleep(SETTLED)
    at.keep("change")
    at.visit(f"brand/{brand}", "dark")
    at.keep("brand-dark")
    at.visit(f"try?brand={brand}")
    tab.until("document.querySelector('#tried .card')")
    tab.js("document.querySelector('[name=narratives]').focus()")
    tab.write("SQ *SOMEBODY ELSE LEEDS")
    time.sleep(2 * SETTLED)
    at.keep("try")
    for _ in range(3):
        at.visit("queue")
        tab.key("n")
        tab.until("document.querySelector('[data-came][data-brand]')")
        time.sleep(SETTLED)
        at.press("#flag [data-act=flag]")
        tab.shows("Flagged")
    at.visit("cases")
    at.keep("cases")
    at.press(".ticket a")
    tab.until("document.querySelector('[data-came][data-case]')")
    at.press("[data-act=assign]")
    tab.shows("has the case now")
    at.press("[data-point=evidence]")
    time.sleep(2 * SETTLED)
    at.keep("case")
    at.visit("runs")
    at.keep("runs")
    at.visit("")
    at.keep("home")
    tab.size(768, 1024)
    at.visit(f"brand/{brand}")
    at.keep("brand-tablet")
    assert tab.complaints == [], tab.complaints


def main() -> None:
    """Make all pictures anew."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        program("sample", "--out", place / "data", "--brands", 60, "--rows", 2_500)
        program("run", "--data", place / "data", "--workspace", place / "w")
        who = (
            "users",
            "add",
            "oona",
            "--role",
            "operator",
            "--workspace",
            place / "w",
            "--as",
            "admin",
        )
        program(*who, stdin=f"{PASSWORD}\n")
        with served(place / "w") as address, browser(place / "profile") as tab:
            walk(Photographer(tab, address))


if __name__ == "__main__":
    main()
