"""Publishing: one pointer, the versions and their brands, at once."""

from __future__ import annotations

import pytest
from human_loop import ANNA, CLEO, approve, feedback, fill, flag, undo

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandState
from brand_metagen.records import Status
from brand_metagen.store.sql import SqlStore

S = BrandState


@pytest.fixture
def market(store: SqlStore) -> SqlStore:
    fill(store)
    for brandid in "12":
        store.change(approve(brandid=brandid))
    return store


def standing(store: SqlStore) -> dict[str, tuple[str, list[str]]]:
    """Each brand's state and the status of its versions."""
    return {
        b: (store.line(b).state.value, [m.status.value for m in store.versions(b)]) for b in "123"
    }


def test_what_is_approved_becomes_public(market: SqlStore) -> None:
    made = market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "first")
    assert (made.sequence, made.release_id, made.actor, made.note) == (1, "REL-1", CLEO, "first")
    assert market.publications() == (made,)
    assert standing(market) == {
        "1": ("published", ["published"]),
        "2": ("published", ["published"]),
        "3": ("awaiting_review", ["candidate"]),
    }
    row = market.audit(0, 100).items[-1]
    assert (row.actor, row.action, row.subject) == (CLEO, "publish", "REL-1")
    assert row.detail == {
        "publication": 1,
        "versions": 2,
        "fresh": [["1", 1], ["2", 1]],
        "withdrawn": [],
        "note": "first",
    }


def test_an_older_release_again_is_a_rollback(market: SqlStore) -> None:
    market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "")
    market.change(feedback(brandid="1"))
    assert standing(market)["1"] == ("awaiting_review", ["published", "candidate"])
    market.change(approve(brandid="1", expected=2))
    market.publish("REL-2", {"1": 2, "2": 1}, CLEO, "")
    assert standing(market)["1"] == ("published", ["approved", "published"])
    again = market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "worse")
    assert standing(market)["1"] == ("approved", ["published", "approved"])
    assert standing(market)["2"] == ("published", ["published"])
    assert [p.release_id for p in market.publications()] == ["REL-1", "REL-2", "REL-1"]
    assert market.publications()[-1] == again
    row = market.audit(0, 100).items[-1]
    assert (row.detail["fresh"], row.detail["withdrawn"]) == ([["1", 1]], [["1", 2]])


def test_a_brand_left_out_is_public_no_longer(market: SqlStore) -> None:
    market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "")
    market.publish("REL-2", {"2": 1}, CLEO, "")
    assert standing(market)["1"] == ("approved", ["approved"])


def test_an_older_version_is_public_while_the_newer_one_waits(market: SqlStore) -> None:
    market.change(feedback(brandid="1"))
    market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "")
    assert standing(market)["1"] == ("awaiting_review", ["published", "candidate"])
    market.change(flag(brandid="1", expected=2))
    market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "again")
    assert standing(market)["1"] == ("escalated", ["published", "candidate"])


@pytest.mark.parametrize("versions", [{"3": 1}, {"1": 2}, {"9": 1}, {"1": 1, "2": 1, "3": 1}])
def test_what_is_not_approved_is_not_published(market: SqlStore, versions: dict[str, int]) -> None:
    before, rows = standing(market), market.audit(0, 100)
    with pytest.raises(ConflictError, match="not approved") as caught:
        market.publish("REL-1", versions, CLEO, "")
    (missing,) = [one for one in versions.items() if one not in {("1", 1), ("2", 1)}]
    assert caught.value.now == {"not_approved": [list(missing)]}
    assert (standing(market), market.audit(0, 100)) == (before, rows)
    assert market.publications() == ()


def test_an_approval_taken_back_in_time_is_not_published(market: SqlStore) -> None:
    market.change(undo(ANNA))
    with pytest.raises(ConflictError, match="brand 1 version 1"):
        market.publish("REL-1", {"1": 1, "2": 1}, CLEO, "")


def test_an_empty_release_is_not_published(market: SqlStore) -> None:
    with pytest.raises(InputError, match="without any approved version"):
        market.publish("REL-1", {}, CLEO, "")


def test_a_large_release_is_published_at_once(store: SqlStore) -> None:
    brandids = [f"{n:04d}" for n in range(1000)]
    fill(store, brandids)
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE brands SET state = 'approved'")
        connection.exec_driver_sql("UPDATE metadata_versions SET status = 'approved'")
    store.publish("REL-1", dict.fromkeys(brandids, 1), CLEO, "")
    assert store.count_states()[S.PUBLISHED] == 1000
    assert {m.status for m in store.latest_versions()} == {Status.PUBLISHED}
