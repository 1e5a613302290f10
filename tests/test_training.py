"""The slides are what their sources make, one page each, and not too heavy."""

from __future__ import annotations

import runpy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from shown import DOCS

SOURCES = sorted((DOCS / "training").glob("*.md"))
MOST_BYTES = 500_000


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "make_training.py"))


@pytest.fixture(scope="module")
def found(made: dict[str, Any], practice: Path) -> dict[str, str]:
    figures: dict[str, str] = made["figures"](practice / "W")
    return figures


def test_a_figure_that_is_not_known_is_not_left_out(made: dict[str, Any]) -> None:
    assert made["filled"](r"{rows} of [A-Z]{0,4}", {"rows": "7"}) == "7 of [A-Z]{0,4}"
    with pytest.raises(KeyError):
        made["filled"]("{rows}", {})


def test_the_three_trainings_are_there() -> None:
    names = ["escalation_training", "feedback_best_practices", "system_overview"]
    assert [path.stem for path in SOURCES] == names


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_training_is_made_from_its_source(
    source: Path, made: dict[str, Any], found: dict[str, str]
) -> None:
    built = made["build"](source, found)
    assert built == source.with_suffix(".pdf").read_bytes(), "run: make training"
    assert len(built) < MOST_BYTES
    deck = made["deck"](source, found)
    pages = PdfReader(BytesIO(built)).pages
    assert len(pages) == 1 + len(deck["slides"]), "a slide runs over"
    for page, slide in zip(pages[1:], deck["slides"], strict=True):
        assert "".join(run["text"] for run in slide["title"]) in page.extract_text()
