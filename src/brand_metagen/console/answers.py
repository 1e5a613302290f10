"""How the server answered of late: requests by kind of answer and by address, from its metrics."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brand_metagen.ports import Measure
from brand_metagen.web.requests import METRIC
from brand_metagen.web.state import Server

HOURS, MOST = 1, 8
"""How far back is looked, and addresses that are shown."""
API = " /api/"
"""What stands in the routes of the API, and in none of the console's pages and files."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address: how often it answered, with which kinds, and how long that took in seconds."""

    name: str
    samples: int
    kinds: Mapping[str, int]
    mean: float
    most: float

    @property
    def failed(self) -> int:
        return self.kinds.get("5xx", 0)


@dataclass(frozen=True, slots=True)
class Answers:
    """All of them: the whole, and by address those that failed first, then the slowest."""

    whole: Route
    routes: tuple[Route, ...]


def answers(server: Server) -> Answers:
    """How the API answered in the last hour; the minute that goes on is not in it."""
    now = datetime.now(UTC)
    begin, end = (m.isoformat(timespec="milliseconds") for m in (now - timedelta(hours=HOURS), now))
    found = server.workspace.store.measures((METRIC,), begin, end)
    return summed(m for m in found if API in m.dimensions.get("Route", ""))


def summed(measures: Iterable[Measure]) -> Answers:
    """Measures of requests put together."""
    by_route: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        by_route[measure.dimensions.get("Route", "")].append(measure)
    routes = [_route(name, found) for name, found in by_route.items()]
    routes.sort(key=lambda r: (-r.failed, -r.mean, r.name))
    every = [measure for found in by_route.values() for measure in found]
    return Answers(_route("all", every), tuple(routes[:MOST]))


def _route(name: str, found: Iterable[Measure]) -> Route:
    kinds: Counter[str] = Counter()
    total, most = 0.0, 0.0
    for measure in found:
        kinds[measure.dimensions.get("Status", "")] += measure.samples
        total, most = total + measure.value, max(most, measure.most)
    samples = kinds.total()
    return Route(name, samples, dict(kinds), total / samples if samples else 0.0, most)
