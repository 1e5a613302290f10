"""Runs started over HTTP, and what becomes of the market when one ends."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from offices import Office, opened, until

from brand_metagen.ports import Role


def started(office: Office, **body: Any) -> Any:
    answer = office.ask("POST", "/runs", {"data": "data", **body}, role=Role.OPERATOR)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/v1/runs/{answer.json()['run_id']}"
    return answer.json()


def test_a_run_asked_for_again_is_the_same_run(empty: Office) -> None:
    how: dict[str, Any] = {"role": Role.OPERATOR, "Idempotency_Key": "r"}
    first = empty.ask("POST", "/runs", {"data": "data"}, **how)
    going = empty.ask("POST", "/runs", {"data": "data"}, **how)
    ended(empty, first.json()["run_id"])
    again = empty.ask("POST", "/runs", {"data": "data"}, **how)
    for answer in (going, again):
        assert answer.headers["Idempotency-Replayed"] == "true"
        assert answer.json()["run_id"] == first.json()["run_id"]
    assert again.json()["state"] == "completed"
    assert len(empty.get("/runs")["items"]) == 1
    other = empty.ask("POST", "/runs", {"data": "data", "brands": ["1"]}, **how)
    assert other.status_code == 409


def ended(office: Office, run_id: str) -> Any:
    until(lambda: office.get(f"/runs/{run_id}")["state"] != "running")
    return office.get(f"/runs/{run_id}")


def test_before_the_first_run_the_server_says_what_to_do(empty: Office) -> None:
    assert empty.client.get("/healthz").json()["market"] == "no_run"
    assert empty.get("/status")["last_run"] is None
    assert empty.get("/review/queue") == {"items": [], "next": None}
    answer = empty.ask("POST", "/classify", {"items": []})
    assert answer.status_code == 409
    assert "POST /api/v1/runs" in answer.json()["detail"]


def test_the_first_run_is_started_and_then_answers(empty: Office) -> None:
    run_id = started(empty)["run_id"]
    busy = empty.ask("POST", "/runs", {"data": "data"}, role=Role.OPERATOR)
    assert busy.status_code == 409
    done = ended(empty, run_id)
    assert (done["state"], done["error"]) == ("completed", None)
    assert done["data"] == "data"
    assert done["steps"][-1]["state"] == "done"
    brandid = empty.largest()
    row = empty.rows(brandid, "confirmed")[0]
    asked = {"items": [{"narrative": row["narrative"], "mccid": row["mccid"]}]}
    assert empty.good("POST", "/classify", asked)["items"][0]["brandid"] == brandid
    assert empty.client.get("/healthz").json()["market"] == "ready"
    rows = empty.get("/audit?limit=100", Role.ADMIN)["items"]
    (start,) = [r for r in rows if r["action"] == "run_started"]
    assert (start["actor"], start["subject"]) == ("operator", run_id)


def test_the_market_is_swapped_when_a_run_ends(office: Office) -> None:
    office.largest()
    first = office.get("/status")["last_run"]
    brandid = office.queue()[0]["brandid"]
    run_id = started(office, brands=[brandid])["run_id"]
    assert run_id != first
    assert ended(office, run_id)["only"] == [brandid]
    office.rows(brandid)
    live = office.ask("POST", "/classify", {"items": []})
    assert live.status_code == 200
    listed = [run["run_id"] for run in office.get("/runs")["items"]]
    assert listed == [run_id, first]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("..", 403),
        ("../..", 403),
        ("/etc", 403),
        ("data/../../x", 403),
        ("none", 400),
        (".", 400),
        ("a\0b", 400),
        ("", 422),
        ("x" * 5_000, 422),
    ],
)
def test_tables_elsewhere_are_not_read(shared: Office, data: str, status: int) -> None:
    answer = shared.ask("POST", "/runs", {"data": data}, role=Role.OPERATOR)
    assert answer.status_code == status, answer.text
    assert len(shared.get("/runs")["items"]) == 1


def test_a_link_out_of_the_root_is_not_followed(finished: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside").symlink_to(finished / "data")
    shutil.copytree(finished / "w", tmp_path / "w")
    with opened(tmp_path / "w", root / "any", serve__data_root=str(root)) as office:
        answer = office.ask("POST", "/runs", {"data": "inside"}, role=Role.OPERATOR)
        assert answer.status_code == 403
    with opened_again(tmp_path / "w", root) as office:
        answer = office.ask("POST", "/runs", {"data": "inside"}, role=Role.OPERATOR)
        assert (answer.status_code, "data_root" in answer.json()["detail"]) == (403, True)


def opened_again(workspace: Path, root: Path) -> Any:
    """The same workspace on a server that starts no runs."""
    (workspace / "brand-metagen.sqlite3").unlink()
    return opened(workspace, root / "any", serve__data_root="")


def test_only_what_is_unfinished_is_resumed(shared: Office) -> None:
    path = "/runs/RUN-0001"
    assert shared.ask("POST", f"{path}/resume", role=Role.OPERATOR).status_code == 409
    for wish in ("pause", "stop"):
        assert shared.ask("POST", f"{path}/{wish}", role=Role.OPERATOR).status_code == 409
    assert shared.ask("POST", f"{path}/dance", role=Role.OPERATOR).status_code == 422
