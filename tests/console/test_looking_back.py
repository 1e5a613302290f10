"""What a reviewer is shown of the way here: news, moves, where the rule stopped, who was faster."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import escape
from test_acts import Seats, asked, first
from test_pages import shown

from brand_metagen.app import quality
from brand_metagen.app.brand_rows import rows_of_others
from brand_metagen.console import text
from brand_metagen.console.acts import Reply, done
from brand_metagen.console.door import Seat
from brand_metagen.console.queue import elsewhere, facets, held
from brand_metagen.errors import ConflictError, ServiceError
from brand_metagen.match.stopped import reach
from brand_metagen.ports import BrandLine, BrandRow, BrandState, Role
from brand_metagen.records import Decision


def brand(seat: Seat, line: BrandLine, **wanted: str) -> str:
    """A brand's page."""
    return shown(seat, "/brand/{id}", id=line.brandid, **wanted)


def without_one(seat: Seat, line: BrandLine, at: int = 0) -> BrandLine:
    """The brand after somebody said that one of its rows is not theirs."""
    live = seat.server.warm.current()
    row = live.row(live.rows(line.brandid).taken[at])
    made = asked(seat, "submit", line, does_not_belong=[f"{row.ccid}|{row.bankid}"])
    assert not made.bad, made.say
    return seat.server.workspace.store.line(line.brandid)


def test_what_is_new_since_one_looked_is_told(seats: Seats) -> None:
    rita, rolf = seats[Role.REVIEWER], seats[Role.OPERATOR]
    line = first(rita)
    assert "since you looked" not in brand(rita, line)
    second = without_one(rolf, line)
    page = brand(rita, second)
    assert f"since you looked (v{line.version}," in page
    assert "since you looked" in brand(rita, second), "it stays until there is another version"
    assert "since you looked" not in brand(rolf, second), "this one saw nothing else"
    third = without_one(rolf, second, -1)
    last = brand(rolf, third)
    assert f"since you looked (v{second.version}," in last
    assert rolf.server.workspace.store.last_look("viewer", line.brandid) is None
    assert f"v{second.version} → v{third.version}" in last
    assert f"last seen v{second.version}" in last
    assert f"the first v{line.version}" in last
    earlier = brand(rolf, third, against="first")
    assert f"v{line.version} → v{third.version}" in earlier
    assert f"v{second.version} → v{third.version}" in brand(rolf, third, against="<script>")
    button = re.compile(r"Approve v\d+ · [^<]*")
    assert button.findall(last) == button.findall(earlier), "approving means the same"
    assert re.search(r'Promised <span class="good-text">2 of 2 kept', last)


def given_to(seat: Seat, line: BrandLine, other: str) -> BrandLine:
    """The brand after somebody said that a row confirmed for another brand is theirs."""
    live = seat.server.warm.current()
    place = next(
        row
        for row in live.rows(other).taken
        if live.answers[row].brandid == other and live.answers[row].decision is Decision.CONFIRMED
    )
    row = live.row(place)
    made = asked(seat, "submit", line, belongs=[f"{row.ccid}|{row.bankid}"])
    assert not made.bad, made.say
    return seat.server.workspace.store.line(line.brandid)


def test_rows_of_an_approved_brand_move_once_their_line_was_opened(seats: Seats) -> None:
    rita = seats[Role.REVIEWER]
    store, line = rita.server.workspace.store, first(rita)
    other = next(
        b.brandid
        for b in store.brands()
        if b.brandid != line.brandid and b.rows > 5 and b.state is BrandState.AWAITING_REVIEW
    )
    assert not asked(rita, "approve", store.line(other)).bad
    made = given_to(rita, line, other)
    page = brand(rita, made)
    assert f'data-must="{other}"' in page
    assert "approved: open to approve" in page
    refused = asked(rita, "approve", made)
    assert refused.bad
    assert "open the line" in refused.say
    assert asked(rita, "approve", made, opened=["x", 3]).bad
    assert store.line(line.brandid).state is BrandState.AWAITING_REVIEW
    assert not asked(rita, "approve", made, opened=[other], idem="k").bad
    assert store.line(line.brandid).state is BrandState.APPROVED


def test_pieces_name_their_rows_and_rows_their_pieces(shared: Seats) -> None:
    page = brand(shared[Role.REVIEWER], first(shared[Role.REVIEWER]))
    lights = re.findall(r'<button type="button" class="n" data-light="(\w+)"', page)
    assert lights
    assert lights == re.findall(r'data-piece="(\w+)"', page)
    named = {
        place for found in re.findall(r'data-pieces="([^"]*)"', page) for place in found.split()
    }
    assert named <= {*lights, "x"}
    assert named
    marked = {place for found in re.findall(r'data-p="([^"]*)"', page) for place in found.split()}
    assert marked == named
    assert "by it alone" in page
    assert 'role="status" data-lighting' in page


def test_missed_rows_say_where_the_rule_stopped(shared: Seats) -> None:
    seat = shared[Role.REVIEWER]
    told = 0
    for record in seat.server.warm.current().versions.values():
        page = shown(seat, "/brand/{id}", id=record.brandid)
        found = re.findall(r'class="stopped">([^<]*)', page)
        told += len(found)
        assert all(re.match("(stops|ends) after|nothing of it", text) for text in found)
        assert len(re.findall('class="stop"', page)) == sum("after" in text for text in found)
        if record.rule is None:
            assert not found
    assert told


def test_rows_with_other_labels_are_those_that_the_evidence_counts(shared: Seats) -> None:
    seat = shared[Role.REVIEWER]
    live, counted = seat.server.warm.current(), 0
    for brandid, record in live.versions.items():
        if record.rule is None:
            continue
        total, rows = rows_of_others(live, brandid, 3)
        assert total == record.evidence["contradicted"]["count"]
        assert len(rows) == min(3, total)
        assert all(row.given_brandid not in ("", brandid) for row in rows)
        page = shown(seat, "/brand/{id}", id=brandid)
        assert f"Others’ <b>{total}</b>" in page
        counted += total
    assert counted


def test_issues_show_narratives(shared: Seats) -> None:
    seat = shared[Role.VIEWER]
    live = seat.server.warm.current()
    (issue, *_) = [
        found
        for kind in quality.issues(seat.server.workspace)
        for found in quality.brands_with(seat.server.workspace, kind.kind)
        if found.rows
    ]
    page = shown(seat, "/quality", kind=issue.kind)
    narrative = live.market.combos.narrative[live.keys[issue.rows[0]]]
    assert str(escape(text.shown(narrative))) in page


def tried(seat: Seat, **fields: Any) -> Reply:
    """What the try-it box answers."""
    return done(seat, {"act": "try", **fields})


def test_a_pattern_tried_says_where_it_stopped(shared: Seats) -> None:
    page = tried(
        shared[Role.VIEWER], include="STARBUCKS|SBUX", narratives="sq *starbuks\nTESCO\nSBUX"
    )
    assert "stops after &#39;STARBU&#39;, where &#39;CKS&#39; is expected" in page.html
    assert '<span class="reached">STARBU</span><span class="stop">' in page.html
    assert "nothing of it is there" in page.html
    assert "✓ taken" in page.html


def test_a_pattern_tried_is_held_against_the_rule_of_today(shared: Seats) -> None:
    seat = shared[Role.VIEWER]
    live = seat.server.warm.current()
    brandid, rule = next((b, r) for b, r in live.now.rules.items() if live.rows(b).taken)
    known = {"brandid": brandid, "exclude": rule.exclude or "", "market": "1"}
    codes = " ".join(rule.mccids)
    assert "The same" in tried(seat, include=rule.include, codes=codes, **known).html
    page = tried(seat, include="ZZZZ", codes=codes, **known).html
    assert f"−{len(live.rows(brandid).taken)} <span" in page
    assert "No row of the market matches" in page
    alone = tried(seat, include=rule.include, market="1").html
    assert "rule of today" not in alone
    assert tried(seat, include="AB", brandid="none").bad


def test_many_hostile_narratives_are_given_up_in_time(shared: Seats) -> None:
    lines = "\n".join("A" * 380 for _ in range(50))
    page = tried(shared[Role.VIEWER], include="|".join(["AB"] * 660), narratives=lines)
    assert not page.bad
    assert reach("|".join(["AB"] * 660), "A" * 380) is None
    assert page.html.count("nothing matches") == 50


# --- the queue


def row(brandid: str, name: str, **more: Any) -> BrandRow:
    """A brand as the queue knows it."""
    facts = {"sector": "Food", "state": BrandState.AWAITING_REVIEW, "confidence": 0.4, **more}
    return BrandRow(brandid, name, version=1, run_id="RUN-0001", **facts)


BRANDS = [
    row("1", "Starbucks"),
    row("2", "Costa", sector="Coffee", confidence=0.6),
    row("3", "Starbelly", state=BrandState.APPROVED),
]


def test_facets_count_what_a_choice_would_show() -> None:
    counts = dict.fromkeys(BrandState, 0)
    found = facets(BRANDS, counts, (BrandState.AWAITING_REVIEW,))
    assert found.sectors == [("Coffee", 1), ("Food", 1)]
    assert found.below == [("0.5", 1), ("0.75", 2)]
    assert found.states is counts


@pytest.mark.parametrize(
    ("search", "states", "names"),
    [
        ("strbcks", [], ["Starbucks"]),
        ("starb", [("approved", 1), ("awaiting_review", 1)], []),
        ("3", [("approved", 1)], []),
        ("zzz", [], []),
        ("", [], []),
    ],
)
def test_who_finds_nothing_is_shown_what_there_is(
    search: str, states: list[tuple[str, int]], names: list[str]
) -> None:
    found = elsewhere(BRANDS, search)
    assert (list(found.states), list(found.names)) == (states, names)


def test_the_queue_offers_what_was_meant(shared: Seats) -> None:
    seat = shared[Role.REVIEWER]
    name = first(seat).brandname
    page = shown(seat, "/queue", search=f"{name}x", below="0.5")
    assert f"‘{name}x’ is awaiting review below 0.5." in page
    assert f">{name}</a>?" in page
    assert "awaiting review (" in shown(seat, "/queue")


def test_minutes_of_a_claim_are_counted_up() -> None:
    now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    ends = {"1": "2026-01-02T12:03:01.000+00:00", "2": "2026-01-02T11:00:00.000+00:00", "3": None}
    lines = [
        BrandLine(b, b, "", BrandState.AWAITING_REVIEW, 1, 0.5, 1, "", 0, 0, 0, 0, 1.0, "RUN-1",
                  claimed_by="rolf", claimed_until=until)
        for b, until in ends.items()
    ]  # fmt: skip
    assert held(lines, now) == {"1": 4, "2": 1}


def test_who_works_on_a_brand_holds_it_longer(seats: Seats) -> None:
    rita, rolf = seats[Role.REVIEWER], seats[Role.OPERATOR]
    store, line = rita.server.workspace.store, first(rita)

    def left() -> float:
        until = store.line(line.brandid).claimed_until
        assert until is not None
        return (datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds()

    most = rita.server.workspace.settings.review.claim_seconds
    store.claim(line.brandid, "reviewer", most // 4)
    assert not done(rolf, {"act": "hint", "brandid": line.brandid, "text": "hotels"}).bad
    assert left() < most / 2, "somebody else's typing"
    assert not done(rita, {"act": "hint", "brandid": line.brandid, "text": "hotels"}).bad
    assert left() > most / 2
    store.claim(line.brandid, "reviewer", most * 3 // 4)
    asked(rita, "understand", line, text="hotels are not theirs")
    assert left() < most * 3 / 4, "there is enough left"


# --- conflicts


def test_an_outage_says_where_to_look(shared: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    from brand_metagen.console import deeds

    def fail(*_: object) -> Reply:
        raise ServiceError("the disk is full")

    monkeypatch.setitem(deeds.DEEDS, "next", (Role.REVIEWER, fail))
    reply = done(shared[Role.REVIEWER], {"act": "next"})
    assert re.fullmatch(r"The disk is full \(trace [0-9a-f]{8}\)", reply.say)
    refused = done(shared[Role.REVIEWER], {"act": "approve"})
    assert "trace" not in refused.say


def test_who_is_late_is_told_by_whom_and_when(seats: Seats) -> None:
    line = first(seats[Role.REVIEWER])
    made = without_one(seats[Role.OPERATOR], line)
    late = asked(seats[Role.REVIEWER], "reject", line, note="hotels are <b>not</b> theirs")
    assert f"operator asked for v{made.version} on <time" in late.html
    assert f"while you read v{line.version}. Yours was not applied; your text is kept." in late.html
    for way in ("See theirs", "Carry my words over", "Drop mine", "Stay here"):
        assert way in late.html
    assert "<b>not" not in late.html
    assert "Carry my words over" not in asked(seats[Role.REVIEWER], "approve", line).html


def test_what_is_nobodys_doing_is_not_said_to_be(
    shared: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brand_metagen.console import deeds

    def refuse(*_: object) -> Reply:
        raise ConflictError("the system is read-only", now={"mode": "read_only", "actor": "oona"})

    monkeypatch.setitem(deeds.DEEDS, "next", (Role.REVIEWER, refuse))
    reply = done(shared[Role.REVIEWER], {"act": "next"})
    assert "Somebody was faster" not in reply.html
    assert "read-only" in reply.html
