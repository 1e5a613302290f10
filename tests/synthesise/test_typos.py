"""Any letter wrong: what the windows of a name take, and which markets have such names."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import LearnSettings
from brand_metagen.grammar import check_pattern
from brand_metagen.synthesise.knowledge import Knowledge, gather
from brand_metagen.synthesise.learn import LONG, READABLE, learn_brand
from brand_metagen.synthesise.names import phrase_of
from brand_metagen.synthesise.spellings import head
from brand_metagen.synthesise.typos import BITS, typos
from markets import Row, market_of, shops

EVEN = dict.fromkeys(string.ascii_uppercase + string.digits, 6.0)
NAMES = {
    "1": "Foxtails",
    "2": "Quillmark",
    "3": "Brentworth",
    "4": "Ludgrove Inn",
    "5": "Harvesters",
    "6": "Timberlake",
}


def takes(name: str, text: str) -> bool:
    return any(re.search(c.closed, text) for c in typos(phrase_of(name), EVEN))


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("Foxtails", "FOXTAILS", True),
        ("Foxtails", "POS FOXTQILS 12", True),
        ("Foxtails", "FXTAILS", True),
        ("Foxtails", "FOXTAILLS", True),
        ("Foxtails", "BOXTAILS", False),
        ("Foxtails", "FQXTAILQ", False),
        ("Foxtails", "FOXTAILSON", False),
        ("Pilot Flying", "PILOT FKYING", True),
        ("Pilot Flying", "PILQTFLYING LEEDS", True),
        ("Sun & Sandals", "SUN AND SANXALS", True),
        ("Sun & Sandals", "SUN AND ROADSIDE", False),
        ("Fox", "FXX", False),
    ],
)
def test_one_wrong_letter_is_taken(name: str, text: str, taken: bool) -> None:
    assert takes(name, text) is taken


@given(
    name=st.text(string.ascii_uppercase, min_size=6, max_size=14),
    letter=st.sampled_from(string.ascii_uppercase),
    data=st.data(),
)
def test_any_edit_behind_the_first_letter_is_taken(
    name: str, letter: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(name) - 1))
    for text in (
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
    ):
        assert takes(name, text)
    for candidate in typos(phrase_of(name), EVEN):
        check_pattern(candidate.closed)


def test_what_remains_must_tell_the_name() -> None:
    """Foxtails has four letters outside a window of half its letters, Fox none to spare."""
    name = phrase_of("Foxtails")
    assert len(typos(name, dict.fromkeys(EVEN, BITS / 4))) == 2
    assert len(typos(name, dict.fromkeys(EVEN, BITS / 4 - 0.1))) == 3
    assert typos(name, dict.fromkeys(EVEN, BITS / 8)) == []


def known(misspelt: bool, owner: str = "") -> Knowledge:
    """A market; `misspelt` has two rows of each name with a wrong letter, of `owner` if given."""
    rows: list[Row] = [r for b, name in NAMES.items() for r in shops(name.upper(), b, "5812")]
    for brandid, name in NAMES.items():
        for at in (3, 5):
            wrong = name.upper()[:at] + "X" + name.upper()[at + 1 :]
            if misspelt:
                rows.append((f"{wrong} {at}1 LEEDS", owner or brandid, "5812"))
    return gather(market_of({**NAMES, "9": "Zyxw"}, rows), [], LearnSettings())


@pytest.mark.parametrize(
    ("misspelt", "owner", "found"), [(True, "", True), (False, "", False), (True, "9", False)]
)
def test_the_market_says_whether_names_are_so_misspelt(
    misspelt: bool, owner: str, found: bool
) -> None:
    assert known(misspelt, owner).typos is found


def test_rules_read_what_nobody_has_shown_where_names_are_so_misspelt() -> None:
    unseen = "BRZNTWORTH 77 YORK"
    rules = {m: learn_brand(known(m), "3").rule for m in (True, False)}
    assert rules[True]
    assert re.search(rules[True].include, unseen)
    assert rules[False]
    assert not re.search(rules[False].include, unseen)
    assert "a letter wrong" in {piece.kind for piece in rules[True].pieces}


def test_a_rule_stays_as_readable_as_it_is() -> None:
    market = known(True)
    for brandid in NAMES:
        rule = learn_brand(market, brandid).rule
        assert rule
        assert len(rule.include) <= LONG
        plain = [p for p in rule.pieces if p.kind != "a letter wrong"]
        if sum(len(p.pattern) + 1 for p in plain) + 20 <= READABLE:
            assert len(rule.include) <= READABLE


def test_a_loose_head_takes_one_letter_more_than_the_name_has() -> None:
    loose = re.compile(head(phrase_of("Brentworth"), 7, loose=True).closed)
    assert loose.search("BRENTWOXYZ")
    assert loose.search("BRENTWO")
    assert not loose.search("BRENTWOODLANDS")
