"""A promise taken back by its author or an admin: the rule is made without it, and it is free."""

from __future__ import annotations

import pytest

from app.conftest import Opener
from app.test_promises import key, largest, said, version
from brand_metagen.app import escalations
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.resolving import without_change
from brand_metagen.app.understanding import Submission
from brand_metagen.app.versions import Manual, create
from brand_metagen.app.withdrawal import withdraw
from brand_metagen.errors import ConflictError, InputError, NotAllowed, NotFound
from brand_metagen.ports import BrandState, CaseFilter
from brand_metagen.records import Rule


def rule(live: Live, brandid: str) -> Rule:
    found = live.versions[brandid].rule
    assert found is not None
    return found


def test_the_rule_is_as_if_it_had_never_been_said(live: Live) -> None:
    brandid = largest(live)
    was, code = rule(live, brandid), rule(live, brandid).mccids[0]
    first = said(live, brandid, mccids_out=(code,))
    second = said(live, brandid, does_not_belong=(key(live, live.rows(brandid).taken[0]),))
    reply = withdraw(live, "ana", str(first["feedback_id"]), 3, note="a mistake").reply
    assert [c["says"] for c in reply["withdrawn"]] == [f"code {code} is not theirs"]  # type: ignore[attr-defined]
    assert (reply["version"], reply["state"], version(live, brandid)) == (4, "awaiting_review", 4)
    assert code in rule(live, brandid).mccids
    assert reply["blast_radius"]["gained"]["rows"] > 0  # type: ignore[index]
    left = live.workspace.store.constraints(brandid)[brandid]
    assert [c.feedback_id for c in left] == [second["feedback_id"]]
    withdraw(live, "ana", str(second["feedback_id"]), 4)
    assert (rule(live, brandid).include, rule(live, brandid).exclude) == (was.include, was.exclude)
    assert rule(live, brandid).mccids == was.mccids
    assert live.workspace.store.constraints() == {}
    again = Live(live.workspace)
    assert (again.versions, again.answers) == (live.versions, live.answers)
    live.workspace.store.verify_audit()


def test_what_it_contradicted_is_free(live: Live) -> None:
    brandid = largest(live)
    where = key(live, live.rows(brandid).taken[0])
    first = said(live, brandid, does_not_belong=(where,))
    with pytest.raises(ConflictError, match="is not theirs, but ben"):
        submit(live, "ben", brandid, 2, Submission(belongs=(where,)))
    reply = withdraw(live, "ana", str(first["feedback_id"]), 2).reply
    assert reply["state"] == "escalated"
    (line,) = escalations.listed(live.workspace, CaseFilter()).items
    without_change(live.workspace, "olga", line.case.case_id, "ana has taken it back")
    done = submit(live, "ben", brandid, version(live, brandid), Submission(belongs=(where,)))
    assert done.reply["outcome"] in ("applied", "held")


def test_what_somebody_else_asked_as_well_binds_on(live: Live) -> None:
    brandid = largest(live)
    code = rule(live, brandid).mccids[0]
    first = said(live, brandid, mccids_out=(code,))
    held = submit(live, "ben", brandid, 2, Submission(mccids_out=(code,))).reply
    assert held["outcome"] == "held"
    reply = withdraw(live, "ana", str(first["feedback_id"]), 2).reply
    assert (reply["withdrawn"], reply["version"], reply["diff"]) == ([], 2, None)
    assert [c["author"] for c in reply["kept"]] == ["ana"]  # type: ignore[attr-defined]
    (left,) = live.workspace.store.constraints(brandid)[brandid]
    assert (left.author, left.feedback_id) == ("ben", held["feedback_id"])
    withdraw(live, "ben", str(held["feedback_id"]), 2)
    assert code in rule(live, brandid).mccids


def test_a_rule_by_hand_is_where_it_goes_back_to(live: Live) -> None:
    brandid = largest(live)
    said(live, brandid, mccids_out=(rule(live, brandid).mccids[0],))
    codes = rule(live, brandid).mccids[:3]
    create(live, "cleo", brandid, 2, Manual(rule(live, brandid).include, None, codes, "by hand"))
    later = said(live, brandid, mccids_out=(codes[0],))
    assert codes[0] not in rule(live, brandid).mccids
    withdraw(live, "ana", str(later["feedback_id"]), 4)
    assert rule(live, brandid).mccids == codes


def test_only_its_author_or_an_admin(live: Live) -> None:
    brandid = largest(live)
    first = str(said(live, brandid, mccids_out=(rule(live, brandid).mccids[0],))["feedback_id"])
    with pytest.raises(NotAllowed, match="ana's"):
        withdraw(live, "ben", first, 2)
    with pytest.raises(ConflictError, match="at version 2, not 1") as stale:
        withdraw(live, "ana", first, 1)
    assert (stale.value.now["version"], stale.value.now["actor"]) == (2, "ana")
    with pytest.raises(NotFound):
        withdraw(live, "ana", "FB-999999", 2)
    with pytest.raises(InputError, match="characters"):
        withdraw(live, "ana", first, 2, note="x" * 10_001)
    assert withdraw(live, "ben", first, 2, admin=True).reply["stored"] is True
    with pytest.raises(ConflictError, match="is withdrawn, so nothing of it binds"):
        withdraw(live, "ana", first, 3)
    assert live.workspace.store.remark(first).explanation.endswith("withdrawn by ben")


def test_a_dry_run_stores_nothing_and_a_key_is_answered_once(live: Live) -> None:
    brandid = largest(live)
    first = str(said(live, brandid, mccids_out=(rule(live, brandid).mccids[0],))["feedback_id"])
    tried = withdraw(live, "ana", first, 2, dry_run=True).reply
    assert (tried["stored"], version(live, brandid)) == (False, 2)
    done = withdraw(live, "ana", first, 2, key="k")
    again = withdraw(live, "ana", first, 2, key="k")
    assert {**tried, "stored": True} == done.reply == again.reply
    assert (done.replayed, again.replayed, version(live, brandid)) == (False, True, 3)


def test_a_row_that_belonged_is_doubted_again(copied: Opener) -> None:
    live = Live(copied())
    doubtful = (i for i, a in enumerate(live.answers) if a.decision == "review")
    row = next(doubtful)
    before = live.answers[row]
    reply = said(live, before.brandid, belongs=(key(live, row),))
    assert (reply["outcome"], live.answers[row].reason) == ("applied", "a reviewer said so")
    withdraw(live, "ana", str(reply["feedback_id"]), 2)
    assert live.answers[row] == before
    assert live.workspace.store.line(before.brandid).state is BrandState.AWAITING_REVIEW
