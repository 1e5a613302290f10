"""`python -m benchmarks.console`: every page of the console opened in a real Chromium, many times.

Prints, per page, the server's processor time and the time on the clock, against the console's
budget. Between two openings of a page all others are opened; lists lead to another brand, case and
row each time. Before each round somebody makes a remark, so that what was kept of the record is of
no use, and one line tells of the page of the brand whose rule is thereby made anew. Two lines tell
of steps within the console: a key pressed on a brand, until the next brand is painted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.commands import BenchError, product
from benchmarks.server import Caller, Served, serving
from benchmarks.tables import table
from brand_metagen.app import accounts
from brand_metagen.app.workspace import DATABASE
from brand_metagen.console.door import COOKIE, ROOT
from brand_metagen.console.screens import PAGES
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Role
from brand_metagen.sample.market import make_sample
from brand_metagen.store.sql import SqlStore, sqlite_url

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from chrome import Tab, browser

OWN_SET = (3_000, 150_000, 7)
"""(brands, rows, seed) of the market that is made up when no workspace is given."""
BUDGET, STEP_BUDGET = 0.3, 0.2
"""Seconds of the server's processor that a page and a step may take at p95 (the console's
requirement)."""
NAME = "bench"
AFTER = "/brand/{id}, just remade"
STEPS = {"n": "key n, the next brand", "a": "key a, approved, the next brand"}
"""Keys that lead from brand to brand."""
READ = 1.5
"""Seconds that a brand is read: its keys decide then, and the next one was made ready."""
WATCH = """(() => {
  const brand = () => document.querySelector("[data-came]");
  const was = brand().dataset.screen;
  let pressed = 0;
  window.painted = 0;
  const start = () => { pressed = performance.now(); };
  addEventListener("keydown", start, { capture: true, once: true });
  const here = new MutationObserver(() => {
    if (!brand() || brand().dataset.screen === was) return;
    here.disconnect();
    const stop = () => { window.painted = performance.now() - pressed; };
    requestAnimationFrame(() => requestAnimationFrame(stop));
  });
  here.observe(document, { childList: true, subtree: true, attributeFilter: ["data-came"] });
})()"""
"""Measures, by the page's own clock, from a key to the frame after another page came."""
SPARE = 5
"""So many times as many brands as rounds: of some no row can be refused."""
LINKS = {"/brand/{id}": "/queue", "/case/{id}": "/cases", "/tie/{ccid}/{bankid}": "/ties"}
"""Pages of something, and the list whose links lead to them."""
FIXED = {
    "/metric/{key}": ("/metric/approval_rate",),
    "/alarm/{name}": ("/alarm/run-failed",),
    "/agent/{slug}": ("/agent/tiebreaker",),
    "/server/{name}": ("/server/registry",),
    "/user/{name}": (f"/user/{NAME}",),
}
"""Pages of what every market has."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a page: seconds of the server's processor, and on the clock."""

    page: str
    cpu: float
    wall: float


class Visitor:
    """Somebody at the console in a browser, and the same person at the API."""

    def __init__(self, tab: Tab, served: Served, secret: str) -> None:
        self._tab, self._served = tab, served
        self._caller = Caller(served.url, secret)
        self._warm()
        tab.size(1280, 900)
        where = {"url": f"{served.url}{ROOT}", "path": ROOT}
        tab.send("Network.setCookie", name=COOKIE, value=secret, **where)

    def _warm(self) -> None:
        """Wait until the market is read."""
        brand = self._caller.get("/review/queue?limit=1")["items"][0]["brandid"]
        self._caller.get(f"/brands/{brand}/rows?limit=1")

    def open(self, page: str, path: str) -> Opening:
        """Open a page and wait until it stands; what it sets going afterwards counts for it too."""
        used, begun = self._used(), time.perf_counter()
        self._tab.open(f"{self._served.url}{ROOT}{path}")
        here = f"location.href.endsWith({json.dumps(ROOT + path)})"
        self._tab.until(f"{here} && document.querySelector('[data-came]')")
        wall = time.perf_counter() - begun
        return Opening(page, self._used() - used, wall)

    def step(self, key: str) -> Opening | None:
        """Read a brand, press a key, and wait until the next brand is painted; what was made ready
        of it meanwhile counts for it too. None where the brand has no such button."""
        used = self._used()
        time.sleep(READ)
        if not self._tab.js(f"!!document.querySelector('[data-key={key}]:not([disabled])')"):
            return None
        self._tab.js(WATCH)
        self._tab.key(key)
        self._tab.until("window.painted")
        wall = self._tab.js("window.painted") / 1_000
        return Opening(STEPS[key], self._used() - used, wall)

    def links(self, page: str, times: int) -> list[str]:
        """Where a list's links lead, other pages than it."""
        self.open(LINKS[page], LINKS[page])
        start = f"{ROOT}/{page.split('/')[1]}/"
        found = self._tab.js(
            f"[...document.querySelectorAll('#page a[href^=\"{start}\"]')].map(a => a.pathname)"
        )
        return [path.removeprefix(ROOT) for path in dict.fromkeys(found)][:times]

    def remade(self, path: str) -> Opening | None:
        """Say of a row of a brand that it is not its own, and open the page of what was made."""
        brand = path.removeprefix("/brand/")
        rows = self._caller.get(f"/brands/{brand}/rows?decision=confirmed&limit=1")["items"]
        if not rows:
            return None
        row = {"ccid": rows[0]["ccid"], "bankid": rows[0]["bankid"]}
        version = self._caller.get(f"/brands/{brand}")["version"]
        body, key = {"does_not_belong": [row]}, f"{brand}-{version}"
        said = self._caller.ask("POST", f"/brands/{brand}/feedback", body, version, key)
        if not said.good:
            raise BenchError(f"a remark on {brand} was refused: {said.status} {said.body}")
        return self.open(AFTER, path)

    def _used(self) -> float:
        used = self._served.cpu_seconds
        if used is None:
            raise BenchError("the server's processor time is not told here (no /proc)")
        return used


def walk(visitor: Visitor, times: int) -> list[Opening]:
    """Open every page so many times; the first round warms and is not kept."""
    places: dict[str, Sequence[str]] = {page: (page,) for page in PAGES if "{" not in page}
    places |= {page: found for page in LINKS if (found := visitor.links(page, SPARE * times))}
    places |= FIXED
    found = []
    brands = iter(places["/brand/{id}"])
    for turn in range(times + 1):
        remade = next(filter(None, map(visitor.remade, brands)), None)
        found += [remade] if remade and turn else []
        for page, paths in places.items():
            one = visitor.open(page, paths[turn % len(paths)])
            found += [one] if turn else []
        visitor.open("/queue", "/queue")
        visitor.step("n")
        found += [one for key in STEPS if (one := visitor.step(key)) and turn]
    return found


def report(found: Sequence[Opening]) -> str:
    """p50 and p95 of each page, the dearest first."""
    pages: dict[str, list[Opening]] = {}
    for one in found:
        pages.setdefault(one.page, []).append(one)
    lines = []
    for page, its in pages.items():
        cpu, wall = [one.cpu for one in its], [one.wall for one in its]
        budget = STEP_BUDGET if page in STEPS.values() else BUDGET
        over = "over" if quantile(cpu, 0.95) > budget else f"{budget * 1000:.0f}"
        figures = (quantile(v, q) for v in (cpu, wall) for q in (0.5, 0.95))
        lines.append((page, str(len(its)), *(f"{1000 * v:,.0f}" for v in figures), over))
    lines.sort(key=lambda line: -int(line[3].replace(",", "")))
    header = ("page", "times", "CPU p50, ms", "p95", "clock p50, ms", "p95", "budget")
    return table(header, lines)


def quantile(values: Sequence[float], q: float) -> float:
    """The value below which a share `q` lies, one that was measured."""
    found = sorted(values)
    return found[round(q * (len(found) - 1))]


def secret_of(workspace: Path) -> str:
    """A token of an admin who is there for the benchmark."""
    store = SqlStore(sqlite_url(workspace / DATABASE))
    try:
        if NAME not in {account.name for account in store.accounts()}:
            accounts.add(store, NAME, NAME, Role.ADMIN, None)
        return accounts.issue(store, NAME, NAME, "", timedelta(days=1)).secret
    finally:
        store.close()


def made(folder: Path) -> Path:
    """A workspace with a run over a market that is made up."""
    make_sample(folder / "data", *OWN_SET)
    workspace = folder / "w"
    product("run", "--data", str(folder / "data"), "--workspace", str(workspace))
    return workspace


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--workspace", type=Path, help="with a finished run, and a SQLite store")
    parser.add_argument("--times", type=int, default=10, help="how often each page is opened")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="console-", ignore_cleanup_errors=True) as folder:
            workspace = options.workspace or made(Path(folder))
            secret = secret_of(workspace)
            with serving(workspace) as served, browser(Path(folder) / "profile") as tab:
                print(report(walk(Visitor(tab, served, secret), options.times)), flush=True)
    except (BenchError, BrandMetagenError, OSError) as error:
        print(f"benchmarks.console: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
