"""The rows behind figures, over REST."""

from __future__ import annotations

from math import fsum
from typing import Any

import pytest
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


def test_learning_settings_and_recommendations_are_what_the_commands_print(shared: Office) -> None:
    learning = shared.get("/analytics/learning?step=14")
    assert learning["says"] == "cannot be told yet"
    assert len(learning["work"][0]["steps"]) == 6
    assert shared.get("/analytics/settings") == []
    about = {one["about"]: one for one in shared.get("/analytics/recommendations")}
    metrics = {m["metric"]: m for m in shared.get("/metrics")}
    poor = {k for k, m in metrics.items() if m["band"] in ("poor", "fair") and m["denominator"] > 4}
    assert poor <= set(about)


def teach(office: Office) -> dict[str, Any]:
    """Give feedback that is proposed to another brand; the first lesson that comes of it."""
    for brand in office.ruled():
        path = f"/brands/{brand['brandid']}"
        for code in office.get(path)["mccids"]:
            body = {"mccids_out": [code], "dry_run": True}
            tried = office.ask("POST", f"{path}/feedback", body, If_Match='"1"').json()
            if tried.get("proposals"):
                office.good("POST", f"{path}/feedback", {"mccids_out": [code]}, If_Match='"1"')
                found: dict[str, Any] = office.get("/lessons")[0]
                return found
    raise AssertionError("the market teaches nothing")


@pytest.mark.slow
def test_a_lesson_is_shown_adopted_and_refused(office: Office) -> None:
    first = teach(office)
    path = f"/lessons/{first['lesson_id']}"
    tried = office.good("POST", f"{path}/adopt", {"dry_run": True})
    assert tried["fate"] == "open"
    assert office.ask("POST", f"{path}/refuse", {"note": ""}).status_code == 422
    assert office.ask("POST", "/lessons/LSN-999999/adopt", {}).status_code == 404
    done = office.good("POST", f"{path}/refuse", {"note": "they use it"})
    assert (done["fate"], done["note"]) == ("refused", "they use it")
    assert office.ask("POST", f"{path}/adopt", {}).status_code == 409
    assert office.get("/lessons?fate=refused") == [done]
