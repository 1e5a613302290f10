"""A page as HTML: whole, escaped, quiet, the same every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import EMPTY, NASTY, page_of

from brand_metagen.config import ReportSettings
from brand_metagen.reports import charts
from brand_metagen.reports.charts import Series
from brand_metagen.reports.html import render_html


class Seen(HTMLParser):
    """Tags and attributes as a browser would see them, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self._raw = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw = tag in ("style", "script")
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._raw = False

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.words += data


def calm(tags: list[str]) -> list[str]:
    """Words of a command are a span each."""
    return [tag for tag in tags if tag != "span"]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_adds_no_tag_and_no_attribute(text: str) -> None:
    quiet, nasty = Seen(render_html(page_of("x"))), Seen(render_html(page_of(text)))
    assert calm(nasty.tags) == calm(quiet.tags)
    assert {name for name, _ in nasty.attributes} == {name for name, _ in quiet.attributes}


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_stays_text(text: str) -> None:
    assert calm(Seen(render_html(page_of(text))).tags) == calm(Seen(render_html(page_of("x"))).tags)


def test_marks_that_do_not_print_are_written_out() -> None:
    html = render_html(page_of(NASTY[3]))
    assert "⟨202E⟩" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", html)


def test_card_numbers_are_masked() -> None:
    words = Seen(render_html(page_of("paid with 4111111111111111 today"))).words
    assert "411111••••••1111" in words


def test_nothing_is_fetched() -> None:
    html = render_html(page_of(NASTY[0]))
    seen = Seen(html)
    assert not {"src", "srcset", "action", "style"} & {name for name, _ in seen.attributes}
    links = [value for name, value in seen.attributes if name == "href"]
    assert all(link.startswith(("#", "data:,")) for link in links)
    assert "default-src &#39;none&#39;" in html


def test_every_section_is_linked_and_every_chart_named() -> None:
    html = render_html(page_of("x"))
    assert 'href="#a"' in html
    assert 'id="a"' in html
    assert html.count('role="img"') == html.count("<desc>") == 3


def test_a_page_without_anything_is_a_page() -> None:
    words = Seen(render_html(EMPTY)).words
    assert "Nothing happened." in words
    assert "As of 2026-11-27 08:30 UTC" in words


def test_the_same_values_give_the_same_text() -> None:
    assert render_html(page_of("x")) == render_html(page_of("x"))


def test_a_long_table_folds_and_says_how_long_it_is() -> None:
    html = render_html(page_of("x", rows=40), ReportSettings(listed_rows=35))
    assert "<summary>The first 35 of 50 x</summary>" in html


def test_columns_over_time_stand_on_the_axis_and_carry_their_figures() -> None:
    opened, left = Series("opened", (0, 2, 4)), Series("left", (4, 2, 1))
    svg = charts.over_time(["Mon", "Tue", "Wed"], [opened], left, "t")
    found = re.findall(
        r'class="accent" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', svg
    )
    assert [float(y) + float(tall) for y, tall in found] == [190.0, 190.0]
    assert [float(tall) for _, tall in found] == [90.0, 180.0]
    assert "<title>Wed, opened: 4</title>" in svg
    assert "opened: 0, 2, 4. left: 4, 2, 1." in svg


@given(st.integers(0, 10**9))
def test_an_axis_holds_its_values_with_few_lines(most: int) -> None:
    top, step = charts.axis(most)
    assert top >= max(most, 1)
    assert top - step < max(most, 1)
    assert top % step == 0
    assert top // step <= 5
