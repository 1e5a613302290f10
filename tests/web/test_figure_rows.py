"""The rows behind figures, over REST."""

from __future__ import annotations

from math import fsum
from typing import Any

from offices import Office


def test_pages_of_evidence_sum_up_to_the_metric(shared: Office) -> None:
    (metric,) = shared.get("/metrics?key=high_confidence")
    items: list[Any] = []
    address = "/analytics/high_confidence/evidence?limit=20"
    page = shared.get(address)
    while True:
        items += page["items"]
        if page["next"] is None:
            break
        page = shared.get(f"{address}&cursor={page['next']}")
    assert len(items) == page["rows"] > 20
    assert fsum(row["numerator"] for row in items) == metric["numerator"]
    assert fsum(row["denominator"] for row in items) == metric["denominator"]
    assert page["interval"] == metric["interval"]
    one = items[0]["brandid"]
    alone = shared.get(f"{address}&brandid={one}")
    assert {row["brandid"] for row in alone["items"]} == {one}


def test_an_unknown_figure_names_those_there_are(shared: Office) -> None:
    answer = shared.ask("GET", "/analytics/weather/evidence")
    assert answer.status_code == 400
    assert "approval_rate" in answer.text
