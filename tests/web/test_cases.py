"""Escalations over HTTP: from the flag to the lesson."""

from __future__ import annotations

from typing import Any

import pytest
from offices import Office

from brand_metagen.analytics.kinds import Kind
from brand_metagen.escalate.checklists import CLOSING
from brand_metagen.ports import Role


def opened(office: Office, **more: Any) -> dict[str, Any]:
    wanted = {
        "brandid": office.largest(), "cause": "business_rule", "reason": "two logos", **more
    }  # fmt: skip
    found: dict[str, Any] = office.good("POST", "/escalations", wanted)
    return found


def act(office: Office, case_id: str, name: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = office.good(
        "POST", f"/escalations/{case_id}/{name}", body, role=Role.OPERATOR
    )
    return found


def test_a_flag_opens_a_case_that_can_be_read(office: Office) -> None:
    brandid = office.largest()
    office.good("POST", f"/brands/{brandid}/flag", {"note": "odd"}, If_Match='"1"')
    (line,) = office.get("/escalations")["items"]
    assert (line["brandid"], line["cause"], line["reason"]) == (brandid, "expert_wanted", "odd")
    assert line["sla"]["stands"] == "ok"
    assert 0 < line["sla"]["left"] <= line["sla"]["limit"] == 24 * 3600
    whole = office.get(f"/escalations/{line['case_id']}")
    assert [e["kind"] for e in whole["events"]] == ["opened"]
    assert whole["brand"]["brandid"] == brandid
    assert whole["narratives"]
    assert whole["versions"][0]["version"] == 1
    assert {p["point"] for p in whole["checklists"]["closing"]} == set(CLOSING)
    assert office.get(f"/brands/{brandid}")["state"] == "escalated"


def test_from_opening_to_closing(office: Office) -> None:
    case = opened(office)
    assert case["level"] == 3
    assert not case["joined_an_open_one"]
    case_id = case["case_id"]
    again = opened(office, brandid=case["brandid"], reason="and again")
    assert (again["case_id"], again["joined"], again["joined_an_open_one"]) == (case_id, 1, True)
    assert act(office, case_id, "assign", assignee="dana")["state"] == "IN_PROGRESS"
    assert act(office, case_id, "pause", text="waits")["sla"]["stands"] == "paused"
    assert act(office, case_id, "resume", text="goes on")["sla"]["stands"] == "ok"
    rule = {"include": "STAR", "mccids": ["9999999"]}
    wrong = {"method": "manual_metadata", "note": "by hand", "rule": rule}
    assert office.ask(
        "POST", f"/escalations/{case_id}/resolve", wrong, role=Role.OPERATOR
    ).status_code in (400, 422)
    done = act(office, case_id, "resolve", method="no_change", note="it is right")
    assert done["case"]["state"] == "RESOLVED"
    found = office.get(f"/escalations/{case_id}/verification")
    assert {f["point"] for f in found} == {"metadata", "matches", "others", "confidence"}
    closing = {"preventive": "a note in the guide", "lessons": "ask the owner first"}
    early = office.ask("POST", f"/escalations/{case_id}/close", closing, role=Role.OPERATOR)
    assert early.status_code == 409
    assert early.json()["now"]["missing"] == list(CLOSING)
    act(office, case_id, "check", points=list(CLOSING))
    ended = act(office, case_id, "close", **closing)
    assert (ended["state"], ended["lessons"]) == ("CLOSED", "ask the owner first")
    assert office.get(f"/brands/{case['brandid']}")["state"] == "awaiting_review"
    assert office.get("/escalations")["items"] == []
    assert len(office.get("/escalations?state=CLOSED")["items"]) == 1


def test_a_rule_by_hand_settles_a_case_and_shows_its_effect_first(office: Office) -> None:
    case = opened(office)
    brand = office.get(f"/brands/{case['brandid']}")
    rule = {"include": brand["include"], "mccids": brand["mccids"][:1]}
    wanted: dict[str, Any] = {"method": "manual_metadata", "note": "one code", "rule": rule}
    tried = act(office, case["case_id"], "resolve", **wanted, dry_run=True)
    assert tried["case"] is None
    assert tried["effect"]["diff"]["mccids_removed"] == brand["mccids"][1:]
    assert office.get(f"/brands/{case['brandid']}")["version"] == 1
    done = act(office, case["case_id"], "resolve", **wanted)
    assert done["effect"]["version"] == 2
    after = office.get(f"/brands/{case['brandid']}")
    assert (after["version"], after["state"]) == (2, "awaiting_review")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("assign", {"assignee": ""}),
        ("check", {"points": ["tea"]}),
        ("note", {"text": " "}),
        ("raise", {"text": "x", "level": 1}),
        ("resume", {"text": "x"}),
        ("reopen", {"text": "x"}),
        ("resolve", {"method": "manual_metadata", "note": "x"}),
        ("resolve", {"method": "algorithm_update", "note": "x"}),
        ("resolve", {"method": "brand_split", "note": "x", "batch_id": "COR-9999"}),
        ("close", {"preventive": "x", "lessons": "y"}),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    office: Office, name: str, body: dict[str, Any]
) -> None:
    case = opened(office)
    path = f"/escalations/{case['case_id']}"
    answer = office.ask("POST", f"{path}/{name}", body, role=Role.OPERATOR)
    assert answer.status_code in (400, 409, 422), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert office.get(path)["revision"] == case["revision"]


def test_no_such_case_or_brand_is_404(shared: Office) -> None:
    assert shared.ask("GET", "/escalations/ESC-1999-001").status_code == 404
    wanted = {"brandid": "nobody", "cause": "legal_or_compliance", "reason": "x"}
    assert shared.ask("POST", "/escalations", wanted).status_code == 404


def test_figures_and_messages_for_programs(office: Office) -> None:
    case = opened(office)
    by_key = {m["metric"]: m for m in office.get("/metrics")}
    assert by_key["escalation_rate"]["numerator"] == 1
    (one,) = office.get("/metrics?key=approval_rate&from=2026-01-01&to=2026-01-31")
    assert (one["value"], one["begin"][:10], one["end"][:10]) == (None, "2026-01-01", "2026-02-01")
    daily = office.get("/reports/escalations/daily")
    assert daily["figures"]["counts"]["opened"] == 1
    assert office.get("/reports/weekly")["metrics"]
    assert office.get("/reports/patterns")["cases"] == 1
    told = office.get("/notices?state=waiting", Role.OPERATOR)
    assert {n["case_id"] for n in told} == {case["case_id"]}
    for wrong in ("/metrics?key=tea", "/metrics?from=yesterday", "/reports/escalations/hourly",
                  "/reports/daily?date=2999-01-01"):  # fmt: skip
        assert office.ask("GET", wrong).status_code in (400, 422)


def test_reports_of_every_kind_as_figures_and_as_files(shared: Office) -> None:
    for kind in Kind:
        answer = shared.get(f"/reports/{kind}", Role.OPERATOR)
        assert answer["kind"] == kind
    run = shared.get("/reports/run?run=RUN-0001", Role.VIEWER)["figures"]["run"]
    assert run["decisions"]["confirmed"] > 0
    for form, begin in (("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF")):
        answer = shared.ask("GET", f"/reports/wallets/{form}?date=2026-01-31")
        assert answer.content.startswith(begin)
        name = answer.headers["Content-Disposition"]
        assert name == f'attachment; filename="wallets-2026-01.{form}"'
    assert shared.ask("GET", "/reports/run?run=RUN-0999").status_code == 404
    assert shared.ask("GET", "/reports/daily/docx").status_code == 422


def test_what_failed_is_for_operators(shared: Office) -> None:
    for path in ("/reports/errors", "/reports/errors/html"):
        assert shared.ask("GET", path, role=Role.REVIEWER).status_code == 403
        assert shared.ask("GET", path, role=Role.OPERATOR).status_code == 200
