"""Corrections over REST: brands made, changed, split and ended; batches listed and undone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office, opened

from brand_metagen.ports import Role
from program import good, inside
from star import STAR, star_market, write_tables

O = Role.OPERATOR  # noqa: E741
WHY = {"reason": "the bank's list"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corrected")
    write_tables(folder / "data", star_market())
    good(inside("run", "--data", folder / "data", "--workspace", folder / "w"))
    return folder


@pytest.fixture
def desk(ready: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(ready / "w", tmp_path / "w")
    with opened(tmp_path / "w", ready / "data") as made:
        yield made


def test_a_split_is_proposed_edited_made_and_undone(desk: Office) -> None:
    seen = desk.good("POST", f"/brands/{STAR}/split", {}, role=O)
    parts = seen["proposal"]["parts"]
    assert [p["name"] for p in parts] == ["Star Market", "Star Burger", "Star Coffee"]
    assert (seen["correction"]["stored"], seen["correction"]["counts"]["combo.brandid"]) == (
        False, 151,
    )  # fmt: skip
    parts[0]["name"] = "Star Stores"
    wanted = {"proposal": seen["proposal"], "dry_run": False, **WHY}
    done = desk.good("POST", f"/brands/{STAR}/split", wanted, role=O)["correction"]
    assert (done["batch_id"], done["stored"]) == ("COR-0001", True)
    assert desk.get(f"/brands/{STAR}")["state"] == "deactivated"
    assert desk.get("/brands/900-1")["brandname"] == "Star Stores"
    asked = desk.get("/brands/900-1/constraints")
    assert {c["kind"] for c in asked} == {"pattern", "mcc_out", "words_out", "belongs"}
    desk.good("POST", "/corrections/COR-0001/undo", WHY, role=O)
    assert desk.get(f"/brands/{STAR}")["state"] == "awaiting_review"
    one = desk.good("POST", "/brands/101/split", {}, role=O)
    assert (one["proposal"]["parts"], one["correction"]) == ([], None)


def test_a_brand_is_corrected_with_a_reason(desk: Office) -> None:
    change = {"name": "Harbour Grill House", **WHY}
    tried = desk.good("PATCH", "/brands/101", {**change, "dry_run": True}, role=O)
    assert (tried["stored"], tried["counts"]) == (False, {"brand.brandname": 1})
    done = desk.good("PATCH", "/brands/101", change, role=O)
    assert (done["batch_id"], done["samples"][0]["value"]) == ("COR-0001", "Harbour Grill House")
    (batch,) = desk.get("/corrections")["items"]
    assert (batch["actor"], batch["cells"], batch["reason"]) == ("operator", 1, WHY["reason"])
    undone = desk.good("POST", "/corrections/COR-0001/undo", WHY, role=O)
    assert undone["undone_by"] == "operator"
    again = desk.ask("POST", "/corrections/COR-0001/undo", WHY, role=O)
    assert (again.status_code, again.json()["type"]) == (409, "urn:brand-metagen:problem:conflict")


def test_a_brand_is_made_given_rows_and_ended(desk: Office) -> None:
    made = desk.good("POST", "/brands", {"name": "Star Burger", **WHY}, role=O)
    assert made["brands"] == ["901"]
    brand = desk.get("/brands/901")
    assert (brand["version"], brand["state"]) == (0, "unprocessed")
    assert desk.get("/brands/901/rows")["items"] == []
    given = desk.good(
        "POST", f"/brands/{STAR}/reassign", {"to": "901", "words": ["burger"], **WHY}, role=O
    )
    assert given["counts"] == {"combo.brandid": 48}
    desk.good("POST", "/brands/112/deactivate", WHY, role=O)
    assert desk.get("/brands/112")["state"] == "deactivated"
    assert desk.get("/brands/901/validation")["rows"] == 48
    page = desk.get("/corrections?limit=2")
    assert [b["batch_id"] for b in page["items"]] == ["COR-0003", "COR-0002"]
    assert desk.get(f"/corrections?cursor={page['next']}")["next"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "/brands/101", {"name": "X"}, 422),
        ("PATCH", "/brands/none", {"name": "X", **WHY}, 404),
        ("PATCH", "/brands/101", WHY, 400),
        ("PATCH", "/brands/101", {"name": "X", "case_id": "ESC-2026-999", **WHY}, 404),
        ("POST", "/brands", {"name": "New", "brandid": "101", **WHY}, 409),
        ("POST", "/brands/101/reassign", {"to": "102", **WHY}, 400),
        ("POST", "/brands/101/reassign", {"to": "102", "pattern": "(A+)+", **WHY}, 422),
        ("POST", "/brands/101/split", {"dry_run": False, **WHY}, 400),
        ("POST", "/brands/101/split", {"proposal": {"brandid": "102", "parts": []}}, 400),
        ("POST", "/corrections/COR-0009/undo", WHY, 404),
    ],
)
def test_what_does_not_fit_is_a_problem(
    desk: Office, method: str, path: str, body: dict[str, object], status: int
) -> None:
    answer = desk.ask(method, path, body, role=O)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert desk.get("/corrections")["items"] == []


def test_an_operator_is_needed(desk: Office) -> None:
    for role in (Role.VIEWER, Role.REVIEWER):
        answer = desk.ask("PATCH", "/brands/101", {"name": "X", **WHY}, role=role)
        assert answer.status_code == 403
