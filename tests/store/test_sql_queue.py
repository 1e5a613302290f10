"""The queue: its order, its pages, and who has which brand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
from human_loop import ANNA, BEN, CLEO, Clock, approve, feedback, fill, flag, remark
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brand_metagen.config import ReviewSettings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandRow, BrandState, Claim, QueueFilter, RemarkOutcome
from brand_metagen.review.queue import lowered, priority
from brand_metagen.store.paging import MOST, SEARCH, to_cursor
from brand_metagen.store.sql import SqlStore

ALL = QueueFilter()
S = BrandState


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def market(url: str, clock: Clock) -> Iterator[SqlStore]:
    """Brands 1, 2, 3 with 10, 20, 30 rows: the last comes first."""
    store = SqlStore(url, clock=clock)
    fill(store)
    yield store
    store.close()


def ids(store: SqlStore, wanted: QueueFilter = ALL) -> list[str]:
    return [line.brandid for line in store.queue(wanted, 100, None).items]


def walked(store: SqlStore, size: int, wanted: QueueFilter = ALL) -> list[str]:
    found, cursor = [], None
    while True:
        page = store.queue(wanted, size, cursor)
        found += [line.brandid for line in page.items]
        if page.next is None:
            return found
        cursor = page.next


def test_rounds_are_counted_of_the_brands_in_a_state(market: SqlStore) -> None:
    assert market.rounds(S.AWAITING_REVIEW) == {"1": 0, "2": 0, "3": 0}
    market.change(feedback(brandid="2"))
    market.change(approve(brandid="3"))
    assert market.rounds(S.AWAITING_REVIEW) == {"1": 0, "2": 1}
    assert market.rounds(S.APPROVED) == {"3": 0}
    for state in S:
        lines = market.queue(QueueFilter(states=(state,)), 100, None).items
        assert market.rounds(state) == {line.brandid: line.round for line in lines}


def test_a_line_says_what_a_run_left(market: SqlStore) -> None:
    line = market.line("2")
    assert asdict(line) == {
        "brandid": "2",
        "brandname": "Brand 2",
        "sector": "Food",
        "state": S.AWAITING_REVIEW,
        "version": 1,
        "confidence": 0.5,
        "rows": 20,
        "reason": "few rows",
        "round": 0,
        "corrections": 0,
        "failures": 0,
        "approvals": 0,
        "priority": 10.0,
        "run_id": "RUN-0001",
        "error": None,
        "claimed_by": None,
        "claimed_until": None,
    }
    assert market.queue(ALL, 10, None).items[1] == line


def test_what_is_worth_most_comes_first_and_equals_by_id(market: SqlStore) -> None:
    assert ids(market) == ["3", "2", "1"]
    worth = priority(10, lowered(0.5, 0), 0, 0, ReviewSettings())
    assert market.line("1").priority == worth
    with market._writing() as connection:
        connection.exec_driver_sql("UPDATE brands SET priority = 1")
    assert ids(market) == ["1", "2", "3"]


def test_ids_are_ordered_by_code_point_on_every_database(store: SqlStore) -> None:
    brandids = ["a", "B", "10", "9", "é", "_", "Z"]
    fill(store, brandids)
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE brands SET priority = 1")
    assert walked(store, 2) == sorted(brandids)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    priorities=st.lists(st.sampled_from([0.0, 0.1, 0.30000000000000004, 7.5, 1e9]), max_size=3),
    size=st.integers(1, 4),
)
def test_pages_hold_every_brand_once(market: SqlStore, priorities: list[float], size: int) -> None:
    with market._writing() as connection:
        for brandid, worth in zip("123", priorities, strict=False):
            connection.exec_driver_sql(
                f"UPDATE brands SET priority = {worth!r} WHERE brandid = '{brandid}'"
            )
    assert walked(market, size) == ids(market)
    assert sorted(ids(market)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QueueFilter(), ["3", "1"]),
        (QueueFilter(states=()), ["3", "2", "1"]),
        (QueueFilter(states=(S.ESCALATED, S.AWAITING_REVIEW)), ["3", "2", "1"]),
        (QueueFilter(states=(S.PUBLISHED,)), []),
        (QueueFilter(sector="Food"), ["3", "1"]),
        (QueueFilter(sector="food"), []),
        (QueueFilter(search="bRAND 3"), ["3"]),
        (QueueFilter(search="3"), ["3"]),
        (QueueFilter(search="%"), []),
        (QueueFilter(search="brand_3"), []),
        (QueueFilter(search="'; --"), []),
        (QueueFilter(confidence_below=0.6), ["3"]),
        (QueueFilter(confidence_below=0.5), []),
        (QueueFilter(round_from=1), ["1"]),
        (QueueFilter(round_from=2), []),
        (QueueFilter(claimed_by=ANNA), ["3"]),
        (QueueFilter(claimed_by=BEN), []),
        (QueueFilter(free_for=ANNA), ["3", "1"]),
        (QueueFilter(free_for=BEN), ["1"]),
    ],
    ids=str,
)
def test_filters(market: SqlStore, wanted: QueueFilter, expected: list[str]) -> None:
    market.change(flag(brandid="2"))
    market.change(feedback(brandid="1"))
    market.claim("3", ANNA, 60)
    assert ids(market, wanted) == expected
    assert walked(market, 1, wanted) == expected


def test_names_are_found_in_any_case_in_any_alphabet(store: SqlStore) -> None:
    run_id = store.create_run("data", "f00d", ()).run_id
    names = {"1": "ZOË'S CAFÉ", "2": "Straße", "3": "Кафе"}
    store.mark_brands(
        run_id,
        [BrandRow(b, n, "Food", S.AWAITING_REVIEW, 0, run_id) for b, n in names.items()],
    )
    for search, expected in (("zoë", ["1"]), ("STRASSE", ["2"]), ("кАФЕ", ["3"])):
        assert ids(store, QueueFilter(search=search)) == expected


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "WzFd",
        "é",
        "A" * 3_000,
        to_cursor(1),
        to_cursor("1", "brand"),
        to_cursor(1.0, 2.0),
        to_cursor(1.0, "b", "c"),
        to_cursor(1.0, "a\0b"),
        to_cursor(1.0, "2") + "!",
        to_cursor(float("nan"), "2"),
        "W1tbW1tbW1tbW1tbW1tbW1tbW1tb" * 20,
    ],
    ids=lambda text: text[:12],
)
def test_a_broken_cursor_is_an_input_error(market: SqlStore, cursor: str) -> None:
    with pytest.raises(InputError):
        market.queue(ALL, 10, cursor)
    if cursor != to_cursor(1):
        with pytest.raises(InputError):
            market.remarks(None, "", 10, cursor)


@pytest.mark.parametrize("limit", [0, -1, MOST + 1])
def test_a_page_has_a_size(market: SqlStore, limit: int) -> None:
    for call in (
        lambda: market.queue(ALL, limit, None),
        lambda: market.remarks(None, "", limit, None),
        lambda: market.audit(0, limit),
    ):
        with pytest.raises(InputError, match="limit lies between"):
            call()


def test_a_search_has_an_end(market: SqlStore) -> None:
    assert ids(market, QueueFilter(search="x" * SEARCH)) == []
    with pytest.raises(InputError, match="search for"):
        market.queue(QueueFilter(search="x" * (SEARCH + 1)), 10, None)


def test_states_are_counted(market: SqlStore) -> None:
    market.change(approve())
    counts = market.count_states()
    assert counts == {**dict.fromkeys(BrandState, 0), S.APPROVED: 1, S.AWAITING_REVIEW: 2}


def test_a_claim_keeps_others_away_until_it_ends(market: SqlStore, clock: Clock) -> None:
    claim = market.claim("1", ANNA, 600)
    assert claim == Claim("1", ANNA, "2026-03-29T01:09:30.000+00:00")
    assert market.line("1").claimed_by == ANNA
    with pytest.raises(ConflictError, match=f"with {ANNA} until {claim.until[:10]}") as caught:
        market.claim("1", BEN, 600)
    assert caught.value.now == {"claimed_by": ANNA, "claimed_until": claim.until}
    clock.go(599.999)
    assert market.line("1").claimed_until == claim.until
    clock.go(0.001)
    assert (market.line("1").claimed_by, market.line("1").claimed_until) == (None, None)
    assert market.claim("1", BEN, 600).actor == BEN


def test_a_sign_of_life_keeps_a_claim(market: SqlStore, clock: Clock) -> None:
    market.claim("1", ANNA, 600)
    clock.go(500)
    market.claim("1", ANNA, 600)
    clock.go(500)
    with pytest.raises(ConflictError):
        market.claim("1", BEN, 600)


@pytest.mark.parametrize("jump", [-3_600, -86_400 * 365, -61])
def test_a_clock_put_back_ends_claims_that_lie_in_the_future(
    market: SqlStore, clock: Clock, jump: float
) -> None:
    market.claim("1", ANNA, 600)
    clock.go(jump)
    assert market.line("1").claimed_by is None
    assert market.claim("1", BEN, 600).actor == BEN
    assert "1" not in ids(market, QueueFilter(free_for=ANNA))


def test_clocks_of_two_machines_may_differ_a_little(market: SqlStore, clock: Clock) -> None:
    market.claim("1", ANNA, 600)
    clock.go(-60)
    with pytest.raises(ConflictError):
        market.claim("1", BEN, 600)
    clock.go(659.999)
    assert market.line("1").claimed_by == ANNA
    clock.go(0.001)
    assert market.line("1").claimed_by is None


def test_what_is_given_back_is_free(market: SqlStore) -> None:
    market.claim("1", ANNA, 600)
    market.give_back("1", BEN)
    assert market.line("1").claimed_by == ANNA
    market.give_back("1", ANNA)
    market.give_back("1", ANNA)
    assert market.claim("1", BEN, 600).actor == BEN


def test_the_next_brand_is_the_first_that_nobody_has(market: SqlStore, clock: Clock) -> None:
    taken = [market.claim_next(ALL, actor, 600) for actor in (ANNA, BEN, ANNA, CLEO)]
    assert [c and (c.brandid, c.actor) for c in taken] == [
        ("3", ANNA),
        ("2", BEN),
        ("1", ANNA),
        None,
    ]
    clock.go(600)
    again = market.claim_next(ALL, CLEO, 600)
    assert again == Claim("3", CLEO, again.until if again else "")


def test_what_one_has_is_next_again_when_asked_for(market: SqlStore) -> None:
    mine = replace(ALL, free_for=ANNA)
    assert [c and c.brandid for c in (market.claim_next(mine, ANNA, 9) for _ in "12")] == ["3", "3"]
    other = market.claim_next(replace(ALL, free_for=BEN), BEN, 9)
    assert other is not None
    assert other.brandid == "2"


def test_the_next_brand_heeds_the_filter(market: SqlStore) -> None:
    found = market.claim_next(QueueFilter(search="brand 1"), ANNA, 9)
    assert found is not None
    assert found.brandid == "1"
    assert market.claim_next(QueueFilter(states=(S.FAILED,)), ANNA, 9) is None


def test_a_brand_that_leaves_the_queue_is_given_back(market: SqlStore) -> None:
    for brandid in "123":
        market.claim(brandid, ANNA, 600)
    market.change(feedback(brandid="1"))
    assert market.line("1").claimed_by == ANNA
    market.change(approve(brandid="2"))
    market.change(flag(BEN, brandid="3"))
    assert {market.line(b).claimed_by for b in "23"} == {None}


def test_a_claim_lasts(market: SqlStore) -> None:
    with pytest.raises(InputError, match="a second"):
        market.claim("1", ANNA, 0)
    with pytest.raises(InputError, match="a second"):
        market.claim_next(ALL, ANNA, -5)
    assert market.line("1").claimed_by is None


def test_a_run_keeps_what_humans_decided_and_counted(market: SqlStore, clock: Clock) -> None:
    market.change(approve(brandid="2"))
    market.change(feedback(brandid="1"))
    market.change(feedback(brandid="1", expected=2))
    market.note_failure(remark(brandid="1", version=3), "no rule")
    market.change(flag(brandid="3"))
    market.claim("1", ANNA, 600)
    kept = {b: market.line(b) for b in "123"}
    # The same rules for 2 and 3; for 1 the run knows less than the humans.
    fill(market)
    fill(market)
    for brandid, before in kept.items():
        after = market.line(brandid)
        for name in ("state", "round", "corrections", "failures", "claimed_by", "claimed_until"):
            assert getattr(after, name) == getattr(before, name), (brandid, name)
    assert (market.line("2").version, market.line("2").approvals) == (1, 1)


def test_a_new_rule_brings_a_decided_brand_back_and_an_escalated_one_stays(
    market: SqlStore,
) -> None:
    market.change(approve(brandid="2"))
    market.change(flag(brandid="3"))
    fill(market, ("1", "2", "3"), include="STAR SHOP")
    assert [market.line(b).state for b in "123"] == [
        S.AWAITING_REVIEW,
        S.AWAITING_REVIEW,
        S.ESCALATED,
    ]
    assert {market.line(b).version for b in "123"} == {2}


def test_a_brand_that_fails_keeps_its_version_and_what_was_decided(market: SqlStore) -> None:
    market.change(approve(brandid="2"))
    run_id = market.create_run("data", "f00d", ()).run_id
    failed = [
        replace(row, state=S.FAILED, version=0, run_id=run_id, error="poison")
        for row in market.brands()
    ]
    market.mark_brands(run_id, failed)
    assert [(market.line(b).state, market.line(b).version) for b in "123"] == [
        (S.FAILED, 1),
        (S.APPROVED, 1),
        (S.FAILED, 1),
    ]
    assert {market.line(b).error for b in "123"} == {"poison"}


def test_remarks_are_found_in_any_case_newest_first(market: SqlStore) -> None:
    unclear = RemarkOutcome.UNCLEAR
    for author, brandid, text in (
        (ANNA, "1", "Too BROAD"),
        (BEN, "2", "burst is not theirs"),
        (ANNA, "2", "100% wrong"),
        (CLEO, "3", "Größe"),
    ):
        said = remark(author, brandid, text=text, outcome=unclear)
        market.change(feedback(author, brandid, include=None, said=said))
    for brandid, search, expected in (
        (None, "", [4, 3, 2, 1]),
        ("2", "", [3, 2]),
        (None, "too broad", [1]),
        (None, "ANNA", [3, 1]),
        (None, "brand 2", [3, 2]),
        (None, "%", [3]),
        (None, "GRÖSSE", [4]),
        ("1", "burst", []),
        ("9", "", []),
    ):
        found, cursor = [], None
        while True:
            page = market.remarks(brandid, search, 1, cursor)
            found += [int(r.feedback_id.removeprefix("FB-")) for r in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert found == expected, (brandid, search)
