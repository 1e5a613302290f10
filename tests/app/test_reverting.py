"""What an account touched is found and undone as new acts; what others decided later stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.conftest import Opener
from app.test_promises import key
from brand_metagen.app import accounts, decisions, escalations, publishing, reverting, tracing
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.reverting import Reverted
from brand_metagen.app.understanding import Submission
from brand_metagen.app.versions import Manual, create
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandState, CaseFilter, CaseState, Cause, Mode, Role, Verdict

EVE, ANNA, OLGA = "eve", "anna", "olga"


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    return copied()


def ruled(workspace: Workspace, count: int) -> list[str]:
    rows = {b.brandid: b.rows for b in workspace.store.brands()}
    found = [m.brandid for m in workspace.store.latest_versions() if m.rule]
    return sorted(found, key=lambda b: (-rows[b], b))[:count]


def approve(workspace: Workspace, actor: str, brandid: str) -> None:
    version = workspace.store.line(brandid).version
    decisions.decide(workspace, actor, brandid, Verdict.APPROVE, version)


def revert(workspace: Workspace, since: str = "") -> Reverted:
    return reverting.revert(workspace, OLGA, EVE, since, "a stolen token", stored=True)


def in_force(workspace: Workspace) -> dict[str, int]:
    release = publishing.current(workspace)
    return {m.brandid: m.version for m in release.metadata} if release else {}


def test_approvals_that_were_published_leave_the_next_release(workspace: Workspace) -> None:
    one, two, three = ruled(workspace, 3)
    approve(workspace, ANNA, one)
    publishing.publish(workspace, OLGA)
    approve(workspace, EVE, two)
    approve(workspace, ANNA, three)
    publishing.publish(workspace, EVE)
    trace = tracing.trace(workspace, EVE)
    assert (trace.counts, trace.brands) == ({"decision": 1, "release": 1}, (two,))
    (carrying,) = trace.releases
    assert (carrying.in_force, carrying.versions) == (True, ((two, 1),))

    shown = reverting.revert(workspace, OLGA, EVE, "", "", stored=False)
    before = workspace.store.audit(0, 1_000).items
    assert [u.subject for u in shown.undone] == [two]
    assert workspace.store.audit(0, 1_000).items == before, "a dry run writes nothing"

    done = revert(workspace)
    assert [(u.subject, u.error) for u in done.undone] == [(two, "")]
    assert [u.subject for u in done.by_hand] == [carrying.release_id]
    assert in_force(workspace) == {one: 1, two: 1, three: 1}, "until somebody publishes"
    publishing.publish(workspace, OLGA)
    assert in_force(workspace) == {one: 1, three: 1}
    assert workspace.store.line(two).state is BrandState.AWAITING_REVIEW
    with pytest.raises(ConflictError, match="not approved"):
        publishing.restore(workspace, carrying.release_id, OLGA, "")
    assert not tracing.trace(workspace, EVE).releases[-1].in_force
    assert workspace.store.audit(0, 1_000).items[: len(before)] == before, "nothing is deleted"
    assert revert(workspace).undone == (), "nothing is undone twice"


def test_the_version_approved_before_takes_its_place(workspace: Workspace) -> None:
    live = Live(workspace)
    (brandid,) = ruled(workspace, 1)
    approve(workspace, ANNA, brandid)
    publishing.publish(workspace, OLGA)
    was = live.versions[brandid].rule
    assert was is not None
    codes = (*was.mccids, next(c for c in live.market.mccs if c not in was.mccids))
    create(live, EVE, brandid, 1, Manual(was.include, was.exclude, codes, "mine"))
    approve(workspace, EVE, brandid)
    publishing.publish(workspace, OLGA)
    assert in_force(workspace) == {brandid: 2}
    done = revert(workspace)
    assert [(u.what.split(" ")[0], u.error) for u in done.undone] == [("approval", ""), ("the", "")]
    publishing.publish(workspace, OLGA)
    assert in_force(workspace) == {brandid: 1}
    last = workspace.store.versions(brandid)[-1]
    assert (last.version, last.rule) == (3, was)


def test_promises_are_withdrawn_and_cases_cancelled(workspace: Workspace) -> None:
    live = Live(workspace)
    one, two = ruled(workspace, 2)
    was = live.versions[one].rule
    row = key(live, live.rows(one).taken[0])
    submit(live, EVE, one, 1, Submission(does_not_belong=(row,)))
    decisions.decide(workspace, EVE, two, Verdict.FLAG, 1, note="x", cause=Cause.LEGAL)
    assert workspace.store.line(two).state is BrandState.ESCALATED
    done = revert(workspace)
    assert [u.error for u in done.undone] == [""] * len(done.undone)
    assert workspace.store.constraints() == {}
    assert workspace.store.versions(one)[-1].rule == was
    assert workspace.store.line(two).state is BrandState.AWAITING_REVIEW
    (case,) = workspace.store.cases(CaseFilter(states=()), 9, None).items
    assert case.state is CaseState.CANCELLED
    workspace.store.verify_audit()


def later_approval(workspace: Workspace, brandid: str) -> None:
    decisions.decide(workspace, ANNA, brandid, Verdict.UNDO, 1)


def later_case(workspace: Workspace, brandid: str) -> None:
    (line,) = escalations.listed(workspace, CaseFilter(), 9, None).items
    escalations.note(workspace, ANNA, line.case.case_id, "looked at it")


@pytest.mark.parametrize(
    ("verdict", "later"), [(Verdict.APPROVE, later_approval), (Verdict.FLAG, later_case)]
)
def test_what_somebody_decided_later_is_left_alone(
    workspace: Workspace, verdict: Verdict, later: Callable[[Workspace, str], None]
) -> None:
    (brandid,) = ruled(workspace, 1)
    decisions.decide(workspace, EVE, brandid, verdict, 1, note="x")
    later(workspace, brandid)
    rows = len(workspace.store.audit(0, 1_000).items)
    done = revert(workspace)
    assert done.undone == ()
    (conflict,) = done.conflicts
    assert ANNA in conflict.what
    assert len(workspace.store.audit(0, 1_000).items) == rows


def test_only_what_was_done_since_and_accounts_it_made(workspace: Workspace) -> None:
    store = workspace.store
    accounts.add(store, "root", EVE, Role.ADMIN, None)
    accounts.add(store, "root", ANNA, Role.REVIEWER, None)
    one, two = ruled(workspace, 2)
    approve(workspace, EVE, one)
    later = store.audit(0, 1_000).items[-1].at
    accounts.add(store, EVE, "mallory", Role.ADMIN, None)
    token = accounts.issue(store, EVE, ANNA, "for me", timedelta(days=9))
    approve(workspace, EVE, two)
    store.set_mode(Mode.PAUSED, EVE, "x")
    store.set_mode(Mode.NORMAL, OLGA, "x")
    done = revert(workspace, later + "x")
    assert {u.subject for u in done.undone} == {"mallory", ANNA, two}
    assert workspace.store.line(one).state is BrandState.APPROVED
    mallory = store.account("mallory")
    assert mallory is not None
    assert mallory.disabled
    assert accounts.holder(store, token.secret) is None
    assert [u.subject for u in done.by_hand] == ["system"]


def test_what_was_cut_off_is_gone_on_with(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the approval was taken back: the rest is undone by the same command."""
    live = Live(workspace)
    (brandid,) = ruled(workspace, 1)
    was = live.versions[brandid].rule
    row = key(live, live.rows(brandid).taken[0])
    submit(live, EVE, brandid, 1, Submission(does_not_belong=(row,)))
    approve(workspace, EVE, brandid)

    def killed(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(reverting.withdrawal, "withdraw", killed)
        with pytest.raises(RuntimeError):
            revert(workspace)
    assert workspace.store.decided_versions() == frozenset()
    assert workspace.store.constraints()
    done = revert(workspace)
    assert (done.conflicts, {u.error for u in done.undone}) == ((), {""})
    assert workspace.store.constraints() == {}
    assert workspace.store.versions(brandid)[-1].rule == was
    assert revert(workspace).undone == ()


def test_what_could_not_be_undone_is_said_and_tried_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(workspace)
    (brandid,) = ruled(workspace, 1)
    was = live.versions[brandid].rule
    assert was is not None
    create(live, EVE, brandid, 1, Manual(was.include, was.exclude, was.mccids[:1], "mine"))

    def refused(*_: object, **__: object) -> None:
        raise ConflictError("it would break a promise")

    with monkeypatch.context() as patch:
        patch.setattr(reverting.versions, "rollback", refused)
        assert [u.error for u in revert(workspace).undone] == ["it would break a promise"]
    assert [u.error for u in revert(workspace).undone] == [""]
    assert workspace.store.versions(brandid)[-1].rule == was


def test_it_needs_somebody_else_and_a_system_that_may_change(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="somebody else"):
        reverting.revert(workspace, EVE, EVE, "", "", stored=False)
    workspace.store.set_mode(Mode.READ_ONLY, OLGA, "an attack")
    assert reverting.revert(workspace, OLGA, EVE, "", "", stored=False).undone == ()
    with pytest.raises(ConflictError, match="read-only"):
        revert(workspace)
