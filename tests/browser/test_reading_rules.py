"""Reading a rule and its news by keyboard: what pieces matched, where it stopped, what moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe import look
from chrome import Tab, browser
from steps import arrived, enter, focus_on, moved_on, press, use

from program import good, inside

pytestmark = pytest.mark.browser
RULES = (
    "color-contrast",
    "link-in-text-block",
    "button-name",
    "aria-allowed-attr",
    "list",
    "label",
)
LIT = "[...document.querySelectorAll('.lit[data-p]')].length"
ROWS = "[...document.querySelectorAll('[role=tabpanel]:not([hidden]) [data-pieces]')]"
TOLD = "document.querySelector('[data-lighting]').textContent"
STANDS_OUT = (
    "[...document.querySelectorAll('mark.lit')].map(e => getComputedStyle(e))"
    ".every(s => +s.fontWeight >= 700 && parseInt(s.outlineWidth) >= 2)"
)
"""Whether what is lit differs by more than its colour."""


def for_everybody(tab: Tab) -> None:
    """Hold the page as it is to axe, in both themes."""
    for theme in ("light", "dark"):
        tab.js(f"document.documentElement.dataset.theme = '{theme}'")
        assert look(tab, *RULES) == [], theme


def many_pieces(tab: Tab) -> str:
    """Go on until a brand's rule has several pieces; its screen."""
    name = arrived(tab, "brand/")
    while tab.js("document.querySelectorAll('[data-light]').length") < 2:
        tab.key("n")
        name = moved_on(tab, name)
    return name


def test_a_piece_lights_what_it_matched(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    many_pieces(tab)
    tab.key("5")
    assert tab.js(LIT) == 0
    hint = tab.js(TOLD)
    for place in ("0", "1"):
        focus_on(tab, f"[data-light='{place}']")
        with_it = f"{ROWS}.filter(e => e.dataset.pieces.split(' ').includes('{place}')).length"
        assert tab.js(f"{ROWS}.filter(e => !e.matches('.dim')).length") == tab.js(with_it)
        shown = (tab.js(with_it), tab.js(f"{ROWS}.length"))
        found = "Piece {} matched in {} of the {} kinds of rows shown."
        assert tab.js(TOLD) == found.format(int(place) + 1, *shown)
        assert tab.js(STANDS_OUT)
    tab.key("Enter")
    assert tab.js("document.activeElement.getAttribute('aria-pressed')") == "true"
    assert "stays lit" in tab.js(TOLD)
    tab.key("j")
    assert "stays lit" in tab.js(TOLD), "the focus went to a row"
    lit = tab.js(LIT)
    assert lit
    for_everybody(tab)
    tab.js(
        "document.querySelector('[data-piece=\"0\"]')"
        ".dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))"
    )
    assert tab.js(TOLD).startswith("Piece 1 matched")
    tab.js(
        "document.querySelector('[data-piece=\"0\"]')"
        ".dispatchEvent(new PointerEvent('pointerout', {bubbles: true}))"
    )
    assert (tab.js(LIT), "Piece 2" in tab.js(TOLD)) == (lit, True)
    tab.key("2")
    assert f"of the {tab.js(f'{ROWS}.length')} kinds" in tab.js(TOLD), "counted anew"
    tab.js("document.querySelector('[data-light=\"1\"]').focus()")
    tab.key("Enter")
    assert tab.js(LIT), "it has the focus"
    tab.js("document.activeElement.blur()")
    assert (tab.js(LIT), tab.js(TOLD)) == (0, hint)


def test_where_a_pattern_stopped_is_shown_while_one_types(tab: Tab, address: str) -> None:
    enter(tab, address, "rita", "/console/try")
    tab.js("document.querySelector('[name=include]').focus()")
    tab.write("STARBUCKS")
    tab.js("document.querySelector('[name=narratives]').focus()")
    tab.write("SQ *STARBUKS LEEDS")
    tab.shows("stops after 'STARBU', where 'CKS' is expected")
    assert tab.js("document.querySelector('#tried .reached').textContent") == "STARBU"
    assert tab.js("document.querySelector('#tried .narrative').textContent") == (
        "SQ *STARBU (stops here) KS LEEDS"
    )
    for_everybody(tab)


def said_by_rolf(workspace: Path, brand: str, *more: str) -> None:
    """A remark of somebody else."""
    good(inside("feedback", "submit", brand, *more, "--as", "rolf", "--workspace", workspace))


def test_news_and_moves_are_read_before_approving(tab: Tab, address: str, tmp_path: Path) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    first = arrived(tab, "brand/")
    brand = first.split("/")[1]
    own = tab.js("document.querySelector('#rows-confirmed [data-row]').dataset.row")
    tab.key("n")
    other = moved_on(tab, first)
    row = tab.js("document.querySelector('#rows-confirmed [data-row]').dataset.row")
    tab.key("a")
    moved_on(tab, other)
    said_by_rolf(tmp_path / "w", brand, "--belongs", row.replace("|", "@"))
    said_by_rolf(tmp_path / "w", brand, "--does-not-belong", own.replace("|", "@"))
    tab.open(f"{address}/console/brand/{brand}")
    assert arrived(tab, f"brand/{brand}/3")
    tab.shows("since you looked (v1,")
    tab.key("d")
    assert tab.js("document.activeElement.id") == "change"
    use(tab, ".since a")
    tab.until("location.search === '?against=seen'")
    tab.shows("v1 → v3")
    arrived(tab, f"brand/{brand}/3")
    tab.key("a")
    tab.until("document.activeElement.closest('details[data-must]')")
    assert tab.js("document.activeElement.closest('details').open")
    tab.shows("Rows of an approved brand would move")
    for_everybody(tab)
    tab.key("a")
    tab.shows("Approved:")


def test_words_are_carried_over_to_what_somebody_else_made(
    tab: Tab, address: str, tmp_path: Path
) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    name = arrived(tab, "brand/")
    brand = name.split("/")[1]
    own = tab.js("document.querySelector('#rows-confirmed [data-row]').dataset.row")
    said_by_rolf(tmp_path / "w", brand, "--does-not-belong", own.replace("|", "@"))
    tab.key("r")
    tab.until("document.getElementById('reject').open")
    tab.write("hotels are not theirs")
    press(tab, "[data-act=reject]")
    tab.shows("rolf asked for v2")
    tab.shows("while you read v1. Yours was not applied; your text is kept.")
    press(tab, "[data-carry]")
    assert moved_on(tab, name).startswith(f"brand/{brand}/2")
    tab.until("document.getElementById('remark').value === 'hotels are not theirs'")


def test_who_drops_their_words_begins_anew(tab: Tab, address: str, tmp_path: Path) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    name = arrived(tab, "brand/")
    with browser(tmp_path / "other") as late:
        enter(late, address, "rolf", f"/console/{'/'.join(name.split('/')[:2])}")
        arrived(late, "brand/")
        late.key("w")
        late.write("hotels are not theirs")
        late.key("Escape")
        own = tab.js("document.querySelector('#rows-confirmed [data-row]').dataset.row")
        said_by_rolf(tmp_path / "w", name.split("/")[1], "--does-not-belong", own.replace("|", "@"))
        late.key("a")
        late.shows("rolf asked for v2")
        press(late, "[data-drop]")
        moved_on(late, name)
        assert late.js("document.getElementById('remark').value") == ""


def test_a_tie_is_settled_by_keyboard(tab: Tab, address: str, tmp_path: Path) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    first = arrived(tab, "brand/")
    tab.key("n")
    moved_on(tab, first)
    row = tab.js("document.querySelector('#rows-confirmed [data-row]').dataset.row")
    said_by_rolf(tmp_path / "w", first.split("/")[1], "--belongs", row.replace("|", "@"))
    tab.open(f"{address}/console/ties?show=all")
    arrived(tab, "ties")
    tab.key("j")
    tab.key("Enter")
    arrived(tab, "tie/")
    tab.key("1")
    tab.shows("What it would do")
    tab.key("a")
    tab.shows("The row is ")
    arrived(tab, "ties")


def test_a_kind_of_narrative_shows_its_rows(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    arrived(tab, "brand/")
    kind = tab.js("document.querySelector('[data-kind]').dataset.kind")
    use(tab, f"[data-kind='{kind}']")
    tab.until("!document.querySelector('[data-filtered]').hidden")
    shown = tab.js(f"{ROWS}.filter(e => !e.hidden).map(e => e.dataset.stratum)")
    assert set(shown) <= {kind}
    assert tab.js("document.querySelector('[data-filtered] span').textContent") == (
        f"{len(shown)} kinds of rows shown: {kind}"
    )
    use(tab, "[data-unfilter]")
    assert not tab.js(f"{ROWS}.some(e => e.hidden)")


def test_a_draft_outlives_its_page_until_it_is_sent(tab: Tab, address: str) -> None:
    enter(tab, address, "rita")
    tab.key("n")
    name = arrived(tab, "brand/")
    brand = "/".join(name.split("/")[:2])
    tab.key("5")
    tab.key("j")
    tab.key("x")
    tab.key("w")
    tab.write("these rows are not theirs")
    tab.open(f"{address}/console/{brand}")
    arrived(tab, brand)
    tab.until("document.getElementById('remark').value === 'these rows are not theirs'")
    tab.shows("Ticked: 1 do not")
    press(tab, "[data-act=understand]")
    press(tab, "[data-feedback-submit]")
    assert moved_on(tab, name).startswith(f"{brand}/2")
    assert tab.js("document.getElementById('remark').value") == ""
    tab.shows("No rows ticked")
