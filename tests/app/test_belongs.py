"""What a human said belongs is decided: in the live market, in releases, and by the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.test_promises import key, largest, said
from brand_metagen.app import escalations
from brand_metagen.app.conflicts import given_away
from brand_metagen.app.export import export
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.resolving import without_change
from brand_metagen.app.standing import Trial
from brand_metagen.app.understanding import Submission
from brand_metagen.app.withdrawal import withdraw
from brand_metagen.errors import ConflictError
from brand_metagen.ports import CaseFilter
from brand_metagen.publish.classifier import UNMATCHED, Answer, Classifier
from brand_metagen.publish.release import METADATA, load
from brand_metagen.records import Decision
from places import Place
from program import good, inside


def doubtful(live: Live) -> int:
    """A row that is left to humans."""
    return next(i for i, a in enumerate(live.answers) if a.decision is Decision.REVIEW)


def decided(answer: Answer, brandid: str) -> bool:
    told = (answer.brandid, answer.decision, answer.reason)
    return told == (brandid, Decision.CONFIRMED, "a reviewer said so")


def test_a_release_answers_as_the_live_market(live: Live, tmp_path: Path) -> None:
    row = doubtful(live)
    brandid = live.answers[row].brandid
    said(live, brandid, belongs=(key(live, row),))
    assert decided(live.answers[row], brandid)
    other = largest(live)
    said(live, other, does_not_belong=(key(live, live.rows(other).taken[0]),))
    export(live.workspace, tmp_path / "out")
    release = load(tmp_path / "out" / METADATA)
    combos = live.market.combos
    rules = [m.rule for m in release.metadata if m.rule]
    answers = Classifier(rules, release.model).explained(combos.narrative, combos.mccid, combos.mid)
    assert answers == live.answers


def test_the_next_run_keeps_it(live: Live, place: Place) -> None:
    row = doubtful(live)
    brandid, where = live.answers[row].brandid, key(live, row)
    said(live, brandid, belongs=(where,))
    good(inside("run", "--data", place.data, "--workspace", live.workspace.folder, "--fresh"))
    again = live.refreshed()
    assert again is not live
    assert decided(again.answers[again.place(*where)], brandid)


def test_a_row_of_another_brand_is_named(live: Live) -> None:
    row = doubtful(live)
    brandid = live.answers[row].brandid
    said(live, brandid, belongs=(key(live, row),))
    other = next(b for b in sorted(live.versions) if b != brandid)
    asked = Submission(belongs=(key(live, row),))
    with pytest.raises(ConflictError, match=f"of brand {brandid} ana said on") as refused:
        submit(live, "ben", other, 1, asked)
    (understood,) = refused.value.told["understood"]  # type: ignore[misc]
    assert understood["kind"] == "belongs"
    assert other not in live.workspace.store.constraints()
    first = live.workspace.store.constraints(brandid)[brandid][0].feedback_id
    withdraw(live, "ana", first, 2)
    (case,) = escalations.listed(live.workspace, CaseFilter(brandid=other)).items
    without_change(live.workspace, "olga", case.case.case_id, "ana has taken it back")
    assert submit(live, "ben", other, 1, asked).reply["outcome"] == "applied"
    assert decided(live.answers[row], other)


def test_nothing_falls_to_a_brand_whose_reviewers_refused_it(live: Live) -> None:
    row = doubtful(live)
    had, where = live.answers[row], key(live, row)
    other = next(b for b in sorted(live.versions) if b != had.brandid)
    said(live, other, does_not_belong=(where,))
    tie = Answer(other, Decision.TIE, 0.5, "also another")
    nobodys = Answer(other, Decision.EXCLUDED, 0.2, "improbable")

    def lost(before: Answer, after: Answer) -> list[str]:
        return given_away(live, Trial(had.brandid, None, (), (row,), (before,), (after,)))

    (why,) = lost(had, tie)
    assert f"would fall to brand {other}, of which ana said that" in why
    assert lost(nobodys, tie) == [why]
    assert lost(had, nobodys) == lost(had, UNMATCHED) == lost(tie, tie) == lost(had, had) == []
