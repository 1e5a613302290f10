"""Emergencies over HTTP: somebody shut out, a system that may not change, incidents."""

from __future__ import annotations

import pytest
from offices import API, Office

from brand_metagen.ports import Role
from program import inside

PASSWORD = "correct horse battery"


def me(office: Office, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return office.client.get(f"{API}/me", headers=headers).status_code


def test_who_is_isolated_is_out_with_the_next_request(office: Office) -> None:
    wanted = {"name": "eve", "role": "admin", "password": PASSWORD}
    office.good("POST", "/users", wanted, role=Role.ADMIN)
    sign_in = {"name": "eve", "password": PASSWORD}
    session = office.client.post(f"{API}/session", json=sign_in).json()["token"]
    token = office.good("POST", "/users/eve/tokens", {}, role=Role.ADMIN)["token"]
    assert (me(office, session), me(office, token)) == (200, 200)
    said = {"mode": "read_only", "reason": "a stolen token"}
    office.good("PUT", "/mode", said, role=Role.OPERATOR)
    path = "/users/eve/isolate"
    done = office.good("POST", path, {"reason": "stolen"}, role=Role.ADMIN)
    assert (len(done["tokens"]), done["admins"]) == (2, ["admin"])
    assert (me(office, session), me(office, token)) == (401, 401)
    assert office.client.post(f"{API}/session", json=sign_in).status_code == 401
    assert office.ask("POST", path, {"reason": " "}, role=Role.ADMIN).status_code in (400, 422)
    last = office.ask("POST", "/users/admin/isolate", {"reason": "x"}, role=Role.ADMIN)
    assert last.status_code == 409
    office.good("PATCH", "/users/eve", {"disabled": False}, role=Role.ADMIN)
    assert (me(office, session), me(office, token)) == (401, 401)


def test_verify_names_all_damage_as_the_command_does(office: Office) -> None:
    whole = office.get("/audit/verify", Role.ADMIN)
    assert (whole["damage"], whole["since"]) == ([], "")
    for step in ("confirm", "report"):
        (office.workspace.step(step) / "new").write_text("x")
    next(office.workspace.releases.glob("REL-*/model.json")).write_text("{}")
    said = office.get("/audit/verify", Role.ADMIN)
    assert [one["kind"] for one in said["damage"]] == ["release", "run", "run"]
    command = inside("verify", "--workspace", office.workspace.folder, "--json")
    assert (command.code, command.data) == (1, said)


def test_read_only_lets_people_look_and_write_incidents(office: Office) -> None:
    assert office.get("/mode")["mode"] == "normal"
    office.good("PUT", "/mode", {"mode": "read_only", "reason": "an attack"}, role=Role.OPERATOR)
    brandid = office.largest()
    refused = office.ask("POST", f"/brands/{brandid}/approve", {}, If_Match='"1"')
    assert refused.status_code == 409
    assert "an attack" in refused.text
    wanted = {"kind": "security", "title": "a stolen token", "affected": "publishing",
              "severity": "critical", "next_update": 30, "tell": True}  # fmt: skip
    made = office.good("POST", "/incidents", wanted, role=Role.OPERATOR)
    path = f"/incidents/{made['incident_id']}"
    ending = {"cause": "a laptop", "actions": [{"owner": "o", "due": "2026-12-01", "what": "x"}]}
    assert office.ask("POST", f"{path}/close", ending, role=Role.OPERATOR).status_code == 409
    office.good("POST", f"{path}/note", {"text": "found it"}, role=Role.OPERATOR)
    back = {"text": "shut out", "recovered": True}
    assert office.good("POST", f"{path}/note", back, role=Role.OPERATOR)["state"] == "recovered"
    assert office.good("POST", f"{path}/close", ending, role=Role.OPERATOR)["state"] == "closed"
    shown = office.get(path, Role.OPERATOR)
    assert shown["minutes_to_recovery"] >= 0
    assert [m["source"] for m in shown["timeline"]].count("note") == 4
    assert len(office.get("/incidents")["items"]) == 1
    assert office.get("/incidents?open_only=true")["items"] == []
    assert office.ask("GET", "/incidents/INC-9", role=Role.OPERATOR).status_code == 404
    office.good("PUT", "/mode", {"mode": "normal", "reason": "over"}, role=Role.OPERATOR)
    office.good("POST", f"/brands/{brandid}/approve", {}, If_Match='"1"')


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "fire", "title": "x", "affected": "y"},
        {"kind": "other", "title": "", "affected": "y"},
        {"kind": "other", "title": "x", "affected": "y", "since": "soon"},
        {"kind": "other", "title": "x", "affected": "y", "next_update": 0},
    ],
)
def test_an_incident_that_says_nothing_is_refused(shared: Office, body: dict[str, object]) -> None:
    assert shared.ask("POST", "/incidents", body, role=Role.OPERATOR).status_code in (400, 422)
