"""What pages ask for: who may, what is refused, what comes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from brand_metagen.app import accounts
from brand_metagen.console.acts import Reply, done
from brand_metagen.console.deeds import DEEDS
from brand_metagen.console.door import Seat
from brand_metagen.console.screens import PAGES
from brand_metagen.ports import Actor, BrandLine, BrandState, QueueFilter, Role

Seats = dict[Role, Seat]


def first(seat: Seat) -> BrandLine:
    """The first brand of the queue."""
    return seat.server.workspace.store.queue(QueueFilter(), 1, None).items[0]


def asked(seat: Seat, act: str, line: BrandLine, **more: Any) -> Reply:
    """One act on a brand as its page sends it."""
    shown = {"brandid": line.brandid, "version": str(line.version), "idem": f"k-{act}"}
    return done(seat, {"act": act, **shown, **more})


@pytest.mark.parametrize("act", sorted(set(DEEDS)))
def test_an_act_needs_its_role(shared: Seats, act: str) -> None:
    needed, _ = DEEDS[act]
    below = [role for role in Role if not role.may(needed)]
    for role in below:
        reply = done(shared[role], {"act": act})
        assert reply.bad
        assert f"takes the role {needed.value}" in reply.say
    assert done(Seat(shared[Role.ADMIN].server, ""), {"act": act}).bad


def test_a_decision_is_made_once_and_can_be_taken_back(seats: Seats) -> None:
    seat = seats[Role.REVIEWER]
    store, line = seat.server.workspace.store, first(seat)
    once = asked(seat, "approve", line)
    assert not once.bad
    assert once.go.startswith("/brand/")
    assert once.go != f"/brand/{line.brandid}"
    assert asked(seat, "approve", line).say == once.say
    acts = [row.action for row in store.audit(0, 1_000).items]
    assert acts.count("approve") == 1
    assert store.line(line.brandid).state is BrandState.APPROVED
    assert not asked(seat, "undo", line).bad
    assert store.line(line.brandid).state is BrandState.AWAITING_REVIEW


def test_who_is_late_is_shown_what_there_is_now(seats: Seats) -> None:
    line = first(seats[Role.REVIEWER])
    assert not asked(seats[Role.OPERATOR], "approve", line).bad
    reply = asked(seats[Role.REVIEWER], "approve", line)
    assert reply.bad
    assert reply.panel == "overlay"
    assert "operator" in reply.html


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"act": "approve"},
        {"act": "approve", "brandid": {"a": 1}, "version": 7},
        {"act": "approve", "brandid": "1", "version": "٣"},
        {"act": "approve", "brandid": "none", "version": "1"},
        {"act": "submit", "brandid": "none", "version": "1", "text": "A" * 30_000},
        {"act": "submit", "brandid": "none", "version": "1"},
        {"act": "understand", "belongs": [{"x": []}, 3], "text": "\ud800", "version": "1"},
        {"act": "try", "include": "(A+)+$"},
        {"act": "resolve", "method": "burn"},
        {"act": ["approve"]},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(shared: Seats, fields: dict[str, Any]) -> None:
    reply = done(shared[Role.ADMIN], fields)
    assert reply.bad
    assert reply.say


def test_a_remark_is_shown_first_and_then_kept(seats: Seats) -> None:
    seat = seats[Role.REVIEWER]
    store, line = seat.server.workspace.store, first(seat)
    live = seat.server.warm.current()
    row = live.row(live.rows(line.brandid).taken[0])
    wrong = {"does_not_belong": [f"{row.ccid}|{row.bankid}"]}
    shown = asked(seat, "understand", line, **wrong)
    assert "is not theirs" in shown.html
    assert store.line(line.brandid).version == line.version
    kept = asked(seat, "submit", line, **wrong)
    assert kept.go == f"/brand/{line.brandid}"
    assert store.line(line.brandid).version == line.version + 1
    (promised,) = re.findall(r"Send · (.*) rows", shown.html)
    page = PAGES["/brand/{id}"](seat.server, Actor("r", Role.REVIEWER), {"id": line.brandid})
    assert f"Approve v{line.version + 1} · {promised} rows" in page


def test_another_text_on_the_same_page_is_another_remark(seats: Seats) -> None:
    seat = seats[Role.REVIEWER]
    store, line = seat.server.workspace.store, first(seat)
    for text in ("please fix it", "please fix it", "please repair it"):
        reply = asked(seat, "submit", line, text=text)
        assert not reply.bad
        assert reply.panel == "understood"
    assert len(store.remarks(line.brandid, "", 10, None).items) == 2


def test_a_disabled_account_does_nothing_more(seats: Seats) -> None:
    seat = seats[Role.REVIEWER]
    accounts.change(seat.server.workspace.store, "test", "reviewer", disabled=True)
    reply = asked(seat, "approve", first(seat))
    assert reply.bad
    assert "session ended" in reply.say
