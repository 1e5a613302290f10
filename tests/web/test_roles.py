"""Who may ask what: every address, every role."""

from __future__ import annotations

import re

import pytest
from offices import API, Office

from brand_metagen.ports import Actor, Role

V, R, O, A = Role.VIEWER, Role.REVIEWER, Role.OPERATOR, Role.ADMIN  # noqa: E741
NEEDED: dict[str, Role | None] = {
    "GET /review/queue": V,
    "POST /review/next": R,
    "GET /brands": V,
    "POST /brands": O,
    "GET /brands/{brandid}": V,
    "PATCH /brands/{brandid}": O,
    "POST /brands/{brandid}/reassign": O,
    "POST /brands/{brandid}/deactivate": O,
    "POST /brands/{brandid}/split": O,
    "GET /brands/{brandid}/validation": V,
    "GET /corrections": V,
    "POST /corrections/{batch_id}/undo": O,
    "GET /brands/{brandid}/rows": V,
    "GET /brands/{brandid}/constraints": V,
    "GET /brands/{brandid}/iterations": V,
    "GET /brands/{brandid}/facts": V,
    "GET /brands/{brandid}/proposals": V,
    "POST /brands/{brandid}/claim": R,
    "DELETE /brands/{brandid}/claim": R,
    "POST /brands/{brandid}/approve": R,
    "POST /brands/{brandid}/reject": R,
    "POST /brands/{brandid}/flag": R,
    "POST /brands/{brandid}/undo": R,
    "POST /brands/{brandid}/round": O,
    "POST /brands/{brandid}/feedback": R,
    "GET /brands/{brandid}/feedback": V,
    "GET /feedback": V,
    "GET /feedback/{feedback_id}": V,
    "POST /feedback/{feedback_id}/withdraw": R,
    "GET /brands/{brandid}/versions": V,
    "POST /brands/{brandid}/versions": R,
    "GET /brands/{brandid}/versions/{version}": V,
    "GET /brands/{brandid}/diff": V,
    "POST /brands/{brandid}/rollback": R,
    "POST /metadata/test": V,
    "GET /escalations": V,
    "POST /escalations": R,
    "GET /escalations/{case_id}": V,
    "GET /escalations/{case_id}/verification": V,
    "POST /escalations/{case_id}/assign": O,
    "POST /escalations/{case_id}/check": O,
    "POST /escalations/{case_id}/note": R,
    "POST /escalations/{case_id}/raise": O,
    "POST /escalations/{case_id}/pause": O,
    "POST /escalations/{case_id}/resume": O,
    "POST /escalations/{case_id}/resolve": O,
    "POST /escalations/{case_id}/reopen": O,
    "POST /escalations/{case_id}/close": O,
    "POST /escalations/{case_id}/cancel": O,
    "GET /metrics": V,
    "GET /analytics/{figure}/evidence": V,
    "GET /analytics/learning": V,
    "GET /analytics/settings": V,
    "GET /analytics/recommendations": V,
    "GET /lessons": V,
    "POST /lessons/{lesson_id}/adopt": R,
    "POST /lessons/{lesson_id}/refuse": R,
    "GET /reports/escalations/{span}": V,
    "GET /reports/patterns": V,
    "GET /reports/{kind}": V,
    "GET /reports/{kind}/{form}": V,
    "GET /notices": O,
    "GET /alarms": V,
    "GET /alarms/{name}": V,
    "POST /alarms/{name}/acknowledge": O,
    "POST /publish": O,
    "GET /publications": V,
    "POST /publications/{release_id}/restore": O,
    "GET /incidents": V,
    "POST /incidents": O,
    "GET /incidents/{incident_id}": O,
    "POST /incidents/{incident_id}/note": O,
    "POST /incidents/{incident_id}/close": O,
    "GET /mode": V,
    "PUT /mode": O,
    "GET /runs": V,
    "POST /runs": O,
    "GET /runs/{run_id}": V,
    "POST /runs/{run_id}/resume": O,
    "POST /runs/{run_id}/{wish}": O,
    "POST /classify": V,
    "GET /status": V,
    "GET /me": V,
    "GET /users": A,
    "POST /users": A,
    "PATCH /users/{name}": A,
    "POST /users/{name}/isolate": A,
    "GET /users/{name}/tokens": A,
    "POST /users/{name}/tokens": A,
    "DELETE /tokens/{token_id}": A,
    "GET /audit": A,
    "GET /audit/verify": A,
    "GET /healthz": None,
    "POST /session": None,
}
"""The least role; None = nobody has to sign in."""


def path_of(office: Office, address: str) -> str:
    known = {
        "brandid": office.queue()[0]["brandid"],
        "version": "1",
        "run_id": "RUN-0001",
        "wish": "run",
        "name": "nobody",
        "figure": "approval_rate",
    }
    return re.sub(r"\{(\w+)\}", lambda m: known.get(m.group(1), "none"), address)


def test_the_table_holds_every_address(shared: Office) -> None:
    paths = shared.client.get(f"{API}/openapi.json").json()["paths"]
    found = {
        f"{method.upper()} {path.removeprefix(API)}" for path in paths for method in paths[path]
    }
    assert found == set(NEEDED)


@pytest.mark.parametrize("address", NEEDED)
def test_each_role_may_what_it_may(shared: Office, address: str) -> None:
    method, path = address.split(" ")
    path, needed = path_of(shared, path), NEEDED[address]
    # Without a body, most of what is allowed ends as something else that is wrong with it.
    alone = shared.client.request(method, API + path)
    assert (alone.status_code == 401) == (needed is not None), alone.text
    for role in Role:
        answer = shared.ask(method, path, role=role)
        refused = needed is not None and not role.may(needed)
        assert (answer.status_code == 403) == refused, (role, answer.text)
        assert answer.status_code not in (401, 500)


def test_without_login_one_operator_acts(office: Office) -> None:
    from offices import listening

    from brand_metagen.web.serve import check

    me = Actor("sam", Role.OPERATOR)
    check(office.workspace, "127.0.0.1", me)
    with listening(office.workspace, me) as address:
        ask = office.client.request
        assert ask("GET", f"{address}{API}/me").json() == {"name": "sam", "role": "operator"}
        assert ask("GET", f"{address}{API}/audit").status_code == 403
        wrong = {"Authorization": "Bearer bmg_wrong"}
        assert ask("GET", f"{address}{API}/me", headers=wrong).status_code == 401
        admin = office.headers(Role.ADMIN)
        assert ask("GET", f"{address}{API}/audit", headers=admin).status_code == 200
