"""A page as PDF: its words can be read back, nothing in it is obeyed, the bytes repeat."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import EMPTY, NASTY, page_of
from pypdf import PdfReader

from brand_metagen.reports.pdf import render_pdf
from brand_metagen.reports.texts import settable


def read(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def test_the_words_of_every_block_are_there() -> None:
    found = words(render_pdf(page_of("Marmalade")))
    assert found.count("Marmalade") >= 30
    assert "As of 2026-11-27 08:30 UTC" in found
    assert "2 of 12 Marmalade are listed here." in found


def test_a_page_without_anything_is_one_page() -> None:
    file = read(render_pdf(EMPTY))
    assert len(file.pages) == 1
    assert file.metadata is not None
    assert file.metadata.title == "Nothing, 26 November 2026"
    assert str(file.metadata.creation_date) == "2026-11-27 08:30:00+00:00"


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_set_as_text_on_paper_of_one_size(text: str) -> None:
    file = read(render_pdf(page_of(text)))
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in file.pages} == {(595, 842)}
    assert not any("/Annots" in page for page in file.pages)


def test_markup_is_shown_and_not_obeyed() -> None:
    found = words(render_pdf(page_of(NASTY[2])))
    assert "#set page(fill: red) *bold* _it_ `raw` $x$ @ref <label> // rest /* */ #panic()" in found


@pytest.mark.slow
def test_no_text_leaves_the_page() -> None:
    """Every piece of text begins and ends between the edges of the paper."""
    for text in ("W" * 1_024, "⟨" * 300, "x" * 30 + " " + "y" * 300):
        for page in read(render_pdf(page_of(text))).pages:
            places: list[float] = []

            def note(piece: str, cm: list[float], tm: list[float], *_: object) -> None:
                if piece.strip():
                    places.append(tm[4] * cm[0] + cm[4])  # noqa: B023

            page.extract_text(visitor_text=note)
            assert all(0 <= x <= 595 for x in places)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_set(text: str) -> None:
    assert render_pdf(page_of(text)).startswith(b"%PDF")


def test_the_same_page_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); from pages import page_of; "
        "from brand_metagen.reports.pdf import render_pdf; "
        "print(hashlib.sha256(render_pdf(page_of('Äx'))).hexdigest())"
    )
    folder = __file__.rpartition("/")[0]
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, folder],
            capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("東", "⟨6771⟩"),
        ("Ελληνικά Кириллица שלום", "Ελληνικά Кириллица שלום"),
        ("a\u202eb", "a⟨202E⟩b"),
        ("e\u0301\u0301\u0301\u0301\u0301", "é\u0301\u0301\u0301⟨0301⟩"),
        ("x" * 26, "x" * 8 + "\u200b" + "x" * 8 + "\u200b" + "x" * 8 + "\u200bxx"),
        ("y" * 24, "y" * 24),
    ],
)
def test_settable(text: str, expected: str) -> None:
    assert settable(text) == expected
