"""A server with a seat for every role, and a market that is partly hostile."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from brand_metagen.app import accounts
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import load_settings
from brand_metagen.console.door import Seat
from brand_metagen.ports import Role
from brand_metagen.store.sql import SqlStore, sqlite_url
from brand_metagen.web.app import make_app
from brand_metagen.web.warm import Readiness

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eSKCUB\u2066 {{ 7*7 }} =1+1"
"""What no page may obey."""
TWINS = {"9001": f"Evil Shop {NASTY}", "9002": "Evil-Shop"}
"""Two brands that nobody can tell apart: their rows are tied."""
LONGEST = 1_024


def spoil(data: Path) -> None:
    """Put two brands with hostile names and narratives into a market, and rows that are bad."""
    with (data / "brand.csv").open("a", newline="") as file:
        csv.writer(file).writerows([brandid, name, "Fashion"] for brandid, name in TWINS.items())
    with (data / "brand_to_check.csv").open("a", newline="") as file:
        csv.writer(file).writerows([brandid] for brandid in TWINS)
    texts = [f"EVIL SHOP {NASTY}", "EVIL SHOP LEEDS", ("EVIL SHOP " + "A" * LONGEST)[:LONGEST]]
    rows = [
        [f"99{n:04}", "1", f"M{n}", list(TWINS)[n % 2], "5651", texts[n % 3]] for n in range(24)
    ]
    bad = [["990900", "1", "M", "9001", "no code", f"EVIL SHOP {NASTY}"]]
    with (data / "combo.csv").open("a", newline="") as file:
        csv.writer(file).writerows([*rows, *bad])


@contextmanager
def opened(folder: Path) -> Iterator[dict[Role, Seat]]:
    """A seat for every role at a server over a workspace."""
    settings = load_settings(None, {}, {})
    store = SqlStore(sqlite_url(folder / DATABASE), settings.review)
    server = make_app(Workspace(folder, settings, store)).state.server
    server.warm.start()
    seats = {}
    for role in Role:
        accounts.add(store, "test", role.value, role, None)
        issued = accounts.issue(store, "test", role.value, "", timedelta(days=1))
        seats[role] = Seat(server, issued.secret)
    try:
        yield seats
    finally:
        while server.warm.readiness is Readiness.LOADING:
            time.sleep(0.01)
        store.close()
