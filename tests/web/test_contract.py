"""The fixed part of the API: paths, parameters and field names that other programs rely on."""

from __future__ import annotations

from typing import Any

import pytest
from offices import Office

RECORD = {
    "brandid", "brandname", "sector", "version", "status", "regex", "include", "exclude", "mccids",
    "confidence", "requires_confirmation", "reasons", "evidence",
}  # fmt: skip
FIXED = {
    "queue": {
        "brandid", "brandname", "version", "confidence", "rows", "round", "priority", "reason",
    },
    "brand": RECORD | {"state", "round"},
    "row": {
        "ccid", "bankid", "mid", "mccid", "narrative", "given_brandid", "decision", "confidence",
        "reason",
    },
    "outcome": {
        "understood", "not_understood", "question", "version", "diff", "blast_radius",
    },
}  # fmt: skip


def test_the_queue(shared: Office) -> None:
    answer = shared.get("/review/queue?limit=7")
    assert set(answer) == {"items", "next"}
    assert all(set(item) >= FIXED["queue"] for item in answer["items"])
    priorities = [item["priority"] for item in shared.queue()]
    assert priorities == sorted(priorities, reverse=True)


@pytest.mark.parametrize("path", ["/review/queue", "/brands", "/brands/{}/rows", "/runs"])
def test_pages_follow_each_other_without_gap_or_double(shared: Office, path: str) -> None:
    path = path.format(shared.largest())
    whole = shared.get(f"{path}?limit=100")["items"]
    found: list[Any] = []
    cursor = ""
    for _ in range(len(whole) + 1):
        page = shared.get(f"{path}?limit=7{cursor}")
        found += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == whole


def test_a_brand_and_its_tag(shared: Office) -> None:
    brandid = shared.largest()
    answer = shared.ask("GET", f"/brands/{brandid}")
    brand = answer.json()
    assert set(brand) >= FIXED["brand"]
    assert answer.headers["ETag"] == f'"{brand["version"]}"'
    assert brand["regex"] == brand["include"] or brand["exclude"]


def test_rows_of_a_brand_and_their_counts(shared: Office) -> None:
    brandid = shared.largest()
    page = shared.get(f"/brands/{brandid}/rows?limit=1")
    assert set(page["items"][0]) >= FIXED["row"]
    for decision, count in page["counts"].items():
        found = shared.rows(brandid, decision)
        assert len(found) == min(count, 100)
        assert {row["decision"] for row in found} <= {decision}
    assert shared.get(f"/brands/{brandid}/rows?cursor={page['next']}")["counts"] is None


def test_feedback_shows_what_it_understood_and_would_do(shared: Office) -> None:
    brandid = shared.largest()
    row = shared.rows(brandid, "confirmed")[0]
    wish = {"does_not_belong": [{"ccid": row["ccid"], "bankid": row["bankid"]}], "dry_run": True}
    version = shared.get(f"/brands/{brandid}")["version"]
    answer = shared.good("POST", f"/brands/{brandid}/feedback", wish, If_Match=f'"{version}"')
    assert set(answer) >= FIXED["outcome"]
    assert answer["understood"][0]["row"]["ccid"] == row["ccid"]
    assert answer["blast_radius"]["lost"]["rows"] >= 1
    assert shared.get(f"/brands/{brandid}")["version"] == version
    assert shared.get(f"/brands/{brandid}/feedback")["items"] == []


def test_classify_answers_in_order(shared: Office) -> None:
    row = shared.rows(shared.largest(), "confirmed")[0]
    known = {name: row[name] for name in ("narrative", "mccid", "mid")}
    nobody = {"narrative": "QQQQ ZZZZ", "mccid": "5999"}
    found = shared.good("POST", "/classify", {"items": [nobody, known]})["items"]
    assert found[0]["decision"] == "unmatched"
    assert (found[1]["brandid"], found[1]["decision"]) == (row["brandid"], row["decision"])
    assert found[1]["confidence"] == pytest.approx(row["confidence"])


def test_every_field_and_parameter_is_described(shared: Office) -> None:
    schema = shared.client.get("/api/v1/openapi.json").json()
    for name, shape in schema["components"]["schemas"].items():
        for field, said in shape.get("properties", {}).items():
            assert said.get("description"), f"{name}.{field}"
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"
            for parameter in operation.get("parameters", ()):
                if parameter["in"] != "path":
                    assert parameter.get("description"), f"{method} {path} {parameter['name']}"
