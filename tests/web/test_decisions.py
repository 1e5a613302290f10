"""Decisions, remarks and versions: stale ones are refused, equal ones count once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from offices import Office

from brand_metagen.ports import Role

MEDIA = "application/problem+json"


def one_row(office: Office, brandid: str, place: int = 0) -> dict[str, Any]:
    row = office.rows(brandid, "confirmed")[place]
    return {"does_not_belong": [{"ccid": row["ccid"], "bankid": row["bankid"]}]}


def actions(office: Office, brandid: str) -> Counter[str]:
    rows = office.get("/audit?limit=100", Role.ADMIN)["items"]
    return Counter(row["action"] for row in rows if row["subject"] == brandid)


@pytest.mark.parametrize("act", ["approve", "reject", "flag", "undo", "feedback", "versions"])
def test_a_decision_without_the_version_is_refused(shared: Office, act: str) -> None:
    brandid = shared.largest()
    bodies: dict[str, Any] = {
        "feedback": {"text": "wrong"},
        "versions": {"include": "ACME", "mccids": ["5812"], "notes": "by hand"},
    }
    path = f"/brands/{brandid}/{act}"
    missing = shared.ask("POST", path, bodies.get(act))
    assert (missing.status_code, missing.headers["Content-Type"]) == (428, MEDIA)
    for tag, status in (('W/"1"', 400), ("*", 400), ("1", 400), ('"one"', 400)):
        assert shared.ask("POST", path, bodies.get(act), If_Match=tag).status_code == status
    stale = shared.ask("POST", path, bodies.get(act), If_Match='"99"')
    assert (stale.status_code, stale.headers["Content-Type"]) == (409, MEDIA)
    both = stale.json()
    assert both["expected"] == 99
    assert (both["now"]["version"], both["now"]["state"]) == (1, "awaiting_review")


def test_approve_undo_approve_publish_and_back(office: Office) -> None:
    first, second = (brand["brandid"] for brand in office.ruled()[:2])
    act = f"/brands/{first}"
    assert office.ask("POST", f"{act}/undo", If_Match='"1"').status_code == 409
    done = office.ask("POST", f"{act}/approve", {"note": "fine"}, If_Match='"1"')
    assert (done.json()["state"], done.headers["ETag"]) == ("approved", '"1"')
    assert office.good("POST", f"{act}/undo", If_Match='"1"')["state"] == "awaiting_review"
    office.good("POST", f"{act}/approve", If_Match='"1"')
    before = office.good("POST", "/publish", role=Role.OPERATOR)
    assert (before["brands"], before["changed"]) == (1, [first])
    assert office.ask("POST", "/publish", role=Role.OPERATOR).status_code == 409
    assert office.ask("POST", f"{act}/undo", If_Match='"1"').status_code == 409
    office.good("POST", f"/brands/{second}/approve", If_Match='"1"')
    after = office.good("POST", "/publish", {"note": "both"}, role=Role.OPERATOR)
    assert after["brands"] == 2
    path = f"/publications/{before['release']}/restore"
    assert office.good("POST", path, role=Role.OPERATOR)["release"] == before["release"]
    listed = office.get("/publications")["items"]
    assert [p["release_id"] for p in listed] == [
        before["release"],
        after["release"],
        before["release"],
    ]
    assert office.get("/status")["published"] == before["release"]
    assert office.ask("POST", "/publications/REL-0/restore", role=Role.OPERATOR).status_code == 404


def test_published_rules_answer_only_once_published(office: Office) -> None:
    brandid = office.largest()
    row = office.rows(brandid, "confirmed")[0]
    asked = {"items": [{"narrative": row["narrative"], "mccid": row["mccid"]}], "what": "published"}
    assert office.ask("POST", "/classify", asked).status_code == 409
    office.good("POST", f"/brands/{brandid}/approve", If_Match='"1"')
    office.good("POST", "/publish", role=Role.OPERATOR)
    assert office.good("POST", "/classify", asked)["items"][0]["brandid"] == brandid


def test_a_remark_makes_a_version_and_the_old_one_is_stale(office: Office) -> None:
    brandid = office.largest()
    row = office.rows(brandid, "confirmed")[0]
    done = office.ask(
        "POST", f"/brands/{brandid}/feedback", one_row(office, brandid), If_Match='"1"'
    )
    assert (done.json()["version"], done.headers["ETag"]) == (2, '"2"')
    assert office.ask("POST", f"/brands/{brandid}/approve", If_Match='"1"').status_code == 409
    found = {(r["ccid"], r["bankid"]): r["decision"] for r in office.rows(brandid)}
    assert found[(row["ccid"], row["bankid"])] in ("excluded", "unmatched")
    (bound,) = office.get(f"/brands/{brandid}/constraints")
    assert (bound["kind"], bound["author"]) == ("does_not_belong", "reviewer")
    (kept,) = office.get(f"/brands/{brandid}/feedback")["items"]
    assert kept["feedback_id"] == done.json()["feedback_id"]
    assert office.get(f"/feedback?search={brandid}")["items"] == [kept]
    assert office.get(f"/feedback/{kept['feedback_id']}") == kept
    assert office.ask("GET", "/feedback/FB-999999").status_code == 404
    versions = office.get(f"/brands/{brandid}/versions")["items"]
    assert [v["version"] for v in versions] == [2, 1]
    shown = office.get(f"/brands/{brandid}/diff?from=1&to=2")
    assert shown == done.json()["diff"]
    assert office.get(f"/brands/{brandid}/versions/1")["include"] == versions[1]["include"]
    office.good("POST", f"/brands/{brandid}/approve", If_Match='"2"')


def test_a_contradiction_shows_both_sides(office: Office) -> None:
    brandid = office.largest()
    wish = one_row(office, brandid)
    office.good("POST", f"/brands/{brandid}/feedback", wish, If_Match='"1"')
    against = {"belongs": wish["does_not_belong"]}
    for _ in range(2):
        # Sent again under its key, it is refused again.
        headers = {"If_Match": '"2"', "Idempotency_Key": "k"}
        answer = office.ask("POST", f"/brands/{brandid}/feedback", against, **headers)
        assert answer.status_code == 409
        assert "reviewer" in answer.json()["detail"]
        assert answer.json()["now"]["version"] == 2
        (understood,) = answer.json()["understood"]
        assert understood["row"]["ccid"] == against["belongs"][0]["ccid"]
        assert answer.json()["not_understood"] == []
    assert len(office.get(f"/brands/{brandid}/feedback")["items"]) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"pattern": "(A+)+$"}, 422),
        ({"pattern": ".*"}, 422),
        ({"mccids_in": ["0000"]}, 400),
        ({"belongs": [{"ccid": "no such combo"}]}, 400),
        ({"text": "x" * 10_001}, 400),
        ({"kind": "nonsense"}, 422),
        ({"words": "unknown field"}, 422),
        ({"text": "\x00"}, 400),
    ],
)
def test_remarks_that_cannot_be_used(office: Office, body: dict[str, Any], status: int) -> None:
    brandid = office.largest()
    answer = office.ask("POST", f"/brands/{brandid}/feedback", body, If_Match='"1"')
    assert answer.status_code == status, answer.text
    assert office.get(f"/brands/{brandid}")["version"] == 1


def test_a_double_click_counts_once(office: Office) -> None:
    brandid = office.largest()
    wish = one_row(office, brandid)

    def click(_: int) -> Any:
        headers = {"If_Match": '"1"', "Idempotency_Key": "click"}
        return office.ask("POST", f"/brands/{brandid}/feedback", wish, **headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["feedback_id"] for answer in answers} == {"FB-000001"}
    replays = Counter(answer.headers.get("Idempotency-Replayed") for answer in answers)
    assert replays == {None: 1, "true": 7}
    assert actions(office, brandid)["feedback"] == 1
    other = {"mccids_out": ["5812"]}
    answer = office.ask(
        "POST", f"/brands/{brandid}/feedback", other, If_Match='"1"', Idempotency_Key="click"
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("act", ["approve", "flag", "reject"])
def test_a_decision_sent_again_is_the_same_decision(office: Office, act: str) -> None:
    brandid = office.largest()
    headers = {"If_Match": '"1"', "Idempotency_Key": "k"}
    first = office.good("POST", f"/brands/{brandid}/{act}", **headers)
    again = office.good("POST", f"/brands/{brandid}/{act}", **headers)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert {**first, "replayed": True} == again
    assert actions(office, brandid)[act] == 1


def test_of_several_who_decide_at_once_one_wins(office: Office) -> None:
    brandid = office.largest()
    wishes = [one_row(office, brandid, place) for place in range(4)]

    def say(wish: dict[str, Any]) -> int:
        path = f"/brands/{brandid}/feedback"
        return office.ask("POST", path, wish, If_Match='"1"').status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = Counter(pool.map(say, wishes))
    assert statuses == {200: 1, 409: 3}
    assert office.get(f"/brands/{brandid}")["version"] == 2


def test_versions_by_hand_and_back(office: Office) -> None:
    brandid = office.largest()
    old = office.get(f"/brands/{brandid}")
    manual = {"include": old["include"], "mccids": old["mccids"][:1], "notes": "only this code"}
    tried = office.ask(
        "POST", f"/brands/{brandid}/versions", {**manual, "dry_run": True}, If_Match='"1"'
    )
    assert (tried.json()["stored"], tried.headers["ETag"]) == (False, '"1"')
    headers = {"If_Match": '"1"', "Idempotency_Key": "by hand"}
    made = office.good("POST", f"/brands/{brandid}/versions", manual, **headers)
    assert (made["version"], made["diff"]["mccids_removed"]) == (2, old["mccids"][1:])
    again = office.ask("POST", f"/brands/{brandid}/versions", manual, **headers)
    assert (again.status_code, again.json()["replayed"]) == (200, True)
    back = office.good("POST", f"/brands/{brandid}/rollback", {"version": 1}, If_Match='"2"')
    assert back["version"] == 3
    assert office.get(f"/brands/{brandid}")["mccids"] == old["mccids"]
    for refused in ({"include": "[A-Z]{1,40}"}, {"include": "(?=A)"}, {"mccids": ["none"]}):
        answer = office.ask(
            "POST", f"/brands/{brandid}/versions", {**manual, **refused}, If_Match='"3"'
        )
        assert answer.status_code in (400, 422), answer.text


def test_brands_are_lent_and_given_back(office: Office) -> None:
    first = office.good("POST", "/review/next")
    assert first["brandid"] == office.queue()[0]["brandid"]
    assert first["claimed_by"] == "reviewer"
    second = office.good("POST", "/review/next", role=Role.OPERATOR)
    assert second["brandid"] != first["brandid"]
    path = f"/brands/{first['brandid']}/claim"
    taken = office.ask("POST", path, role=Role.OPERATOR)
    assert (taken.status_code, taken.json()["now"]["claimed_by"]) == (409, "reviewer")
    assert office.good("POST", path)["actor"] == "reviewer"
    free = office.get("/review/queue?limit=100&free=true")["items"]
    assert second["brandid"] not in {b["brandid"] for b in free}
    assert office.ask("DELETE", path).status_code == 204
    assert office.good("POST", path, role=Role.OPERATOR)["actor"] == "operator"
    nothing = office.ask("POST", "/review/next", {"search": "no such brand"})
    assert (nothing.status_code, nothing.content) == (204, b"")


def test_a_round_counter_is_corrected_by_an_operator(office: Office) -> None:
    brandid = office.largest()
    wanted = {"round": 9, "note": "counted twice"}
    path = f"/brands/{brandid}/round"
    assert office.good("POST", path, wanted, role=Role.OPERATOR)["round"] == 9
    assert (
        office.ask("POST", path, {"round": 99, "note": "?"}, role=Role.OPERATOR).status_code == 400
    )
    assert office.get("/review/queue?round_from=9")["items"][0]["brandid"] == brandid


def test_a_question_is_answered_by_pointing(office: Office) -> None:
    brandid = office.largest()
    asked = office.good("POST", f"/brands/{brandid}/feedback", {"text": "wrong"}, If_Match='"1"')
    assert (asked["outcome"], len(asked["candidates"])) == ("unclear", 2)
    keys = [{name: row[name] for name in ("ccid", "bankid")} for row in asked["candidates"]]
    shown = {(row["ccid"], row["bankid"]): row["narrative"] for row in office.rows(brandid)}
    told = {(row["ccid"], row["bankid"]): row["narrative"] for row in asked["candidates"]}
    assert told.items() <= shown.items()
    body = {"belongs": keys[:1], "does_not_belong": keys[1:]}
    reply = office.good("POST", f"/brands/{brandid}/feedback", body, If_Match='"1"')
    assert [c["row"]["ccid"] for c in reply["understood"]] == [key["ccid"] for key in keys]


def test_a_row_of_two_brands_is_named(office: Office) -> None:
    one, other = (str(b["brandid"]) for b in office.ruled()[:2])
    row = office.rows(one, "confirmed")[0]
    wish = {"belongs": [{"ccid": row["ccid"], "bankid": row["bankid"]}]}
    office.good("POST", f"/brands/{one}/feedback", wish, If_Match='"1"')
    answer = office.ask("POST", f"/brands/{other}/feedback", wish, If_Match='"1"')
    assert answer.status_code == 409
    assert f"of brand {one} reviewer said on " in answer.json()["detail"]
    assert office.get(f"/brands/{other}")["version"] == 1


def test_a_row_that_belongs_says_who_said_so(office: Office) -> None:
    brandid, row = next(
        (brand["brandid"], rows[0])
        for brand in office.ruled()
        if (rows := office.rows(brand["brandid"], "review"))
    )
    wish = {"belongs": [{"ccid": row["ccid"], "bankid": row["bankid"]}]}
    done = office.good("POST", f"/brands/{brandid}/feedback", wish, If_Match='"1"')
    assert done["outcome"] == "applied"
    found = {(r["ccid"], r["bankid"]): r for r in office.rows(brandid, "confirmed")}
    now = found[row["ccid"], row["bankid"]]
    assert now["reason"] == f"a reviewer said so: reviewer in {done['feedback_id']}"
    asked = {"items": [{"narrative": row["narrative"], "mccid": row["mccid"]}]}
    answer = office.good("POST", "/classify", asked)["items"][0]
    assert (answer["brandid"], answer["decision"]) == (brandid, "confirmed")
    assert answer["reason"] == "a reviewer said so"


def test_a_promise_is_withdrawn_by_its_author_or_an_admin(office: Office) -> None:
    brandid = office.largest()
    wish = one_row(office, brandid)
    told = office.good("POST", f"/brands/{brandid}/feedback", wish, If_Match='"1"')
    path = f"/feedback/{told['feedback_id']}/withdraw"
    assert office.ask("POST", path, {}, role=Role.OPERATOR, If_Match='"2"').status_code == 403
    assert office.ask("POST", path, {}).status_code == 428
    assert office.ask("POST", path, {}, If_Match='"1"').status_code == 409
    assert office.ask("POST", "/feedback/FB-9/withdraw", {}, If_Match='"1"').status_code == 404
    tried = office.good("POST", path, {"dry_run": True}, If_Match='"2"')
    assert (tried["stored"], len(tried["withdrawn"])) == (False, 1)
    headers = {"If_Match": '"2"', "Idempotency_Key": "w"}
    done = office.ask("POST", path, {"note": "a slip"}, role=Role.ADMIN, **headers)
    assert (done.json()["version"], done.headers["ETag"]) == (3, '"3"')
    again = office.ask("POST", path, {"note": "a slip"}, role=Role.ADMIN, **headers)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (done.json(), "true")
    assert office.get(f"/brands/{brandid}/constraints") == []
    assert office.get(f"/feedback/{told['feedback_id']}")["outcome"] == "withdrawn"
    assert (
        office.get(f"/brands/{brandid}")["include"]
        == office.get(f"/brands/{brandid}/versions/1")["include"]
    )
    assert actions(office, brandid)["withdraw"] == 1
    office.good("POST", f"/brands/{brandid}/approve", If_Match='"3"')


def test_a_publication_sent_again_is_the_same(office: Office) -> None:
    one, other = (str(b["brandid"]) for b in office.ruled()[:2])
    office.good("POST", f"/brands/{one}/approve", If_Match='"1"')
    how = {"role": Role.OPERATOR, "Idempotency_Key": "p"}
    first = office.ask("POST", "/publish", {"note": "a"}, **how)
    office.good("POST", f"/brands/{other}/approve", If_Match='"1"')
    again = office.ask("POST", "/publish", {"note": "a"}, **how)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert {**first.json(), "replayed": True} == again.json()
    assert len(office.get("/publications")["items"]) == 1
    assert office.ask("POST", "/publish", {"note": "b"}, **how).status_code == 409
    assert office.good("POST", "/publish", role=Role.OPERATOR)["changed"] == [other]
