"""A brand's rows as the brand sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brand_metagen.app.brand_rows import BrandRow, brand_rows
from brand_metagen.app.live import Live
from brand_metagen.errors import InputError
from brand_metagen.records import Decision, Rule


def all_rows(live: Live, brandid: str, decision: Decision | None = None) -> list[BrandRow]:
    """Page by page, three at a time."""
    found: list[BrandRow] = []
    cursor = None
    while True:
        page = brand_rows(live, brandid, decision, 3, cursor).rows
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


@pytest.fixture
def largest(live: Live) -> str:
    ruled = [b for b, m in live.versions.items() if m.rule is not None]
    return max(ruled, key=lambda b: (len(live.rows(b).own), b))


def test_labelled_taken_and_named_rows_once_each_in_order(live: Live) -> None:
    for brandid in live.versions:
        found = all_rows(live, brandid)
        keys = [(row.ccid, row.bankid) for row in found]
        assert keys == sorted(set(keys))
        wanted = {*live.rows(brandid).own, *live.rows(brandid).taken, *live.holding(brandid)}
        combos = live.market.combos
        assert set(keys) == {(combos.ccid[i], combos.bankid[i]) for i in wanted}


def test_every_row_says_what_became_of_the_brand_s_claim(live: Live) -> None:
    seen = set()
    for brandid in live.versions:
        taken = {(live.row(i).ccid, live.row(i).bankid) for i in live.rows(brandid).taken}
        for row in all_rows(live, brandid):
            seen.add(row.decision)
            answer = live.answers[live.place(row.ccid, row.bankid)]
            assert (row.decision is Decision.UNMATCHED) == ((row.ccid, row.bankid) not in taken)
            assert (row.confidence > 0) == (row.decision is not Decision.UNMATCHED)
            assert row.brandid == answer.brandid
            assert row.reason
            if row.decision is Decision.CONFIRMED:
                assert row.brandid == brandid
            if row.brandid == brandid:
                assert (row.decision, row.reason) == (answer.decision, answer.reason)
    assert {Decision.CONFIRMED, Decision.UNMATCHED} <= seen


def test_counts_are_those_of_all_pages_whatever_is_shown(live: Live, largest: str) -> None:
    counts = brand_rows(live, largest, None, 1).counts
    for decision in Decision:
        assert len(all_rows(live, largest, decision)) == counts[decision]
        assert brand_rows(live, largest, decision, 1).counts == counts


def ruled(live: Live, brandid: str, rule: Rule | None) -> None:
    """Let another rule stand, in memory only."""
    trial = live.trial(brandid, rule)
    live.adopt(replace(live.graded(trial), version=2), trial)


def test_why_a_rule_does_not_take_a_row(live: Live, largest: str) -> None:
    old = live.versions[largest].rule
    assert old is not None
    row = all_rows(live, largest, Decision.CONFIRMED)[0]

    def reason() -> str:
        (found,) = [
            r for r in all_rows(live, largest) if (r.ccid, r.bankid) == (row.ccid, row.bankid)
        ]
        return found.reason

    ruled(live, largest, replace(old, mccids=tuple(m for m in old.mccids if m != row.mccid)))
    assert reason().startswith(f"code {row.mccid} is not listed")
    word = max(row.narrative.split(" "), key=len)
    safe = "".join(c if c.isalnum() or c == " " else f"[{c}]" for c in word)
    ruled(live, largest, replace(old, exclude=safe))
    assert reason().startswith(f"shut out by {word!r}")
    ruled(live, largest, replace(old, include="QQQQQQ"))
    assert reason().startswith("no pattern matches")
    ruled(live, largest, None)
    assert reason().startswith("the brand has no rule")


def test_what_another_brand_has_is_named(live: Live, largest: str) -> None:
    """A second brand that takes all of the first one's rows, and is less sure of them."""
    rule = live.versions[largest].rule
    assert rule is not None
    other = next(b for b in live.versions if b != largest)
    ruled(live, other, replace(rule, brandid=other))
    brand = live.market.brands
    for row in all_rows(live, other):
        if row.brandid == largest and row.decision is Decision.EXCLUDED:
            assert row.reason.endswith(f"to {largest} {brand[largest].brandname}") or (
                "left to a human" in row.reason
            )
        if row.decision is Decision.TIE and row.brandid == largest:
            assert row.reason.startswith(f"also {largest} ")
    contested = [r for r in all_rows(live, other) if r.brandid == largest and r.confidence > 0]
    assert contested


@pytest.mark.parametrize("cursor", ["!", "e30=", "W10=", "WzEsIDJd", "bnVsbA==", "ä"])
def test_what_is_no_cursor(live: Live, largest: str, cursor: str) -> None:
    with pytest.raises(InputError, match="cursor"):
        brand_rows(live, largest, None, 3, cursor)
