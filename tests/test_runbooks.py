"""Runbooks, guides and the tutorial are followed from their first line to their last."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from brand_metagen.agents.table import AGENTS
from shown import DOCS, Reader, Step, steps

INDEX = DOCS / "runbooks" / "index.md"
PRACTICE = 2
"""The first commands of the index make the market that all of them begin with."""


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the market and its workspace, as the index has them made."""
    folder = tmp_path_factory.mktemp("practice")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Reader().follow(INDEX, last=PRACTICE)
    return folder


@pytest.fixture
def here(practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy, and we are in it."""
    folder = tmp_path / "here"
    shutil.copytree(practice, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_index() -> None:
    assert Reader().follow(INDEX, first=PRACTICE) >= 30


FOLLOWED = {
    "runbooks/feedback": 35,
    "runbooks/escalations": 55,
    "runbooks/mcp": 35,
    "runbooks/analytics": 30,
    "runbooks/emergencies": 14,
}
"""Documents, and how many steps each has at the least."""


@pytest.mark.slow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FOLLOWED)
def test_a_document(name: str) -> None:
    assert len(steps(DOCS / f"{name}.md")) >= FOLLOWED[name]
    Reader().follow(DOCS / f"{name}.md")


def test_every_document_with_commands_is_followed_by_a_test() -> None:
    shown = [path for path in DOCS.rglob("*.md") if any(isinstance(s, Step) for s in steps(path))]
    written = "".join(path.read_text("utf-8") for path in Path(__file__).parent.rglob("*.py"))
    roles = {f"{agent.slug}.md" for agent in AGENTS.values()}
    for path in shown:
        here = path.relative_to(DOCS).with_suffix("").as_posix()
        named = here in FOLLOWED or f'"{path.name}"' in written or path == INDEX
        assert named or path.name in roles, f"no test runs the commands of {here}"
