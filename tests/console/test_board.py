"""The board of escalations: two clocks, what lies, what is asked for, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from brand_metagen.app import escalations
from brand_metagen.config import ServeSettings
from brand_metagen.console.acts import Reply, done
from brand_metagen.console.charts import columns
from brand_metagen.console.clocks import lying, replied, waited
from brand_metagen.console.door import Seat
from brand_metagen.console.screens import PAGES
from brand_metagen.ports import Act, Case, CaseEvent, CaseState, Cause, Level, Role

Seats = Mapping[Role, Seat]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = timedelta(hours=ServeSettings().quiet_hours)


OPENED = Case(
    "ESC-1", "1001", "Till", Cause.EXPERT_WANTED, Level.OPERATIONS, CaseState.OPEN, "why", 0, 1,
    0.5, "eve", (NOW - timedelta(minutes=90)).isoformat(),
)  # fmt: skip


@pytest.fixture(scope="module")
def case(shared: Seats) -> Case:
    """A case that somebody opened by hand."""
    workspace = shared[Role.ADMIN].server.workspace
    line, _ = escalations.create(workspace, "eve", "1001", Cause.EXPERT_WANTED, "who is it?")
    return line.case


def event(kind: Act, hours_ago: float) -> CaseEvent:
    at = (NOW - timedelta(hours=hours_ago)).isoformat()
    return CaseEvent(1, "ESC-1", at, "oona", kind, "")


@pytest.mark.parametrize(
    ("owner", "state", "paused", "hours", "lies"),
    [
        ("oona", CaseState.IN_PROGRESS, False, 7.9, False),
        ("oona", CaseState.IN_PROGRESS, False, 8.0, True),
        ("oona", CaseState.OPEN, False, 30.0, True),
        ("oona", CaseState.IN_PROGRESS, True, 30.0, False),
        ("oona", CaseState.RESOLVED, False, 30.0, False),
        ("", CaseState.OPEN, False, 30.0, False),
    ],
)
def test_who_takes_a_case_and_does_nothing_has_it_no_longer(
    owner: str, state: CaseState, paused: bool, hours: float, lies: bool
) -> None:
    taken = replace(OPENED, assigned_to=owner, state=state, paused=paused)
    events = (event(Act.OPENED, 40.0), event(Act.ASSIGNED, hours))
    assert lying(taken, events, NOW, LIMIT) == (hours * 3600 if lies else None)


def test_the_first_reply_has_a_clock() -> None:
    assert waited(OPENED, NOW) == 5_400
    assert waited(replace(OPENED, assigned_to="oona"), NOW) is None
    assert waited(replace(OPENED, state=CaseState.CLOSED), NOW) is None
    events = [event(Act.NOTED, 1.4), event(Act.ASSIGNED, 1.0)]
    assert replied(OPENED, events) == 1_800
    assert replied(OPENED, events[:1]) is None


def shown(seats: Seats, role: Role = Role.OPERATOR, path: str = "/cases", **wanted: str) -> str:
    actor = seats[role].actor()
    assert actor is not None
    return PAGES[path](seats[role].server, actor, wanted)


def asked(seats: Seats, act: str, **fields: str) -> Reply:
    return done(seats[Role.OPERATOR], {"act": act, **fields})


def test_a_case_is_taken_on_the_board(shared: Seats, case: Case) -> None:
    page = shown(shared)
    assert "first reply" in page
    assert "none for" in page
    assert f'aria-label="Take {case.case_id}"' in page
    assert "Take ESC" not in shown(shared, Role.REVIEWER)
    assert not asked(shared, "assign", case_id=case.case_id).bad
    assert f"Take {case.case_id}" not in shown(shared)
    assert "after " in shown(shared)
    assert shared[Role.ADMIN].server.workspace.store.case(case.case_id).assigned_to == "operator"


def test_what_the_board_is_asked_for_is_what_it_shows(shared: Seats, case: Case) -> None:
    for wanted, there in (
        ({"cause": "expert_wanted"}, True),
        ({"cause": "system_error"}, False),
        ({"clock": "late"}, False),
        ({"brand": "1001"}, True),
        ({"level": "2"}, False),
        ({"cause": "no such"}, True),
    ):
        page = shown(shared, **wanted)
        assert (case.case_id in page) is there, wanted
        assert ("No case fits" in page) is not there


def test_a_case_is_opened_of_no_single_brand(shared: Seats) -> None:
    assert asked(shared, "case_open", cause="system_error").bad, "no reason"
    assert asked(shared, "case_open", cause="nothing", reason="x").bad
    assert asked(shared, "case_open", cause="data_doubt", reason="x", brandid="none").bad
    made = asked(shared, "case_open", cause="system_error", reason="slow", level="2")
    name = made.go.removeprefix("/case/")
    found = shared[Role.ADMIN].server.workspace.store.case(name)
    assert (found.level, found.brandid, found.opened_by) == (2, "", "operator")
    again = asked(shared, "case_open", cause="system_error", reason="still slow")
    assert again.go == made.go
    assert "open for that already" in again.say
    assert done(shared[Role.REVIEWER], {"act": "case_open", "cause": "system_error"}).bad


def test_figures_lead_to_their_cases(shared: Seats, case: Case) -> None:
    page = shown(shared, path="/case-figures", span="weekly")
    assert 'href="/console/cases?cause=expert_wanted"' in page
    assert 'href="/console/cases?level=1"' in page
    assert '<svg class="chart"' in page
    assert "As a table" in page, "a chart has its table"
    early = shown(shared, path="/case-figures", span="monthly", day="2020-01-01")
    assert '<svg class="chart"' not in early


def test_columns_are_as_high_as_they_say() -> None:
    drawn = str(columns([("a", (1, 4)), ("<b>", (2, 0))], "t", ("x", "y")))
    assert drawn.count("<rect") == 4
    assert "&lt;b&gt;" in drawn
    heights = [float(part.split('"')[0]) for part in drawn.split('height="')[1:]]
    assert heights == [23.5, 94.0, 47.0, 0.0]
