"""States of a case, checklists, and what opens one."""

from __future__ import annotations

import pytest

from brand_metagen.config import EscalateSettings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.escalate import checklists, triggers
from brand_metagen.escalate.states import AT_WORK, HOLDING, MOVES, check_act
from brand_metagen.ports import Act, BrandLine, BrandState, CaseEvent, CaseState, Cause, Level

SETTINGS = EscalateSettings()
S = CaseState


def ticks(*told: tuple[str, bool] | Act) -> list[CaseEvent]:
    events = []
    for number, what in enumerate(told):
        if isinstance(what, Act):
            events.append(CaseEvent(number, "E", "", "anna", what, ""))
        else:
            point, done = what
            detail = {"point": point, "done": done}
            events.append(CaseEvent(number, "E", "", "anna", Act.CHECKED, "", detail))
    return events


def test_an_ended_case_goes_nowhere_and_every_state_can_be_reached() -> None:
    assert not MOVES[S.CLOSED]
    assert not MOVES[S.CANCELLED]
    assert set.union(*map(set, MOVES.values())) == set(CaseState) - {S.OPEN}
    assert AT_WORK < HOLDING


@pytest.mark.parametrize(
    ("now", "act", "wanted"),
    [
        (S.OPEN, Act.CLOSED, S.CLOSED),
        (S.IN_PROGRESS, Act.CLOSED, S.CLOSED),
        (S.CLOSED, Act.REOPENED, S.IN_PROGRESS),
        (S.OPEN, Act.REOPENED, S.IN_PROGRESS),
        (S.RESOLVED, Act.ASSIGNED, None),
        (S.RESOLVED, Act.PAUSED, None),
        (S.CLOSED, Act.CHECKED, None),
        (S.CANCELLED, Act.RAISED, None),
        (S.RESOLVED, Act.RESOLVED, S.RESOLVED),
        (S.CLOSED, Act.CLOSED, S.CLOSED),
        (S.CANCELLED, Act.CANCELLED, S.CANCELLED),
    ],
)
def test_what_does_not_fit_is_refused(now: S, act: Act, wanted: S | None) -> None:
    with pytest.raises(ConflictError, match="ESC-1 is"):
        check_act("ESC-1", now, act, wanted)


def test_two_people_may_give_a_case_away_at_once() -> None:
    check_act("ESC-1", S.IN_PROGRESS, Act.ASSIGNED, S.IN_PROGRESS)


@pytest.mark.parametrize("now", list(CaseState))
def test_a_note_may_be_written_at_any_time(now: S) -> None:
    check_act("ESC-1", now, Act.NOTED, None)


def test_both_lists_have_six_points_with_words_of_their_own() -> None:
    assert len(checklists.TRIAGE) == len(checklists.CLOSING) == 6
    assert not checklists.TRIAGE.keys() & checklists.CLOSING.keys()
    assert checklists.list_of("told") == "closing"
    with pytest.raises(InputError, match="triage: evidence"):
        checklists.list_of("tea")


def test_a_point_can_be_unticked() -> None:
    events = ticks(("told", True), ("matches", True), ("told", False))
    assert checklists.ticked(events) == {"matches"}
    assert "told" in checklists.missing("closing", events)


def test_a_reopened_case_begins_its_closing_list_anew_and_keeps_its_triage() -> None:
    events = ticks(("told", True), ("owner", True), Act.REOPENED)
    assert checklists.ticked(events) == {"owner"}


def line(**more: object) -> BrandLine:
    facts: dict[str, object] = {
        "brandid": "7", "brandname": "Star", "sector": "Food", "version": 4, "rows": 9,
        "state": BrandState.AWAITING_REVIEW, "confidence": 0.49, "reason": "", "round": 3,
        "corrections": 3, "failures": 0, "approvals": 0, "priority": 1.0, "run_id": "RUN-0002",
    }  # fmt: skip
    return BrandLine(**{**facts, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        ({}, [Cause.LOW_CONFIDENCE]),
        ({"confidence": 0.5}, []),
        ({"round": 2}, []),
        ({"state": BrandState.APPROVED}, []),
        ({"state": BrandState.FAILED, "error": "no", "failures": 3}, [Cause.FAILURES]),
        ({"state": BrandState.FAILED, "error": "no", "failures": 2}, []),
    ],
)
def test_what_a_run_leaves_of_a_brand_opens_a_case(
    changed: dict[str, object], causes: list[Cause]
) -> None:
    found = list(triggers.of_brand(line(**changed), "RUN-0002", SETTINGS))
    assert [opening.cause for opening in found] == causes
    assert all(opening.facts["run_id"] == "RUN-0002" for opening in found)


@pytest.mark.parametrize(("bad", "opens"), [(10, False), (11, True)])
def test_tables_open_a_case_from_one_in_a_hundred(bad: int, opens: bool) -> None:
    critical = [("combo: unknown mccid", bad - 1), ("combo: no narrative", 1)]
    found = triggers.of_tables(critical, 1_000, "RUN-0001", SETTINGS)
    assert (found is not None) is opens
    if found is not None:
        assert found.level is Level.ENGINEERING
        assert "unknown mccid" in found.reason


@pytest.mark.parametrize(
    ("data", "cause"), [(True, Cause.DATA_QUALITY), (False, Cause.SYSTEM_ERROR)]
)
def test_a_failed_run_is_a_case_of_its_own_kind(data: bool, cause: Cause) -> None:
    assert triggers.of_failed_run("RUN-0001", "disk full", data=data).cause is cause
