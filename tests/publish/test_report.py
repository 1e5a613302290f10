"""The run report: what it shows, what it must never let through, and that it repeats itself."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_facts import EMPTY, NASTY, hostile, realistic, starbucks

from brand_metagen.config import ReportSettings
from brand_metagen.publish.facts import (
    AbstainedBrand,
    CalibrationBin,
    RunFacts,
    Totals,
)
from brand_metagen.publish.report import bands, needs, render_report
from brand_metagen.publish.texts import marked
from brand_metagen.reports import charts
from brand_metagen.reports.texts import shown

SECTIONS = (
    *("summary", "needs", "confirm", "abstained", "open-ties", "errors", "decisions", "confidence"),
    *("calibration", "labels", "ties", "wallets", "rules", "mccs", "issues", "quality"),
    *("quarantine", "run"),
)


class Page(HTMLParser):
    """Tags and attributes as a browser would see them, and the text of each element with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._raw = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw = tag in ("style", "script")
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._raw = False

    def handle_data(self, data: str) -> None:
        if not self._raw and data.strip():
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("facts", [EMPTY, realistic(), hostile("x")], ids=["empty", "full", "x"])
def test_every_section_stands_and_every_link_leads_to_one(facts: RunFacts) -> None:
    page = Page(render_report(facts))
    ids = [value for name, value in page.attributes if name == "id"]
    assert set(SECTIONS) <= set(ids)
    assert len(ids) == len(set(ids))
    anchors = {value[1:] for name, value in page.attributes if name == "href" and value[0] == "#"}
    assert set(SECTIONS) - {"quarantine"} <= anchors | {"needs"}
    assert anchors <= set(ids)


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_adds_no_tag_and_no_attribute(text: str) -> None:
    calm, nasty = Page(render_report(hostile("x"))), Page(render_report(hostile(text)))
    extra = {"mark", "del"}
    assert [t for t in nasty.tags if t not in extra] == [t for t in calm.tags if t not in extra]
    assert {n for n, _ in nasty.attributes} == {n for n, _ in calm.attributes}
    assert nasty.tags.count("script") == 1


def test_a_code_is_described_whole() -> None:
    words = "Direct marketing " * 6
    facts = replace(realistic(), rules=(replace(starbucks(), mccs=(("5969", words),)),))
    assert words.strip() in Page(render_report(facts)).text


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_stays_text(text: str) -> None:
    calm, page = Page(render_report(hostile("x"))), Page(render_report(hostile(text)))
    extra = {"mark", "del"}
    assert [t for t in page.tags if t not in extra] == [t for t in calm.tags if t not in extra]


def test_marks_that_turn_the_reading_direction_are_written_out() -> None:
    html = render_report(hostile(NASTY[3]))
    assert "⟨202E⟩" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", html)


def test_nothing_is_fetched_from_outside() -> None:
    for facts in (EMPTY, realistic(), hostile(NASTY[-1])):
        html = render_report(facts)
        page = Page(html)
        loading = {"src", "srcset", "action", "data", "poster", "xlink:href", "style"}
        assert not loading & {name for name, _ in page.attributes}
        links = [value for name, value in page.attributes if name == "href"]
        assert all(link.startswith(("#", "data:,")) for link in links)
        style = html.split("<style>")[1].split("</style>")[0]
        assert "url(" not in style
        assert "@import" not in style
    assert "http" not in render_report(realistic()).replace("http-equiv", "")


def test_the_policy_admits_the_pages_own_script_and_style_only() -> None:
    html = render_report(hostile(NASTY[0]))
    allowed = next(v for name, v in Page(html).attributes if "default-src" in v)
    for tag in ("style", "script"):
        inner = html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in allowed
    assert "default-src 'none'" in allowed


def test_equal_facts_give_equal_bytes() -> None:
    assert render_report(realistic()) == render_report(realistic())


def test_the_pages_figures_are_the_facts() -> None:
    text = Page(render_report(realistic())).text
    for words in (
        "1,173 of 1,204 brands have a rule proven",
        "Of 61,000 rows, 48,912 are confirmed for a brand and 1,827 wait for a human",
        "97.4 %",
        "confirmed 48,912 (80.2 %)",
        "unmatched 7,951 (13.0 %)",
        "confirmed ÷ matched ( 92.2 %".replace("( ", "("),
        "excluded ÷ matched (4.4 %",
        "90.6 % of 51,020 labelled rows",
        "27.1 % of those without a label",
        "undecided 3,439 (6.7 %)",
        "contradicted 1,377 (2.7 %)",
        "187 rows are claimed by several brands",
        "864 rows were claimed",
        "calibration error 0.007 , on 43,260 held-out rows",
        "held-out precision 99.1 %",
        "201 × mccid is not in mcc",
        "PayPal 3,220 2,801 87.0 % 2,390 74.2 %",
        "stand for 50 of 187 rows; all are in ties.jsonl",
        "stand for 400 of 864 rows",
        "stand for 17 of 1,377 rows",
        "stand for 34 of 2,708 rows; all are in assignments.csv",
        "12 of 342 rows are listed here; all are in quarantine.csv",
        "21 · high",
        "metadata production 41.7",
        "5411 Grocery Stores, Supermarkets 141 16,204",
    ):
        assert words in text, words


def test_needs_are_counted_and_name_their_evidence() -> None:
    found = {need.what: need.count for need in needs(realistic())}
    assert found == {
        "brand failed": 1,
        "brands abstained": 29,
        "brands to confirm": 40,
        "rows in open ties": 187,
        "rows to review": 1_640,
        "labels contradicted": 1_377,
        "high issues": 21,
        "rows quarantined": 342,
    }
    assert needs(EMPTY) == ()


@pytest.mark.parametrize(
    "words",
    [
        "This run had no brands to check.",
        "Nothing waits for you",
        "No rule was proven in this run.",
        "No tie is open.",
        "No given label is contradicted.",
        "No brand failed.",
        "No row came with a label.",
        "Too few held-out rows",
        "Every row that was read is in use.",
    ],
)
def test_an_empty_run_says_so_kindly(words: str) -> None:
    text = Page(render_report(EMPTY)).text
    assert words in text
    assert "None" not in text
    assert "nan" not in text.lower().split()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.8, 0.800001), (1, 1, 0)),
        ((0.6, 0.599999), (0, 1, 1)),
        ((), (0, 0, 0)),
        ((1.0, 0.0), (1, 0, 1)),
    ],
)
def test_bands_end_where_the_requirements_say(
    values: tuple[float, ...], expected: tuple[int, int, int]
) -> None:
    assert tuple(b.brands for b in bands(values, ReportSettings())) == expected


@pytest.mark.parametrize(("value", "below"), [(0.75, 0), (0.749, 1)])
def test_confirmation_is_asked_below_three_quarters(value: float, below: int) -> None:
    page = Page(render_report(replace(EMPTY, confidences=(value,)))).text
    assert f"{below} of 1 rules lie below 0.75" in page


@pytest.mark.parametrize(("rows", "folded"), [(30, False), (31, True)])
def test_long_tables_fold_behind_their_count(rows: int, folded: bool) -> None:
    brand = AbstainedBrand("1", "A", 0, ("r",))
    html = render_report(replace(EMPTY, abstained=(brand,) * rows, totals=Totals(99, 0, rows)))
    assert (f"<summary>All {rows} brands</summary>" in html) is folded


def test_very_long_tables_are_cut_and_say_so() -> None:
    brand = AbstainedBrand("1", "CUTME", 0, ("r",))
    facts = replace(EMPTY, abstained=(brand,) * 501, totals=Totals(600, 0, 600))
    html = render_report(facts)
    assert "<summary>The first 500 of 600 brands</summary>" in html
    assert "500 of 600 brands are listed here; all are in metadata.jsonl" in html
    assert html.count("CUTME") == 500 + ReportSettings().preview_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CARD 4111111111111111", "CARD 411111••••••1111"),
        ("STORE 4111111111111112", "STORE 4111111111111112"),
        ("TILL 0412", "TILL 0412"),
        ("A\tB\u200fC", "A⟨0009⟩B⟨200F⟩C"),
        ("CAFÉ 東京", "CAFÉ 東京"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_ids_that_look_like_card_numbers_stay_whole() -> None:
    number = "4111111111111111"
    facts = replace(EMPTY, run_id=number, fingerprint=number, source="a folder")
    page = Page(render_report(facts)).text
    assert page.count(number) >= 4
    assert "411111••" not in page


def test_marked_shows_what_is_taken_and_what_is_shut_out() -> None:
    rule = starbucks()
    assert marked("SQ *STARBUCKS <X>", rule, 240) == "SQ *<mark>STARBUCKS</mark> &lt;X&gt;"
    assert marked("STARBUCKS HOTEL", rule, 240) == "<del>STARBUCKS HOTEL</del>"
    assert marked("GREGGS", rule, 240) == "GREGGS"
    assert marked("GREGGS", replace(rule, include="(", exclude=None), 240) == "GREGGS"
    long = marked("X " * 400 + "STARBUCKS" + " Y" * 400, rule, 100)
    assert "<mark>STARBUCKS</mark>" in long
    assert long.startswith("…")
    assert long.endswith("…")
    assert len(long) < 130


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(4, 40))
def test_marked_never_lets_a_tag_through(text: str, limit: int) -> None:
    rule = replace(starbucks(), include="[A-Z<>&]{1,40}", exclude=None)
    left = marked(text, rule, limit).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in left
    assert ">" not in left


@given(st.lists(st.floats(0, 1), max_size=200))
def test_every_value_falls_into_one_bin(values: list[float]) -> None:
    assert sum(charts.binned(values)) == len(values)


def test_charts_carry_their_figures_as_text() -> None:
    svg = charts.bars([charts.Bar("<b>", 3, "3 rows"), charts.Bar("C", 0, "none")], "T & t")
    assert svg.startswith('<svg class="chart" role="img"')
    assert "<title>T &amp; t</title>" in svg
    assert "&lt;b&gt;: 3 rows" in svg


def test_stacked_parts_fill_the_width_in_proportion() -> None:
    svg = charts.stacked([charts.Bar("a", 3, "3"), charts.Bar("b", 1, "1")], "t")
    assert re.findall(r' x="([\d.]+)"', svg) == ["0", "480"]


def test_reliability_puts_a_kept_word_on_the_diagonal() -> None:
    svg = charts.reliability([CalibrationBin(0.5, 0.5, 9)], "t")
    dot = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert dot is not None
    assert [float(x) for x in dot.groups()] == [60 + 150, 12 + 150]
