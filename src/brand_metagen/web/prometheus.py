"""`GET /metrics`: all metrics and alarms in the text format that Prometheus and others read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from brand_metagen.app import accounts, watching
from brand_metagen.app.totals import Key, Total
from brand_metagen.monitoring.catalogue import METRICS, Kind, MetricName
from brand_metagen.ports import AlarmState, Role
from brand_metagen.web.sign_in import BEARER, TheServer, actor, address_of
from brand_metagen.web.state import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = "/metrics"
PREFIX = "brand_metagen_"
HERE = ("127.0.0.1", "::1")
"""Addresses of callers on the same machine."""
router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def metrics(request: Request, server: TheServer) -> Response:
    """Everything that is counted, as of now; for viewers, and for this machine where it is open."""
    from starlette.concurrency import run_in_threadpool

    open_here = server.workspace.settings.serve.metrics_open and address_of(request) in HERE
    credentials = await BEARER(request)
    if not open_here:
        found = await run_in_threadpool(actor, request, server, credentials)
        accounts.need(found, Role.VIEWER)
    text = await run_in_threadpool(exposition, server)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def exposition(server: Server) -> bytes:
    """The text, once what this process measured is written down."""
    server.requests.write(server.workspace)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(server))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, server: Server) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        """Every metric of the catalogue, then the alarms."""
        totals = self._server.totals.now()
        for name, metric in METRICS.items():
            yield _family(metric, {k: t for k, t in totals.items() if k[0] == name})
        alarms = GaugeMetricFamily(f"{PREFIX}alarm", "1 = it is in ALARM", labels=["alarm"])
        for standing in watching.standings(self._server.workspace):
            alarms.add_metric([standing.alarm.name], float(standing.line.state is AlarmState.ALARM))
        yield alarms


def _family(metric: MetricName, found: Mapping[Key, Total]) -> Metric:
    labels: Sequence[str] = [name.lower() for name in metric.dimensions]
    name, meaning = PREFIX + snake(metric.name), metric.meaning
    family: CounterMetricFamily | GaugeMetricFamily | SummaryMetricFamily
    if metric.kind is Kind.COUNT:
        family = CounterMetricFamily(name, meaning, labels=labels)
    elif metric.kind is Kind.GAUGE:
        family = GaugeMetricFamily(name, meaning, labels=labels)
    else:
        family = SummaryMetricFamily(name, meaning, labels=labels)
    for (_, dimensions), total in sorted(found.items()):
        values = [dict(dimensions).get(label, "") for label in metric.dimensions]
        if isinstance(family, SummaryMetricFamily):
            family.add_metric(values, count_value=total.samples, sum_value=total.value)
        elif isinstance(family, CounterMetricFamily):
            family.add_metric(values, total.value)
        else:
            family.add_metric(values, total.last)
    return family


def snake(name: str) -> str:
    """A metric's name as Prometheus spells names.

    >>> snake("MCPResponseTime"), snake("CombosFlaggedForReview")
    ('mcp_response_time', 'combos_flagged_for_review')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
