"""Every document says its version, its maintainer and its date, and points at what is there."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from shown import DOCS, HEADERS, Step, leaf, leaves, links, steps

ALL = HEADERS["documents"](DOCS)
REFERENCE = {"commands.md"}


@pytest.mark.parametrize("path", ALL)
def test_the_line_under_the_title_is_true(path: str) -> None:
    text = (DOCS / path).read_text(encoding="utf-8")
    row = HEADERS["read"](DOCS).get(path)
    assert row is not None, "run: make reference"
    assert row.digest == HEADERS["digest"](text), f"{path} changed; run: make reference"
    assert text.splitlines()[2] == row.line
    assert row.maintained_by.endswith(" team")


def test_no_document_is_listed_that_is_not_there() -> None:
    assert sorted(HEADERS["read"](DOCS)) == ALL


@pytest.mark.parametrize("path", ALL)
def test_every_link_leads_somewhere(path: str) -> None:
    for link in links(DOCS / path):
        place, _, part = link.partition("#")
        target = (DOCS / path).parent / place if place else DOCS / path
        assert target.exists(), f"{path} points at {link}"
        if part and target.suffix == ".md":
            assert part in anchors(target), f"{path} points at {link}"


@pytest.mark.parametrize("path", ALL)
def test_every_command_can_be_typed(path: str) -> None:
    for step in steps(DOCS / path):
        if isinstance(step, Step):
            args = shlex.split(step.command, comments=True)[1:]
            name, command = leaf(args)
            assert not hasattr(command, "commands") or "--help" in args, step
            if "--help" not in args:
                command.make_context(" ".join(name), args[len(name) :])


def test_every_command_stands_in_a_guide() -> None:
    """The reference is not enough: somewhere each command is shown in its place."""
    texts = [(DOCS / path).read_text("utf-8") for path in ALL if path not in REFERENCE]
    texts.append((DOCS.parent / "README.md").read_text("utf-8"))
    told = " ".join(" ".join(texts).split())
    assert [name for name in leaves() if not re.search(rf"\b{name}\b", told)] == []


def anchors(path: Path) -> set[str]:
    """The names that headings of a document go by."""
    titles = [line.lstrip("# ") for line in path.read_text("utf-8").splitlines() if line[:1] == "#"]
    kept = ["".join(c for c in t.lower() if c.isalnum() or c in " -_") for t in titles]
    return {title.replace(" ", "-") for title in kept}


def test_a_changed_document_gets_the_day_and_the_next_version_once_a_day(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nOne.\n")
    update, day = HEADERS["brought_up_to_date"], date(2026, 3, 1)
    (first,) = update({}, tmp_path, day)
    assert (
        first.line == "*Version 1.0 · maintained by the Operations team · last updated 2026-03-01*"
    )
    page.write_text(HEADERS["headed"](page.read_text(), first))
    assert page.read_text() == f"# Page\n\n{first.line}\n\nOne.\n"
    assert update({"page.md": first}, tmp_path, date(2026, 4, 1)) == [first]
    page.write_text(page.read_text().replace("One", "Two"))
    (second,) = update({"page.md": first}, tmp_path, date(2026, 4, 1))
    assert (second.version, second.updated) == ("1.1", "2026-04-01")
    page.write_text(page.read_text().replace("Two", "Three"))
    (third,) = update({"page.md": second}, tmp_path, date(2026, 4, 1))
    assert (third.version, third.updated) == ("1.1", "2026-04-01")
