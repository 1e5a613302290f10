"""Texts, rules and narratives as pages show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.app.marking import PLAIN, REACHED, SHUT, STOP, Part, marker, reached
from brand_metagen.console.door import local
from brand_metagen.console.rules import drawn
from brand_metagen.console.text import render, shown
from brand_metagen.match.stopped import Reach, reach
from brand_metagen.records import Piece, Rule

STAR = Rule(
    "1", r"\b(?:STAR ?BUCKS|SBUX)\b", "BURST", ("5814",),
    (Piece("STAR ?BUCKS", "full name", 1, 0), Piece("SBUX", "initials", 1, 0)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "tokens"),
    [
        ("STAR[ -]?BUCKS", "STAR · BUCKS"),
        ("(?:AND|[&+N])?GO", "( AND or [N] )? GO"),
        ("SHO?P[0-9]{1,4}", "SH O? P digit×1–4"),
        (r"\bGABB(?:\b|[0-9])", "GABB"),
        ("D[CELO]{4}", "D [CELO]×4"),
        ("[A-Z]?X{2}", "[A-Z]?X{2}"),
        ("AB.*", "AB.*"),
    ],
)
def test_a_pattern_is_drawn_in_words(pattern: str, tokens: str) -> None:
    found = " ".join(token.text for token in drawn(pattern))
    assert found == tokens.replace("[N]", "[&+N]")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("SQ *STARBUCKS LEEDS", [("SQ *", PLAIN), ("STARBUCKS", 0), (" LEEDS", PLAIN)]),
        ("SBUX 12", [("SBUX", 1), (" 12", PLAIN)]),
        ("STAR BUCKS BURST", [("STAR BUCKS", 0), (" ", PLAIN), ("BURST", SHUT)]),
        ("TESCO", [("TESCO", PLAIN)]),
    ],
)
def test_what_matched_is_marked(text: str, pieces: list[tuple[str, int]]) -> None:
    assert [(part.text, part.piece) for part in marker(STAR)(text)] == pieces


FAR = Rule(
    "1", r"\b(?:STAR(?:BUCKS)?|STARB|COFFEE)(?:\b|[0-9])", "BURST", (),
    tuple(Piece(pattern, "", 0, 0) for pattern in ("STAR(?:BUCKS)?", "STARB", "COFFEE")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("STARBUCKS COFFEE", [("STARBUCKS", (0,)), (" ", ()), ("COFFEE", (2,))]),
        ("STARB7", [("STARB", (1,)), ("7", ())]),
        ("STAR STARB", [("STAR", (0,)), (" ", ()), ("STARB", (1,))]),
        ("XSTARBUCKS", [("XSTARBUCKS", ())]),
    ],
)
def test_each_piece_is_marked_where_it_counts(text: str, pieces: list[object]) -> None:
    assert [(part.text, part.pieces) for part in marker(FAR)(text)] == pieces


def test_pieces_under_what_is_shut_out_are_known_as_well() -> None:
    rule = Rule("1", "STARBURST", "BURST", ())
    parts = marker(rule)("STARBURST 1")
    assert [(p.text, p.piece, p.pieces) for p in parts] == [
        ("STAR", 0, (0,)), ("BURST", SHUT, (0,)), (" 1", PLAIN, ()),
    ]  # fmt: skip


def test_where_a_rule_stopped_is_marked() -> None:
    text = "SQ *STARBUKS LEEDS"
    found = reach(STAR.include, text)
    assert found is not None
    parts = reached(text, found)
    assert [(part.text, part.piece) for part in parts] == [
        ("SQ *", PLAIN), ("STARBU", REACHED), ("", STOP), ("KS LEEDS", PLAIN),
    ]  # fmt: skip
    assert reached(text, Reach(0, 0, False)) == (Part(text),)


@given(st.text())
def test_parts_are_the_narrative(text: str) -> None:
    assert "".join(part.text for part in marker(STAR)(text)) == text
    assert [part.text for part in marker(None)(text)] == [text]


@given(st.text(max_size=1_000))
def test_nothing_shown_can_be_obeyed(text: str) -> None:
    page = render("error.html.j2", title="T", said=text, todo="", away=True)
    inner = page[page.index('role="alert"><p>') + 16 : page.index("</p>")]
    assert not set(inner) & set("<>\"'")
    assert all(c.isprintable() or c == "\n" for c in inner)


def test_marks_that_turn_text_around_are_codes() -> None:
    assert shown("A\u202eB\u2066C\x1bD\x00") == "A⟨202E⟩B⟨2066⟩C⟨001B⟩D⟨0000⟩"
    assert len(shown("A" * 10_000)) < 2_000


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/console/brand/1?x=1", "/console/brand/1?x=1"),
        ("https://evil.example/console/", "/console/"),
        ("//evil.example", "/console/"),
        ("/console/../api/v1/me", "/console/"),
        ("/console\\evil", "/console/"),
        ("/console/\r\nSet-Cookie: a=b", "/console/"),
        ("", "/console/"),
    ],
)
def test_signing_in_leads_nowhere_else(path: str, leads: str) -> None:
    assert local(path) == leads
