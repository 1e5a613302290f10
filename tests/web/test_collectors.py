"""Figures for collectors, alarms over REST, and one trace for all that a request does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from offices import Office, opened
from prometheus_client.parser import text_string_to_metric_families

from brand_metagen.app import watching
from brand_metagen.errors import ServiceError
from brand_metagen.monitoring.catalogue import METRICS
from brand_metagen.ports import Role, RunState
from brand_metagen.web.prometheus import PREFIX, snake
from brand_metagen.web.requests import Requests


def scraped(office: Office) -> dict[str, dict[str, float]]:
    answer = office.client.get("/metrics", headers=office.headers(Role.VIEWER))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        family.name: {
            f"{s.name}{sorted(s.labels.items())}": s.value for s in family.samples
        }
        for family in text_string_to_metric_families(answer.text)
    }  # fmt: skip


def test_a_collector_reads_every_metric(shared: Office) -> None:
    found = scraped(shared)
    names = {PREFIX + snake(name) for name in METRICS}
    assert names <= found.keys()
    (run,) = shared.workspace.store.runs()
    assert found["brand_metagen_brands_processed"] == {
        "brand_metagen_brands_processed_total[]": run.summary["brands"]
    }
    assert found["brand_metagen_runs_failed"]["brand_metagen_runs_failed_total[]"] == 0
    assert found["brand_metagen_alarm"]["brand_metagen_alarm[('alarm', 'run-failed')]"] == 0
    shared.get("/status")
    latency = scraped(shared)["brand_metagen_request_latency"]
    key = "[('route', 'GET /status'), ('status', '2xx')]"
    assert latency.get(f"brand_metagen_request_latency_count{key}", 0) >= 1, latency
    again = scraped(shared)["brand_metagen_brands_processed"]
    assert again == found["brand_metagen_brands_processed"], "nothing is counted twice"


def test_figures_need_a_token_unless_they_are_open_to_this_machine(office: Office) -> None:
    assert office.client.get("/metrics").status_code == 401
    wrong = {"Authorization": "Bearer bmg_wrong"}
    assert office.client.get("/metrics", headers=wrong).status_code == 401
    folder, data = office.workspace.folder, office.workspace.folder
    copy = folder.parent / "open"
    copy.mkdir()
    with opened(copy, data, serve__metrics_open=True) as other:
        answer = other.client.get("/metrics")
        assert answer.status_code == 200
        assert "no-store" in answer.headers["cache-control"]


def test_alarms_are_seen_and_acknowledged(office: Office) -> None:
    store = office.workspace.store
    run = store.create_run("data", "{}", ())
    store.set_run(run.run_id, RunState.FAILED, "no room")
    assert {a["state"] for a in office.get("/alarms")["items"]} == {"INSUFFICIENT_DATA"}
    watching.check(office.workspace)
    shown = office.get("/alarms/run-failed")
    assert shown["state"] == "ALARM"
    assert len(shown["steps"]) == 6
    assert [e["after"] for e in shown["history"]] == ["ALARM", "OK"]
    path, note = "/alarms/run-failed/acknowledge", {"note": "the disk is full"}
    said = office.good("POST", path, note, role=Role.OPERATOR)
    assert (said["acknowledged_by"], said["note"]) == ("operator", "the disk is full")
    again = office.ask("POST", path, note, role=Role.OPERATOR)
    assert again.status_code == 409
    assert again.json()["now"]["acknowledged_by"] == "operator"
    assert office.ask("GET", "/alarms/weather").status_code == 404
    assert scraped(office)["brand_metagen_alarm"]["brand_metagen_alarm[('alarm', 'run-failed')]"]


def test_one_trace_goes_from_the_request_to_the_audit_log(office: Office) -> None:
    trace = "ab" * 16
    brandid = office.largest()
    answer = office.ask(
        "POST", f"/brands/{brandid}/flag", {"note": "x"}, If_Match='"1"',
        traceparent=f"00-{trace}-{'c' * 16}-01",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-request-id"] == trace
    rows = office.workspace.store.audit(0, 1_000).items
    assert [r.detail["trace"] for r in rows if r.subject == brandid][-1] == trace
    for header in ("forged\\nline", "x" * 100, "a b c d e f"):
        other = office.ask("GET", "/status", X_Request_ID=header)
        assert re.fullmatch("[0-9a-f]{32}", other.headers["x-request-id"])
    assert office.ask("GET", "/status", X_Request_ID="order-4711").headers["x-request-id"] == (
        "order-4711"
    )
    office.workspace.store.verify_audit()


def test_what_requests_took_is_added_up_by_the_minute(office: Office) -> None:
    held, store = Requests(), office.workspace.store
    moment = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC).timestamp()
    for seconds, at in ((0.5, moment), (1.5, moment - 10), (9.0, moment + 1)):
        held.add("GET /x", 200, seconds, at)
    held.add("GET /x", 503, 1.0, moment)

    class Down:
        """A store that cannot be written."""

        def add_measures(self, *given: object) -> None:
            raise ServiceError("no room")

    with pytest.raises(ServiceError):
        held.write(replace(office.workspace, store=Down()))  # type: ignore[arg-type]
    held.add("GET /x", 200, 0.25, moment)
    held.write(office.workspace)
    held.write(office.workspace)
    lines = store.measures(["RequestLatency"], "2026-10-25", "2026-10-26")
    found = {(m.at[11:16], m.dimensions["Status"]): m for m in lines}
    first = found["00:59", "2xx"]
    assert (first.value, first.samples, first.least, first.most) == (2.25, 3, 0.25, 1.5)
    assert found["01:00", "2xx"].value == 9.0
    assert found["00:59", "5xx"].samples == 1
    assert held.taken() == {}
    held.write(office.workspace, "2026-10-26")
    assert store.measures(["RequestLatency"], "2026-10-25", "2026-10-26") == ()
