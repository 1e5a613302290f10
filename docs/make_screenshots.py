"""Pictures of the console for docs/console.md: a sample market, a run, a few acts, a real browser.

`make screenshots` needs Chromium. The sample is the same each time, its dates are not.
"""

from __future__ import annotations

import csv
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
TWIN = "1033"
"""The sample's brand that gets a rival."""
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


def review(at: Photographer) -> str:
    """The pages of reviewers, a remark on the way; the brand that was looked at."""
    tab = at.tab
    at.visit("queue")
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
    at.visit("queue")
    at.keep("queue")
    at.visit(f"try?brand={brand}")
    tab.until("document.querySelector('#tried .card')")
    tab.js("document.querySelector('[name=narratives]').focus()")
    tab.write("SQ *SOMEBODY ELSE LEEDS")
    time.sleep(2 * SETTLED)
    at.keep("try")
    at.visit("ties")
    at.keep("ties")
    at.press("tbody a")
    tab.until("document.querySelector('[data-act=tie_give]')")
    at.press("[data-act=tie_give]")
    tab.until("document.querySelector('#given .card')")
    time.sleep(SETTLED)
    at.keep("tie")
    at.visit("second")
    at.keep("second")
    at.visit("quality?kind=wallet%20mixture")
    at.keep("quality")
    return brand


def settle(at: Photographer) -> None:
    """A case on its way over the board."""
    tab = at.tab
    at.visit("cases")
    at.press(".ticket a")
    tab.until("document.querySelector('[data-came][data-case]')")
    at.press("[data-act=assign]")
    tab.shows("has the case now")
    for point in ("evidence", "cause"):
        at.press(f"[data-point={point}][aria-checked=false]")
        tab.until(f"document.querySelector('[data-point={point}][aria-checked=true]')")
    at.press(".ways a[href$=manual_metadata]")
    tab.until("document.querySelector('#why-rule')")
    tab.js("document.querySelector('#why-rule').value = 'the name alone'")
    at.press("[data-act=settle_rule]")
    tab.until("document.querySelector('#effect .understood')")
    tab.js("scrollTo(0, 0)")
    time.sleep(2 * SETTLED)
    at.keep("case")
    at.visit("cases")
    at.keep("cases")


def operate(at: Photographer) -> None:
    """The pages of operators, as they are."""
    tab = at.tab
    at.visit("reports")
    at.press("[data-act=report_make]")
    tab.shows("is made")
    time.sleep(SETTLED)
    at.keep("reports")
    at.visit("chat")
    for text in ("low confidence brands", "feedback on 1001: hotels are not theirs"):
        tab.js(f"document.querySelector('[data-sends]').value = {json.dumps(text)}")
        at.press(".say [data-act]")
        tab.shows(text)
        time.sleep(2 * SETTLED)
    at.keep("chat")
    at.press("[data-act=chat_say][data-message=no]")
    for path, name in PAGES:
        at.visit(path)
        at.keep(name)


PAGES = (
    ("", "home"),
    ("runs", "runs"),
    ("analytics", "metrics"),
    ("metric/approval_rate", "metric"),
    ("trends", "trends"),
    ("issues", "issues"),
    ("costly", "costly"),
    ("recommended", "recommended"),
    ("lessons", "lessons"),
    ("plans", "plans"),
    ("health", "health"),
    ("routines?name=morning", "routines"),
    ("diagnose", "diagnose"),
    ("alarms", "alarms"),
    ("logs", "logs"),
    ("incidents", "incidents"),
    ("incident/INC-0001", "incident"),
    ("servers", "servers"),
    ("server/registry", "server"),
    ("cache", "cache"),
    ("log", "log"),
    ("users", "users"),
    ("user/rita", "user"),
    ("agents", "agents"),
    ("agent/tiebreaker", "agent"),
)
"""Pages that need nothing done first, and what their pictures are called."""


def walk(at: Photographer) -> None:
    """Every page once, with something on it."""
    at.sign_in("ada")
    brand = review(at)
    settle(at)
    operate(at)
    at.visit("", "dark")
    at.keep("home-dark")
    at.tab.size(768, 1024)
    at.visit(f"brand/{brand}")
    at.keep("brand-tablet")
    at.visit("cases", "dark")
    at.keep("cases-tablet")
    assert at.tab.complaints == [], at.tab.complaints


def rival(data: Path) -> None:
    """A brand beside one that is there, with some of its rows: nobody can tell whose they are."""
    with (data / "combo.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (data / "brand.csv").open(newline="", encoding="utf-8") as file:
        name = next(row["brandname"] for row in csv.DictReader(file) if row["brandid"] == TWIN)
    apart = f"{name[:2]} {name[2:].title()}"
    mine = [row for row in rows if row["brandid"] == TWIN or name.upper() in row["narrative"]]
    more = []
    for n, row in enumerate(row for row in mine for _ in range(3)):
        spelt = name.upper() if n % 3 else apart.upper()
        text = row["narrative"].replace(name.upper(), spelt)
        label = ("2001", TWIN, "")[(n // 3 + n) % 3]
        more.append({**row, "ccid": f"9{n:05}", "brandid": label, "narrative": text})
    bad = [{**mine[0], "ccid": "990001", "mccid": "no code"}, {**mine[1], "ccid": ""}]
    with (data / "combo.csv").open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(rows[0])).writerows([*more, *bad])
    with (data / "brand.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(["2001", apart, "Fashion"])
    with (data / "brand_to_check.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(["2001"])


def prepared(place: Path) -> Path:
    """A workspace with a run, and a day's work on it."""
    program("sample", "--out", place / "data", "--brands", 60, "--rows", 2_500)
    rival(place / "data")
    workspace = ("--workspace", place / "w")
    program("run", "--data", place / "data", *workspace)
    for name, role in (("ada", "admin"), ("rita", "reviewer"), ("oona", "operator")):
        who = ("users", "add", name, "--role", role, *workspace, "--as", "admin")
        program(*who, stdin=f"{PASSWORD}\n")
    # Every approval is drawn for a second look, so that there is one to be seen.
    (place / "w" / "config.toml").write_text(
        '[review]\nsecond_look_share = 1.0\n\n[schedule]\nkinds = "daily, weekly, run"\n'
    )
    rita = (*workspace, "--as", "rita")
    for brandid in ("1028", "1030", "1048", "1002"):
        program("review", "approve", brandid, *rita)
    for brandid in ("1059", "1060", "1016"):
        program("review", "flag", brandid, "--note", "an expert has to look at it", *rita)
    program("feedback", "submit", "1056", "hotels are not theirs", *rita)
    program("feedback", "submit", "1051", "please fix it", *rita)
    plan = ("analytics", "plan", "create", "too many brands wait", "--cause", "holidays")
    program(
        *plan, "--target", "approval_rate=0.8", "--action", "oona:2030-01-31:ask for two more",
        "--due", "2030-02-01", *workspace, "--as", "oona",
    )  # fmt: skip
    program("routine", "morning", "--done", "queue", "--note", "looked at it", *rita)
    wrong = ("incidents", "open", "system_down", "pages answer late")
    program(*wrong, "--affected", "reviewing is slow", *workspace, "--as", "oona")
    program("incidents", "note", "INC-0001", "the disk is nearly full", *workspace, "--as", "oona")
    program("cache", "warm", "--limit", 12, *workspace, "--as", "oona")
    return place / "w"


def main() -> None:
    """Make all pictures anew."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        with served(prepared(place)) as address, browser(place / "profile") as tab:
            walk(Photographer(tab, address))


if __name__ == "__main__":
    main()
