"""How the server answered, as its health page tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from brand_metagen.console.answers import answers, summed
from brand_metagen.console.door import Seat
from brand_metagen.console.screens import PAGES
from brand_metagen.monitoring.evaluate import stamp
from brand_metagen.ports import Measure, Role

Seats = Mapping[Role, Seat]


def measure(route: str, status: str, samples: int, total: float, most: float) -> Measure:
    """A minute's requests of one address with one kind of answer."""
    at = stamp(int(datetime.now(UTC).timestamp()) - 120)
    dimensions = {"Route": route, "Status": status}
    return Measure("RequestLatency", total, "Seconds", at, 60, dimensions, samples, 0.0, most)


FOUND = [
    measure("GET /api/v1/brands", "2xx", 8, 0.8, 0.3),
    measure("GET /api/v1/brands", "4xx", 2, 0.2, 0.1),
    measure("POST /api/v1/classify", "5xx", 1, 0.05, 0.05),
    measure("GET /api/v1/slow", "2xx", 1, 2.0, 2.0),
]


def test_answers_are_summed_by_address_what_failed_first() -> None:
    found = summed(FOUND)
    assert [route.name.rpartition("/")[2] for route in found.routes] == [
        "classify", "slow", "brands"
    ]  # fmt: skip
    brands = found.routes[2]
    assert (brands.samples, brands.kinds, brands.failed) == (10, {"2xx": 8, "4xx": 2}, 0)
    assert (round(brands.mean, 3), brands.most) == (0.1, 0.3)
    assert (found.whole.samples, found.whole.failed, found.whole.most) == (12, 1, 2.0)
    assert summed(()).whole.mean == 0.0


def test_the_health_page_tells_how_the_api_answered(shared: Seats) -> None:
    seat = shared[Role.VIEWER]
    actor = seat.actor()
    assert actor is not None
    assert "No program asked the API" in PAGES["/health"](seat.server, actor, {})
    pages = [measure(route, "2xx", 99, 9.0, 1.0) for route in ("none", "POST /console/sign-in")]
    seat.server.workspace.store.add_measures([*FOUND, *pages], "")
    assert answers(seat.server).whole.samples == 12, "pages of the console are not counted"
    page = PAGES["/health"](seat.server, actor, {})
    assert "1 failed (5xx)" in page
    assert "2 refused (4xx)" in page
    assert "/logs?" not in page, "the log is for operators"
