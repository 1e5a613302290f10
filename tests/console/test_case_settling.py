"""Cases settled step by step: each way shows its effect before anything is kept."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from seating import opened
from test_acts import Seats

from brand_metagen.app import algorithm, escalations, resolving
from brand_metagen.app.workspace import CONFIG
from brand_metagen.console.acts import Reply, done
from brand_metagen.console.clocks import STAGES, stage_of
from brand_metagen.console.door import Seat
from brand_metagen.console.screens import PAGES
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import CaseState, Cause, Method, Role, Store
from brand_metagen.web.trials import Trial, Trials

POINTS = ("evidence", "cause", "impact", "duplicate", "level", "owner")


@pytest.fixture(scope="module")
def seats(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seats]:
    """One office for all tests here: each has a case of its own."""
    folder = tmp_path_factory.mktemp("office") / "w"
    shutil.copytree(finished, folder)
    with opened(folder) as made:
        yield made


CAUSES = iter(Cause)


@pytest.fixture
def case_id(seats: Seats) -> str:
    """A case of one of the twins that no other test has: one for each cause."""
    workspace = seats[Role.ADMIN].server.workspace
    line, joined = escalations.create(workspace, "eve", "9002", next(CAUSES), "who is who?")
    assert not joined
    return line.case.case_id


def store_of(seats: Seats) -> Store:
    return seats[Role.ADMIN].server.workspace.store


def asked(seat: Seat, act: str, case_id: str, **more: Any) -> Reply:
    """An act on a case as its page sends it."""
    return done(seat, {"act": act, "case_id": case_id, "note": "because", **more})


def page(seat: Seat, case_id: str, settle: str = "") -> str:
    actor = seat.actor()
    assert actor is not None
    return PAGES["/case/{id}"](seat.server, actor, {"id": case_id, "settle": settle})


def test_a_rule_by_hand_is_shown_and_then_kept_and_can_be_taken_back(
    seats: Seats, case_id: str
) -> None:
    seat, store = seats[Role.OPERATOR], store_of(seats)
    rule = {"include": "EVIL ?SHOP LEEDS", "codes": "5651"}
    shown = asked(seat, "settle_rule", case_id, **rule)
    assert shown.panel == "effect"
    assert "Settle by this rule" in shown.html
    assert store.case(case_id).state is CaseState.OPEN
    assert not asked(seat, "settle_rule", case_id, sure="yes", **rule).bad
    assert store.case(case_id).method is Method.MANUAL_METADATA
    assert "Approve, check, close" in page(seat, case_id)
    assert not asked(seat, "settle_undo", case_id).bad
    assert store.case(case_id).state is CaseState.IN_PROGRESS


@pytest.mark.parametrize(
    ("fields", "cells"),
    [
        ({"what": "rows", "brandid": "9002", "to": "9001", "rows": "990007@1"}, "labels of rows"),
        ({"what": "brand", "brandid": "9002", "sector": "Toys"}, "sectors"),
        (
            {"what": "cells", "brandid": "9002", "cells": "990001@1", "mccid": "5699"},
            "codes of rows",
        ),
    ],
)
def test_data_is_corrected_as_shown(
    seats: Seats, case_id: str, fields: dict[str, str], cells: str
) -> None:
    seat, store = seats[Role.OPERATOR], store_of(seats)
    shown = asked(seat, "settle_correct", case_id, **fields)
    assert cells in shown.html
    before = store.correction_batches()
    kept = asked(seat, "settle_correct", case_id, sure="yes", **fields)
    assert not kept.bad, kept.say
    (batch,) = store.correction_batches()[len(before) :]
    assert batch.case_id == case_id
    assert store.case(case_id).method is Method.DATA_CORRECTION
    (count,) = re.findall(r"Correct and settle · ([0-9,]+) cells", shown.html)
    assert int(count) == len(batch.corrections)


def test_half_a_correction_is_refused(seats: Seats, case_id: str) -> None:
    before = store_of(seats).correction_batches()
    for fields in (
        {"what": "rows", "brandid": "9002", "words": "LEEDS"},
        {"what": "rows", "brandid": "9002", "to": "9001"},
        {"what": "burn", "brandid": "9002"},
        {"what": "brand", "brandid": "9002"},
    ):
        assert asked(seats[Role.OPERATOR], "settle_correct", case_id, sure="yes", **fields).bad
    assert store_of(seats).correction_batches() == before


def test_a_split_is_made_of_the_proposal_on_the_screen(seats: Seats, case_id: str) -> None:
    seat = seats[Role.OPERATOR]
    proposed = asked(seat, "settle_propose", case_id, brandid="9002")
    assert proposed.panel == "proposal"
    stale = asked(seat, "settle_split", case_id, proposal="another")
    assert stale.bad
    assert "look at the rows anew" in stale.say


def test_nothing_to_change_settles_a_case_with_its_reason(seats: Seats, case_id: str) -> None:
    assert asked(seats[Role.OPERATOR], "settle_none", case_id, note=" ").bad
    assert not asked(seats[Role.OPERATOR], "settle_none", case_id).bad
    assert store_of(seats).case(case_id).method is Method.NO_CHANGE


def test_a_setting_that_is_none_is_not_tried(seats: Seats, case_id: str) -> None:
    reply = asked(seats[Role.OPERATOR], "settle_try", case_id, key="confirm.nothing", value="1")
    assert reply.bad
    assert asked(seats[Role.OPERATOR], "settle_try", case_id, key="confirm.win", value="2").bad


@pytest.mark.slow
def test_a_setting_is_tried_in_a_process_of_its_own(seats: Seats, case_id: str) -> None:
    workspace = seats[Role.ADMIN].server.workspace
    config, trials = workspace.folder / CONFIG, Trials(workspace)
    trials.begin("oona", Trial(case_id, "confirm.exclude", "0.5"))
    while (found := trials.of(case_id)) and found.going:
        time.sleep(0.1)
    assert found is not None
    assert found.effect is not None, found.error
    assert found.effect["settings"] == {"confirm.exclude": "0.5"}
    assert trials.of("another") is None
    done = trials.adopt("oona", case_id, "it leaves less to humans")
    assert done.effect == found.effect
    assert "exclude = 0.5" in config.read_text()
    assert store_of(seats).case(case_id).state is CaseState.RESOLVED
    assert trials.of(case_id) is None


def test_what_was_tried_is_adopted_without_a_second_try(seats: Seats, case_id: str) -> None:
    seat, workspace = seats[Role.OPERATOR], seats[Role.ADMIN].server.workspace
    assert "try it first" in asked(seat, "settle_adopt", case_id, note="why").say
    config = workspace.folder / CONFIG
    effect = {"settings": {"confirm.exclude": "0.5"}, "moved_rows": 7}
    ground = algorithm.ground(workspace)
    changes, by = {"confirm.exclude": "0.5"}, "oona"
    config.write_text("[confirm]\nwin = 0.9\n")
    with pytest.raises(ConflictError, match="try it again"):
        resolving.by_tried_settings(workspace, by, case_id, changes, "why", effect, ground)
    ground = algorithm.ground(workspace)
    with pytest.raises(InputError):
        resolving.by_tried_settings(workspace, by, case_id, changes, " ", effect, ground)
    done = resolving.by_tried_settings(workspace, by, case_id, changes, "why", effect, ground)
    assert done.line is not None
    assert done.line.case.state is CaseState.RESOLVED
    written = config.read_text()
    assert "exclude = 0.5" in written
    assert "win = 0.9" in written
    assert not asked(seat, "settle_undo", case_id, note="too much").bad
    assert "exclude" not in config.read_text()


def test_a_case_walks_over_the_board(seats: Seats, case_id: str) -> None:
    seat, store = seats[Role.OPERATOR], store_of(seats)

    def stage() -> str:
        return STAGES[stage_of(store.case(case_id), store.case_events(case_id))]

    assert stage() == "New"
    assert not asked(seat, "assign", case_id).bad
    assert stage() == "Triage"
    for point in POINTS:
        assert not asked(seat, "check", case_id, point=point, done="yes").bad
    assert stage() == "Investigating"
    assert not asked(seat, "settle_none", case_id).bad
    assert stage() == "Approval"
    assert 'class="finding' in page(seat, case_id)


def test_every_way_has_its_steps(seats: Seats, case_id: str) -> None:
    for settle in ("", *[m.value for m in Method], "burn"):
        html = page(seats[Role.OPERATOR], case_id, settle)
        assert ('class="guided"' in html) is (settle in {m.value for m in Method})
    assert "settle_" not in page(seats[Role.REVIEWER], case_id, Method.NO_CHANGE.value)


def test_a_tie_is_settled_after_its_effect_was_shown(seats: Seats) -> None:
    seat, store = seats[Role.REVIEWER], store_of(seats)
    version = store.line("9001").version
    row = {"ccid": "990004", "bankid": "1", "brandid": "9001", "version": str(version), "idem": "t"}
    shown = done(seat, {"act": "tie_give", **row})
    assert shown.panel == "given"
    assert "is theirs" in shown.html
    assert store.line("9001").version == version
    kept = done(seat, {"act": "tie_give", "sure": "yes", **row})
    assert not kept.bad, kept.say
    assert any(c.row and c.row.ccid == "990004" for c in store.constraints("9001")["9001"])
    case = {**row, "cause": "several", "note": "two shops", "narrative": "EVIL SHOP"}
    assert done(seat, {"act": "tie_case", **case}).go.startswith("/case/")
