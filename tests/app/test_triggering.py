"""Feedback that opens a case: when it does, when it does not, and all in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from brand_metagen.app import escalations, understanding
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import EscalateSettings
from brand_metagen.errors import ConflictError, ServiceError
from brand_metagen.ports import BrandState, Case, CaseFilter, Cause, RemarkOutcome

Opener = Callable[..., Workspace]


def largest(live: Live) -> str:
    ruled = [b for b, m in live.versions.items() if m.rule is not None]
    return max(ruled, key=lambda b: (len(live.rows(b).own), b))


def said(live: Live, brandid: str, actor: str = "ana", **what: object) -> dict[str, object]:
    version = live.workspace.store.line(brandid).version
    given = Submission(**what)  # type: ignore[arg-type]
    return dict(submit(live, actor, brandid, version, given).reply)


def cases(live: Live) -> list[Case]:
    return list(live.workspace.store.cases(CaseFilter(), 100, None).items)


def state(live: Live, brandid: str) -> BrandState:
    return live.workspace.store.line(brandid).state


def row(live: Live, brandid: str) -> tuple[str, str]:
    found = live.row(live.rows(brandid).taken[0])
    return found.ccid, found.bankid


def codes(live: Live, brandid: str) -> tuple[str, ...]:
    rule = live.versions[brandid].rule
    assert rule is not None
    return rule.mccids


def test_people_who_contradict_each_other_need_a_judge(live: Live) -> None:
    brandid = largest(live)
    where = row(live, brandid)
    said(live, brandid, does_not_belong=(where,))
    with pytest.raises(ConflictError, match="an expert decides it"):
        said(live, brandid, "ben", belongs=(where,))
    (case,) = cases(live)
    assert (case.cause, case.brandid, case.version) == (Cause.CONTRADICTION, brandid, 2)
    assert "ana said" in case.reason
    assert "ben said" in case.reason
    assert state(live, brandid) is BrandState.ESCALATED


def test_who_contradicts_themselves_once_may_put_it_right(live: Live) -> None:
    brandid = largest(live)
    where = row(live, brandid)
    said(live, brandid, does_not_belong=(where,))
    with pytest.raises(ConflictError, match="but ana said") as raised:
        said(live, brandid, belongs=(where,))
    assert "expert" not in str(raised.value)
    assert cases(live) == []
    assert state(live, brandid) is BrandState.AWAITING_REVIEW
    with pytest.raises(ConflictError, match="an expert decides it"):
        said(live, brandid, belongs=(where,))
    assert [case.cause for case in cases(live)] == [Cause.CONTRADICTION]


def test_a_brand_to_be_split_is_a_case(live: Live) -> None:
    brandid = largest(live)
    assert said(live, brandid, kind="split")["state"] == "escalated"
    assert [case.cause for case in cases(live)] == [Cause.SEVERAL_BRANDS]


def test_the_round_limit_is_a_case_and_a_dry_run_is_none(copied: Opener) -> None:
    live = Live(copied(round_limit=1))
    brandid = largest(live)
    first, second, *_ = codes(live, brandid)
    said(live, brandid, mccids_out=(first,))
    more = Submission(mccids_out=(second,))
    with pytest.raises(ConflictError, match="has had 1 rounds"):
        submit(live, "ana", brandid, 2, more, dry_run=True)
    assert (cases(live), state(live, brandid)) == ([], BrandState.AWAITING_REVIEW)
    with pytest.raises(ConflictError, match="has had 1 rounds"):
        submit(live, "ana", brandid, 2, more)
    (case,) = cases(live)
    assert (case.cause, case.round) == (Cause.ROUND_LIMIT, 1)
    with pytest.raises(ConflictError, match="escalated and takes no feedback"):
        submit(live, "ana", brandid, 2, more)


@pytest.mark.parametrize(("bound", "opens"), [(0.0, False), (1.1, True)])
def test_three_rounds_without_confidence_are_a_case(
    copied: Opener, bound: float, opens: bool
) -> None:
    workspace = copied()
    escalate = EscalateSettings(low_confidence=bound)
    live = Live(replace(workspace, settings=replace(workspace.settings, escalate=escalate)))
    brandid = largest(live)
    given = codes(live, brandid)
    for number, code in enumerate(given[:3], start=1):
        reply = said(live, brandid, mccids_out=(code,))
        wanted = "escalated" if opens and number == 3 else "awaiting_review"
        assert (reply["outcome"], reply["state"]) == ("applied", wanted)
    assert [case.cause for case in cases(live)] == ([Cause.LOW_CONFIDENCE] if opens else [])


def test_remarks_that_cannot_be_processed_are_kept_and_the_third_is_a_case(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    brandid = largest(live)

    def broken(*_: object) -> None:
        raise IndexError("out of range")

    with monkeypatch.context() as patch:
        patch.setattr(understanding, "as_read", broken)
        with pytest.raises(ServiceError, match="could not be processed"):
            submit(live, "ana", brandid, 1, Submission(text="wrong code"), dry_run=True)
        assert live.workspace.store.remarks(brandid, "", 10, None).items == ()
        for count in (1, 2, 3):
            with pytest.raises(ServiceError, match=f"in a row of brand {brandid}: {count}"):
                said(live, brandid, text="5812 does not belong here")
            assert len(cases(live)) == (count == 3)
    kept = live.workspace.store.remarks(brandid, "", 10, None).items
    assert [r.outcome for r in kept] == [RemarkOutcome.FAILED] * 3
    (case,) = cases(live)
    assert (case.cause, state(live, brandid)) == (Cause.FAILURES, BrandState.ESCALATED)


def test_word_of_it_goes_where_the_settings_say(live: Live) -> None:
    said(live, largest(live), kind="split")
    assert [n.channel for n in live.workspace.store.notices()] == ["log", "file"]
    (line,) = escalations.listed(live.workspace, CaseFilter()).items
    assert line.stands == "ok"
