"""What somebody reads when something fails: what to do, and a trace that the log knows."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest

from brand_metagen import tracing
from brand_metagen.console import deeds, screens, trouble
from brand_metagen.console.acts import Form, Reply, done
from brand_metagen.console.door import Seat
from brand_metagen.errors import (
    ConflictError,
    InputError,
    NotAllowed,
    NotFound,
    ServiceError,
)
from brand_metagen.ports import Actor, Role
from brand_metagen.web.state import Server

Seats = Mapping[Role, Seat]
VIEWER, OPERATOR = Actor("vera", Role.VIEWER), Actor("oona", Role.OPERATOR)


@pytest.mark.parametrize(
    ("error", "title", "todo", "ours"),
    [
        (NotAllowed("approving takes the role reviewer"), "another role", "as viewer", False),
        (NotFound("no case X"), "Not here", "from a list", False),
        (InputError("no date"), "cannot be shown", "address", False),
        (ConflictError("a run goes on"), "Not now", "Nothing was changed", False),
        (ServiceError("no answer", retryable=True), "not answer", "Try again", True),
        (PermissionError(13, "denied", "/srv/secret"), "Files", "health", True),
        (KeyError("secret"), "went wrong", "give the trace", True),
    ],
)
def test_an_error_says_what_to_do(error: Exception, title: str, todo: str, ours: bool) -> None:
    found = trouble.trouble_of(error, VIEWER)
    assert title in found.title
    assert todo in found.todo
    assert found.ours is ours
    assert found.said[0].isupper()
    assert "secret" not in found.said


def test_the_trace_stands_on_the_page_and_leads_those_who_may_to_the_log() -> None:
    with tracing.within(trace="a1b2c3d4e5f6"):
        seen = {who.name: trouble.page(NotFound("no <b>"), who) for who in (VIEWER, OPERATOR)}
        assert trouble.line(InputError("no date"), VIEWER) == "No date"
        assert trouble.line(KeyError("x"), VIEWER).endswith("(trace a1b2c3d4)")
    assert all("a1b2c3d4e5f6" in page and "No &lt;b&gt;" in page for page in seen.values())
    assert "/logs?trace=a1b2c3d4e5f6" in seen["oona"]
    assert "/logs?" not in seen["vera"]


def broken(server: Server, actor: Actor, wanted: object) -> str:
    """A page or an act that nobody foresaw."""
    raise ZeroDivisionError("of somebody's secret")


def test_what_nobody_foresaw_is_told_and_logged_under_its_trace(
    shared: Seats, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.ERROR, "brand_metagen.console"):
        html = screens._page(shared[Role.OPERATOR], "/runs", broken, {})
        monkeypatch.setitem(deeds.DEEDS, "broken", (Role.VIEWER, broken))  # type: ignore[arg-type]
        reply = done(shared[Role.OPERATOR], {"act": "broken"})
    assert "This went wrong" in html
    assert "secret" not in html
    assert 'data-under="/runs"' in html, "the way on stays"
    assert (reply.bad, reply.say[:32]) == (True, "An error that was not foreseen. ")
    assert "secret" not in reply.say
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_who_is_not_in_is_led_to_the_door(shared: Seats) -> None:
    seat = Seat(shared[Role.ADMIN].server, "bmg_gone")
    assert "/console/sign-in" in screens._page(seat, "/runs", broken, {})
    assert done(seat, {"act": "again"}) == Reply(
        "Your session ended: sign in again. Nothing was done.", bad=True
    )
    assert Form({}).text("x") == ""
