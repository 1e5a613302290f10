"""One long day at the console by keyboard alone: a queue, a remark, a conflict, a case."""

from __future__ import annotations

from pathlib import Path

import pytest
from chrome import Tab, quiet
from steps import arrived, enter, focus_on, moved_on, use

pytestmark = pytest.mark.browser
CLEARED = 10


def test_a_day_by_keyboard(tab: Tab, address: str, tmp_path: Path) -> None:
    enter(tab, address, "oona")
    clear_the_queue(tab)
    name = teach_a_brand(tab)
    with quiet(tmp_path / "other") as other:
        be_faster(other, address, name)
    lose_and_win(tab, name)
    close_a_case(tab)


def clear_the_queue(tab: Tab) -> None:
    """Ten brands, most of them approved, one rejected."""
    tab.key("j")
    tab.key("Enter")
    name, seen = arrived(tab, "brand/"), []
    while len(seen) < CLEARED:
        if tab.js("document.querySelector('[data-act=approve]').disabled"):
            tab.key("n")
            name = moved_on(tab, name)
            continue
        seen.append(name)
        if len(seen) == CLEARED:
            tab.key("r")
            tab.until("document.activeElement.name === 'note'")
            tab.write("these rows are not theirs")
            use(tab, "#reject [data-act=reject]")
        else:
            tab.key("a")
        name = moved_on(tab, name)
        tab.shows("Rejected:" if len(seen) == CLEARED else "Approved:")
    assert len(set(seen)) == CLEARED


def teach_a_brand(tab: Tab) -> str:
    """Say of a row that it is not theirs, and read what the new version would change."""
    name = str(tab.js("document.querySelector('[data-screen]').dataset.screen"))
    while not tab.js("document.querySelectorAll('#rows-confirmed [data-mark]').length"):
        tab.key("n")
        name = moved_on(tab, name)
    focus_on(tab, "[role=tab][data-pane=rows-confirmed]")
    tab.key("Enter")
    tab.key("j")
    tab.key("x")
    tab.shows("Ticked: 1 do not")
    tab.key("w")
    tab.until("document.activeElement.id === 'remark'")
    tab.key("Enter", ctrl=True)
    tab.shows("What I would do")
    tab.key("Enter", ctrl=True)
    made = moved_on(tab, name)
    assert made.split("/")[:3] == [*name.split("/")[:2], "2"]
    tab.shows("v1 → v2")
    tab.shows("Confirmed rows")
    tab.until("document.querySelector('[data-act=approve]').innerText.includes('Approve v2')")
    return made


def be_faster(other: Tab, address: str, name: str) -> None:
    """Approve the brand that somebody else looks at."""
    enter(other, address, "rolf", f"/console/{'/'.join(name.split('/')[:2])}")
    arrived(other, "brand/")
    other.shows("oona works on this brand")
    other.key("a")
    moved_on(other, name)
    other.shows("Approved:")


def lose_and_win(tab: Tab, name: str) -> None:
    """Come too late, look at both sides, take theirs back and approve."""
    tab.key("a")
    tab.shows("Somebody was faster")
    tab.shows("rolf")
    use(tab, ".conflict a")
    theirs = moved_on(tab, name)
    assert theirs.endswith("/approved")
    tab.key("u")
    tab.shows("Approval taken back")
    again = moved_on(tab, theirs)
    tab.key("a")
    moved_on(tab, again)
    tab.shows("Approved:")


def close_a_case(tab: Tab) -> None:
    """Hand a brand to an expert, be that expert, and end the case."""
    name = str(tab.js("document.querySelector('[data-screen]').dataset.screen"))
    tab.key("f")
    tab.until("document.activeElement.name === 'cause'")
    use(tab, "#flag [data-act=flag]")
    moved_on(tab, name)
    for key in "ge":
        tab.key(key)
    arrived(tab, "cases")
    tab.key("j")
    tab.key("Enter")
    arrived(tab, "case/")
    use(tab, "[data-act=assign]:not([data-collects])")
    tab.shows("oona has the case now")
    tick(tab, "evidence", "cause", "impact", "duplicate", "level", "owner")
    tab.until("document.querySelector('.stepper [aria-current]').innerText.includes('Investig')")
    use(tab, ".ways a[href$=no_change]")
    tab.until("document.querySelector('#why-none')")
    arrived(tab, "case/")
    focus_on(tab, "#why-none")
    tab.write("the rule is right")
    use(tab, "[data-act=settle_none]")
    tab.shows("Approve, check, close")
    arrived(tab, "case/")
    tick(tab, "metadata", "matches", "others", "confidence", "told", "learned")
    for field, text in (("preventive", "none needed"), ("lessons", "look twice")):
        focus_on(tab, f"[name={field}]")
        tab.write(text)
    use(tab, "[data-act=close]")
    tab.shows("Closed.")
    tab.until("document.querySelector('.stepper [aria-current]').innerText.includes('Closed')")


def tick(tab: Tab, *points: str) -> None:
    """Tick points of the list; the focus stays on what was ticked."""
    for point in points:
        use(tab, f"[data-point={point}]")
        tab.until(f"document.activeElement.matches('[data-point={point}][aria-checked=true]')")
